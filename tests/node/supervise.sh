#!/bin/bash
# Keeps programs running, as an init system does:
#   supervise.sh keep NAME COMMAND...   runs it, and again whenever it ends; its output is appended to a log
#   supervise.sh restart NAME           kills it, and it is run again
#   supervise.sh stop NAME              kills it, and it stays away
#   supervise.sh start NAME             until now
set -euo pipefail

command=$1 name=$2
shift 2
folder=/run/supervised
mkdir -p "$folder"

case "$command" in
keep)
    while :; do
        until [ ! -e "$folder/$name.stopped" ]; do sleep 0.1; done
        "$@" >>"${LOGS:-/var/log}/$name.log" 2>&1 </dev/null &
        echo $! >"$folder/$name.pid"
        wait $! || echo "$name has ended with $?" >>"${LOGS:-/var/log}/$name.log"
        sleep 0.5
    done
    ;;
restart) kill -KILL "$(cat "$folder/$name.pid")" ;;
stop)
    touch "$folder/$name.stopped"
    kill -KILL "$(cat "$folder/$name.pid")"
    ;;
start) rm "$folder/$name.stopped" ;;
esac
