#!/bin/sh
# Builds what a node needs beside Kubernetes' own programs into target/node, or the folder
# given: containerd, its shim, ctr, runc and CoreDNS in bin/, the network's plugins in cni/.
# Does nothing where nothing has changed. Needs Go, and for runc a C compiler and libseccomp.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-${CARGO_TARGET_DIR:-$here/../../target}/node}
mkdir -p "$out/bin" "$out/cni"
out=$(cd "$out" && pwd)

# One build at a time: several test runs may find the programs missing at once.
exec 9>"$out/lock"
flock 9

# Whether the module NAME has changed since it was built, or was never built.
changed() {
    cd "$here/$1"
    inputs=$(cat -- *.go go.mod go.sum ../build.sh 2>/dev/null | sha256sum)
    [ "$(cat "$out/$1.inputs" 2>/dev/null)" != "$inputs" ]
}

built() {
    printf '%s\n' "$inputs" >"$out/$1.inputs"
}

build() {
    go build -trimpath -buildvcs=false -ldflags "-s -w $variables" "$@"
}

if changed runtime; then
    echo "building containerd, runc and the network's plugins for the tests (minutes, the first time)" >&2
    containerd=github.com/containerd/containerd/v2
    plugins=github.com/containernetworking/plugins/plugins
    version=$(go list -m -f '{{.Version}}' $containerd)
    # Without a version containerd tells none, and clients cannot parse that.
    variables="-X $containerd/version.Version=${version#v}"
    # Snapshots are overlays; what other filesystems need would be C.
    CGO_ENABLED=0 build -tags no_btrfs,no_devmapper,no_zfs,no_aufs -o "$out/bin/" \
        $containerd/cmd/containerd $containerd/cmd/containerd-shim-runc-v2 $containerd/cmd/ctr
    variables=
    CGO_ENABLED=0 build -o "$out/cni/" \
        $plugins/main/bridge $plugins/main/loopback $plugins/ipam/host-local $plugins/meta/portmap
    # Without it a pod with a seccomp profile, such as RuntimeDefault, does not start.
    CGO_ENABLED=1 build -tags seccomp -o "$out/bin/" github.com/opencontainers/runc
    built runtime
fi

if changed coredns; then
    echo "building CoreDNS for the tests (a minute, the first time)" >&2
    variables=
    CGO_ENABLED=0 build -o "$out/bin/coredns" .
    built coredns
fi
