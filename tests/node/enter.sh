#!/bin/bash
# Runs a command in the namespaces that a process has made, whose number a file holds: enter.sh FILE
# COMMAND...
set -euo pipefail

process=$(cat "$1")
shift
# It is outside of one of them itself; the child that it had last is inside of all.
child=$(grep -oE '[0-9]+' "/proc/$process/task/$process/children" | tail -n 1)
exec nsenter --target "$child" --mount --net --pid --uts --ipc --cgroup "$@"
