#!/bin/bash
# Runs a command in the cluster that up.sh started. STATE as there.
#   run.sh COMMAND...             a client of it, such as kubectl: in its network, and as its administrator
#   run.sh --on NAME COMMAND...   on one of its machines (control-plane, node1, …), in its filesystem
#                                 `cluster` is what holds them
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
target=${TIDEGATE_NODE_TARGET:-${CARGO_TARGET_DIR:-$here/../../target}}
target=$(cd "$target" && pwd)
state=${STATE:-$target/node/state}
if [ "${1-}" != --on ]; then
    exec nsenter --target "$(cat "$state/pid")" --net env PATH="$target/cluster:$PATH" KUBECONFIG="$state/admin.kubeconfig" "$@"
fi
machine=$2
shift 2
if [ "$machine" = cluster ]; then
    exec "$here/enter.sh" "$state/pid" env "PATH=$here:$PATH" "$@"
fi
exec "$here/enter.sh" "$state/pid" "$here/enter.sh" "/run/supervised/$machine.pid" \
    env PATH=/opt/cluster:/opt/node:/opt/scripts:/usr/sbin:/usr/bin:/sbin:/bin "$@"
