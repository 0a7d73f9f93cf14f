#!/bin/bash
# Waits for the end of a cluster's process and removes what it leaves behind: bury.sh PID STATE. Its logs
# stay.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
tail --pid="$1" -f /dev/null
"$here/groups.sh" sweep
for machine in "$2"/{control-plane,node*}; do
    if [ -d "$machine" ]; then find "$machine" -mindepth 1 -maxdepth 1 ! -name var -exec rm -rf {} +; fi
    if [ -d "$machine/var" ]; then find "$machine/var" -mindepth 1 -maxdepth 1 ! -name log -exec rm -rf {} +; fi
done
rm -f "$2/pid"
