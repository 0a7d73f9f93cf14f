#!/bin/bash
# Starts a cluster in the background, and waits until it is ready: up.sh [NODES]. run.sh runs commands in
# it, down.sh ends it. STATE is its folder, target/node/state unless that is set.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
state=${STATE:-${CARGO_TARGET_DIR:-$here/../../target}/node/state}
mkdir -p "$(dirname "$state")"
setsid "$here/start.sh" "$state" "${1:-1}" >"$state.log" 2>&1 </dev/null &
until [ -e "$state/ready" ]; do
    if ! kill -0 $! 2>/dev/null; then
        cat "$state.log" >&2
        exit 1
    fi
    sleep 0.1
done
echo "ready: tests/node/run.sh kubectl get nodes"
