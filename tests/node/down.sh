#!/bin/bash
# Ends the cluster that up.sh started, and waits until nothing is left of it. STATE as there.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
state=${STATE:-${CARGO_TARGET_DIR:-$here/../../target}/node/state}
if [ -e "$state/pid" ]; then kill -KILL "$(cat "$state/pid")"; fi
while [ -e "$state/pid" ]; do sleep 0.1; done
rm -rf "$state"
