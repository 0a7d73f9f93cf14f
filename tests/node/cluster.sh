#!/bin/bash
# The first process of a cluster, in its namespaces: cluster.sh HERE STATE TARGET NODES. It is the network
# between the machines, starts them, and says when they are ready. start.sh runs it.
#
#   10.97.0.254       here: where tests' clients run
#   10.97.0.1         the control plane
#   10.97.0.11, …     the nodes
#   10.244.N.0/24     the pods of node N
#   10.96.0.0/16      Services
#
# There is no route to anywhere else.
set -euo pipefail

here=$1 state=$2 target=$3 nodes=$4
export PATH=$target/cluster:$PATH:/usr/sbin:/sbin
export KUBECONFIG=$state/admin.kubeconfig LOGS=$state/log

# The control groups anew: their root is now what start.sh made.
"$here/groups.sh" mount /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /run

hostname cluster
ip link set lo up
ip link add bridge type bridge
ip addr add 10.97.0.254/24 dev bridge
ip link set bridge up
# Services are the control plane's here.
ip route add 10.96.0.0/16 via 10.97.0.1

for ((node = 1; node <= nodes; node++)); do
    ip route add "10.244.$node.0/24" via "10.97.0.1$node"
    "$here/supervise.sh" keep "node$node" \
        "$here/machine.sh" "$here" "$state" "$target" "node$node" "10.97.0.1$node" "$nodes" &
done
"$here/supervise.sh" keep control-plane \
    "$here/machine.sh" "$here" "$state" "$target" control-plane 10.97.0.1 "$nodes" &

ready() {
    [ "$(kubectl get nodes --no-headers 2>/dev/null | grep -cw Ready)" = "$nodes" ] &&
        kubectl get serviceaccount default >/dev/null 2>&1
}
until ready; do sleep 0.2; done
touch "$state/ready"
wait
