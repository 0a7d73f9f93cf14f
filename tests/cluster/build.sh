#!/bin/sh
# Builds the tests' Kubernetes into target/cluster, or the folder given: `kube`, and a link
# to it for each program that it is; kubectl; and helm and kubeseal, the tools of go.mod. Does
# nothing when nothing in this folder has changed. Needs Go only: minutes from nothing,
# seconds with Go's build cache warm.
set -eu

here=$(dirname "$0")
out=${1:-${CARGO_TARGET_DIR:-$here/../../target}/cluster}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$here"

# One build at a time: several test runs may find the program missing at once.
exec 9>"$out/lock"
flock 9

inputs=$(cat -- *.go kubectl/*.go go.mod go.sum build.sh | sha256sum)
if [ -x "$out/kube" ] && [ "$(cat "$out/inputs" 2>/dev/null)" = "$inputs" ]; then
    exit 0
fi

# Without a version the API server calls itself `v0.0.0-master+$Format…`, which clients
# cannot parse. Kubernetes' own build sets these variables in the same way.
version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
minor=${version#v1.}
variables=
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    variables="$variables -X $package.gitVersion=$version"
    variables="$variables -X $package.gitMajor=1 -X $package.gitMinor=${minor%%.*}"
    variables="$variables -X $package.gitTreeState=clean -X $package.gitCommit=module"
    variables="$variables -X $package.buildDate=1970-01-01T00:00:00Z"
done
# Helm's own build says likewise which Kubernetes templates are rendered for.
capabilities=helm.sh/helm/v3/pkg/chartutil
for_helm="-X $capabilities.k8sVersionMajor=1 -X $capabilities.k8sVersionMinor=${minor%%.*}"

echo "building Kubernetes $version for the tests (minutes, the first time)" >&2
CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w$variables" -o "$out/kube.new" .
CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w$variables" -o "$out/kubectl.new" ./kubectl
# Programs of their own: what is in a package main cannot be imported.
CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w $for_helm" -o "$out/" tool

mv "$out/kube.new" "$out/kube"
mv "$out/kubectl.new" "$out/kubectl"
for name in etcd kube-apiserver kube-controller-manager kube-proxy kube-scheduler kubelet three-way-merge; do
    ln -sf kube "$out/$name"
done
printf '%s\n' "$inputs" >"$out/inputs"
