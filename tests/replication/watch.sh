# What bash reads before each script when BASH_ENV names it. It writes the line of every command that is run
# to /watch/lines; at the line that /watch/stop names it stops for good, and says so in /watch/stopped.
# shellcheck shell=bash
watch_line() {
  echo "$1" >>/watch/lines
  if [[ $1 == "$(cat /watch/stop 2>/dev/null)" ]]; then
    trap - DEBUG
    touch /watch/stopped
    sleep infinity
  fi
}
set -o functrace
trap 'watch_line "${BASH_SOURCE[0]##*/}:$LINENO"' DEBUG
