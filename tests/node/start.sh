#!/bin/bash
# Starts a Kubernetes cluster and stays: start.sh STATE [NODES]. STATE/ready is there as soon as the cluster
# is, STATE/admin.kubeconfig is the administrator's, and STATE/NAME is the whole filesystem of the machine
# NAME (control-plane, node1, …), with its logs in var/log.
#
# Everything is in namespaces of its own, also the network: nothing of the cluster reaches this machine's
# or is seen there, and several clusters do not meet. The death of this one process ends all of it; what
# the machines had on their disks is then removed, but for the logs.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
state=$(cd "$1" && pwd)
nodes=${2:-1}
# Where tests/cluster/build.sh, build.sh and images/build.sh put what they make.
target=$(cd "${TIDEGATE_NODE_TARGET:-${CARGO_TARGET_DIR:-$here/../../target}}" && pwd)

"$here/allowed.sh"
for needed in cluster/kubelet node/bin/runc node/bin/coredns node/images/busybox.tar; do
    [ -e "$target/$needed" ] || { echo "$target/$needed is missing: make node" && exit 1; }
done

if [ -e "$state/pid" ]; then
    if [ -e "/proc/$(cat "$state/pid")" ]; then echo "the cluster of $state runs" && exit 1; fi
    rm -rf "${state:?}"/*
fi
"$here/groups.sh" sweep
echo $$ >"$state/pid"
mkdir "$state/certificates" "$state/log"
"$here/certificates.sh" "$state/certificates" "$nodes"
cp "$state/certificates/admin.kubeconfig" "$state/"
# It is to outlive this process: in no process group and no control group that end with it.
setsid "$here/bury.sh" $$ "$state" >/dev/null 2>&1 </dev/null &
"$here/groups.sh" make "tidegate-node-$$" $$

exec unshare --mount --net --pid --uts --ipc --cgroup --fork --kill-child --mount-proc --propagation private \
    "$here/cluster.sh" "$here" "$state" "$target" "$nodes"
