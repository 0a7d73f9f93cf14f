#!/bin/bash
# Ends well where a node can run. Else it says what is in the way, which no installing can change.
set -euo pipefail

cannot() {
    echo "a Kubernetes node cannot run here: $1"
    exit 1
}

[ "$(id -u)" = 0 ] || cannot "that needs root"
unshare --mount --net --pid --uts --ipc --cgroup --fork true 2>/dev/null || cannot "namespaces are not allowed"
grep -qw overlay /proc/filesystems || cannot "the kernel has no overlayfs"
mountpoint -q /sys/fs/cgroup/memory || cannot "there are no control groups of the first version"
mkdir "/sys/fs/cgroup/memory/tidegate-allowed-$$" 2>/dev/null || cannot "no control group may be made"
rmdir "/sys/fs/cgroup/memory/tidegate-allowed-$$"
unshare --net nft add table inet tidegate 2>/dev/null || ! command -v nft >/dev/null || cannot "there is no nftables"
