#!/bin/bash
# One machine of a cluster, in namespaces and with a filesystem of its own: machine.sh HERE STATE TARGET
# NAME ADDRESS NODES. cluster.sh keeps it running: after its death it comes back with what is on its disk,
# which is the folder STATE/NAME.
set -euo pipefail

here=$1 state=$2 target=$3 name=$4 address=$5 nodes=$6
root=$state/$name

# What is on its disk. What is not named here stays empty, and nothing of it is this machine's.
write_root() {
    mkdir -p "$root"/{dev,etc/{kubernetes,containerd,cni/net.d},home,mnt,old,proc,root,run,srv,sys,tmp,usr} \
        "$root"/opt/{cluster,node,images,scripts,cni/bin} "$root"/var/{lib,log,tmp} "$root/volumes"
    chmod 1777 "$root/tmp" "$root/var/tmp"
    cp -af /etc/{alternatives,group,ld.so.cache,nsswitch.conf,passwd} "$root/etc/"
    echo "127.0.0.1 localhost" >"$root/etc/hosts"
    : >"$root/etc/resolv.conf"
    cp "$here"/etc/{kubelet,kube-proxy,kube-scheduler}.yaml "$here/etc/Corefile" "$root/etc/kubernetes/"
    cp "$here/etc/containerd.toml" "$root/etc/containerd/config.toml"
    sed "s#@PODS@#10.244.${name#node}.0/24#" "$here/etc/bridge.conflist" >"$root/etc/cni/net.d/bridge.conflist"
    cp "$state"/certificates/{ca.crt,kube-proxy.kubeconfig} "$root/etc/kubernetes/"
    if [ "$name" = control-plane ]; then
        cp "$state"/certificates/* "$root/etc/kubernetes/"
    else
        cp "$state/certificates/$name.kubeconfig" "$root/etc/kubernetes/kubelet.kubeconfig"
        cp "$state/certificates/kubelet-$name.crt" "$root/etc/kubernetes/kubelet.crt"
        cp "$state/certificates/kubelet-$name.key" "$root/etc/kubernetes/kubelet.key"
    fi
}

# What it has of the machine that all of this runs on, to be read only; and what the kernel shows.
mount_root() {
    local folder
    mount --bind "$root" "$root"
    for folder in bin sbin lib lib32 lib64; do
        if [ -L "/$folder" ]; then
            cp -Pf "/$folder" "$root/"
        elif [ -d "/$folder" ]; then
            mkdir -p "$root/$folder"
            mount --bind -o ro "/$folder" "$root/$folder"
        fi
    done
    mount --bind -o ro /usr "$root/usr"
    mount --bind -o ro "$target/cluster" "$root/opt/cluster"
    mount --bind -o ro "$target/node/bin" "$root/opt/node"
    mount --bind -o ro "$target/node/cni" "$root/opt/cni/bin"
    mount --bind -o ro "$target/node/images" "$root/opt/images"
    mount --bind -o ro "$here" "$root/opt/scripts"
    mount --rbind /dev "$root/dev"
    mount -t proc proc "$root/proc"
    mount -t sysfs sysfs "$root/sys"
    "$here/groups.sh" mount "$root/sys/fs/cgroup"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    # Kernel settings that kubelet makes for the whole machine: it gets files instead.
    local setting
    for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops; do
        cat "/proc/sys/$setting" >"$root/run/${setting#*/}"
        mount --bind "$root/run/${setting#*/}" "$root/proc/sys/$setting"
    done
}

connect() {
    until ip link show eth0 >/dev/null 2>&1; do sleep 0.02; done
    ip link set lo up
    ip addr add "$address/24" dev eth0
    ip link set eth0 up
    # kube-proxy turns these addresses into those of pods, but only once there is a way to go.
    ip route add 10.96.0.0/16 dev eth0
    local other
    for ((other = 1; other <= nodes; other++)); do
        [ "$name" = "node$other" ] || ip route add "10.244.$other.0/24" via "10.97.0.1$other"
    done
}

if [ "${7-}" = inside ]; then
    hostname "$name"
    connect
    mount_root
    cd "$root"
    pivot_root . old
    umount --lazy /old
    # What kubelet mounts for a container has to be seen by those that run already.
    mount --make-rshared /
    sysctl -qw net.ipv4.ip_forward=1
    export PATH=/opt/cluster:/opt/node:/usr/sbin:/usr/bin:/sbin:/bin
    unset KUBECONFIG LOGS
    exec "/opt/scripts/${name%%[0-9]*}.sh" "$name" "$address"
fi

write_root
"$here/groups.sh" make "$name" $$

# A cable to the cluster's network, as soon as there is an end to put it into: this process stays the same
# one, but gets another network. When it dies, the cable goes with it.
before=$(readlink /proc/self/ns/net)
{
    ip link delete "$name" 2>/dev/null || true
    while [ "$(readlink /proc/$$/ns/net)" = "$before" ]; do sleep 0.02; done
    ip link add "$name" type veth peer name eth0 netns $$
    ip link set "$name" master bridge up
} &
exec unshare --mount --net --pid --uts --ipc --cgroup --fork --kill-child --mount-proc --propagation private \
    "$here/machine.sh" "$@" inside
