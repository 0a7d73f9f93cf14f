#!/bin/bash
# Control groups of the first version, in every hierarchy that there is:
#   groups.sh make NAME PID     makes a group below the process's own, and puts the process into it
#   groups.sh mount FOLDER      mounts them there; their root is that of this control group namespace
#   groups.sh sweep             removes those of clusters that have ended, with those of their containers
set -euo pipefail

# What has a hierarchy of its own, and the group of the process in it; what is not mounted is left out.
hierarchies() {
    local kind path
    while IFS=: read -r _ kind path; do
        kind=${kind#name=}
        if [ -n "$kind" ] && [ -d "/sys/fs/cgroup/$kind" ]; then echo "$kind" "${path%/}"; fi
    done <"/proc/$1/cgroup"
}

case "$1" in
make)
    hierarchies "$3" | while read -r kind path; do
        parent=/sys/fs/cgroup/$kind$path
        mkdir -p "$parent/$2"
        if [ "$kind" = cpuset ]; then
            # A new group has no processors, and then takes no process.
            for file in cpuset.cpus cpuset.mems; do cat "$parent/$file" >"$parent/$2/$file"; done
        fi
        echo "$3" >"$parent/$2/cgroup.procs"
    done
    ;;
mount)
    kinds=$(hierarchies self)
    mount -t tmpfs -o mode=755 tmpfs "$2"
    while read -r kind _; do
        mkdir "$2/$kind"
        # The one of systemd controls nothing, and so has only a name.
        options=$kind
        if [ "$kind" = systemd ]; then options=none,name=systemd; fi
        mount -t cgroup -o "$options" cgroup "$2/$kind"
    done <<<"$kinds"
    ;;
sweep)
    hierarchies self | while read -r kind _; do
        # The name ends with the number of the cluster's process.
        find "/sys/fs/cgroup/$kind" -type d -name 'tidegate-node-*' | while read -r group; do
            if [ -e "/proc/${group##*-}" ]; then continue; fi
            # A process that is just dying still counts.
            for _ in {1..50}; do
                find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
                sleep 0.1
            done
        done
    done
    ;;
esac
