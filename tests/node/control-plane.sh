#!/bin/bash
# The first process of the control plane's machine: its programs.
set -euo pipefail

address=$2
keep() { /opt/scripts/supervise.sh keep "$(basename "$1")" "$@" & }
cd /etc/kubernetes
export KUBECONFIG=/etc/kubernetes/admin.kubeconfig

# Nothing that tests store is worth a disk's time.
keep etcd --data-dir /var/lib/etcd --unsafe-no-fsync \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379
keep kube-apiserver --etcd-servers http://127.0.0.1:2379 --advertise-address "$address" \
    --tls-cert-file kube-apiserver.crt --tls-private-key-file kube-apiserver.key --client-ca-file ca.crt \
    --kubelet-client-certificate kubelet-client.crt --kubelet-client-key kubelet-client.key \
    --kubelet-certificate-authority ca.crt --kubelet-preferred-address-types InternalIP \
    --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file service-accounts.key --service-account-signing-key-file service-accounts.key \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
    --service-cluster-ip-range 10.96.0.0/16 --allow-privileged
until kubectl get --raw /readyz >/dev/null 2>&1; do sleep 0.2; done
keep kube-controller-manager --kubeconfig kube-controller-manager.kubeconfig --leader-elect=false --secure-port 0 \
    --root-ca-file ca.crt --service-account-private-key-file service-accounts.key --use-service-account-credentials
keep kube-scheduler --config kube-scheduler.yaml --secure-port 0
keep coredns -conf Corefile
# So that the API server reaches webhooks by their Services, and so that clients outside of the nodes reach
# any. It takes itself for the first node: it has to be one, and needs of it no more than the name.
keep kube-proxy --config kube-proxy.yaml --hostname-override node1
wait
