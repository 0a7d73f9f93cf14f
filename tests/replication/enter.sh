#!/bin/sh
# Becomes a container: makes its root from the image's layers, mounts its volumes and runs its program as
# the user mysql. Called in namespaces of its own, as
#   enter.sh ROOT IMAGE SERVER HOSTS MOUNTS PROGRAM…
# where each line of the file MOUNTS is `ro SOURCE TARGET` or `rw SOURCE TARGET`.
set -eu
root=$1 image=$2 server=$3 hosts=$4 mounts=$5
shift 5
mount --make-rprivate /
mount -t tmpfs -o mode=755 container "$root"
mkdir "$root/usr" "$root/proc" "$root/dev"
# What the image has beside the server, the server, and this machine's own programs.
mount -t overlay -o "ro,lowerdir=$image/usr:$server/usr:/usr" image "$root/usr"
for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done
cp -a "$image/etc" "$root/etc"
cp -a /etc/alternatives "$root/etc/alternatives"
touch "$root/etc/hosts"
mount --bind "$hosts" "$root/etc/hosts"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while read -r mode source target; do
    mkdir -p "$root$target"
    mount --bind "$source" "$root$target"
    if [ "$mode" = ro ]; then mount -o remount,bind,ro "$root$target"; fi
done <"$mounts"
# readOnlyRootFilesystem.
mount -o remount,ro "$root"
exec chroot "$root" setpriv --reuid 999 --regid 999 --clear-groups --no-new-privs --bounding-set=-all \
    --inh-caps=-all -- "$@"
