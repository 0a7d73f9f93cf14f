#!/bin/bash
# Makes a cluster's certificates: certificates.sh FOLDER NODES. One authority signs them all, and
# they name who their holder is to the API server.
#   ca.crt                   the authority; its key goes nowhere
#   service-accounts.key     signs the tokens of service accounts
#   NAME.crt, NAME.key       of a server, with its addresses, or of a client
#   NAME.kubeconfig          of a client
set -euo pipefail

cd "$1"
nodes=$2
server=https://10.97.0.1:6443

key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
# Nothing of the machine's own configuration of OpenSSL.
settings=$'[req]\ndistinguished_name=name\n[name]\n'

# certificate NAME SUBJECT [ADDRESSES]
certificate() {
    openssl req -x509 -config <(echo "$settings") "${key[@]}" -keyout "$1.key" -out "$1.crt" \
        -CA ca.crt -CAkey ca.key -days 3650 -subj "$2" \
        -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=serverAuth,clientAuth \
        ${3:+-addext "subjectAltName=$3"} 2>/dev/null
}

# client NAME SUBJECT
client() {
    certificate "$@"
    cat >"$1.kubeconfig" <<END
apiVersion: v1
kind: Config
current-context: it
contexts: [{ name: it, context: { cluster: tests, user: $1 } }]
clusters: [{ name: tests, cluster: { server: "$server", certificate-authority-data: $(base64 -w0 ca.crt) } }]
users:
  - name: $1
    user: { client-certificate-data: $(base64 -w0 "$1.crt"), client-key-data: $(base64 -w0 "$1.key") }
END
}

openssl req -x509 -config <(echo "$settings") "${key[@]}" -keyout ca.key -out ca.crt -days 3650 \
    -subj /CN=tests -addext basicConstraints=critical,CA:TRUE 2>/dev/null
openssl genrsa -out service-accounts.key 2048 2>/dev/null

name=kubernetes.default.svc
certificate kube-apiserver /CN=kube-apiserver \
    "DNS:kubernetes,DNS:kubernetes.default,DNS:$name,DNS:$name.cluster.local,DNS:localhost,IP:127.0.0.1,IP:10.96.0.1,IP:10.97.0.1"
# The API server as kubelet's client: for logs, exec and port-forward.
certificate kubelet-client /O=system:masters/CN=kube-apiserver
client admin /O=system:masters/CN=admin
for component in kube-controller-manager kube-scheduler kube-proxy; do
    client "$component" "/CN=system:$component"
done
# Kubernetes has no role for it from the start.
client coredns /O=system:masters/CN=coredns
for ((node = 1; node <= nodes; node++)); do
    certificate "kubelet-node$node" "/O=system:nodes/CN=system:node:node$node" "DNS:node$node,IP:10.97.0.1$node"
    client "node$node" "/O=system:nodes/CN=system:node:node$node"
done
