#!/bin/bash
# The first process of a node's machine: its programs. node.sh NAME ADDRESS.
set -euo pipefail

name=$1 address=$2
keep() { /opt/scripts/supervise.sh keep "$(basename "$1")" "$@" & }

keep containerd
# kubelet ends if nobody answers there yet, and needs an image for the network of its first pod.
until ctr version >/dev/null 2>&1; do sleep 0.1; done
for image in pause busybox; do
    ctr --namespace k8s.io images import "/opt/images/$image.tar"
done >/var/log/images.log 2>&1
keep kube-proxy --config /etc/kubernetes/kube-proxy.yaml --hostname-override "$name"
keep kubelet --config /etc/kubernetes/kubelet.yaml --kubeconfig /etc/kubernetes/kubelet.kubeconfig \
    --hostname-override "$name" --node-ip "$address"
wait
