#!/bin/sh
# Builds promtool, the tool of go.mod, into target/monitoring or the folder given: it checks
# and tries the alerts of webhook-deploy/monitoring. Does nothing when nothing in this folder
# has changed. Needs Go only: minutes from nothing, seconds with Go's build cache warm.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-${CARGO_TARGET_DIR:-$here/../../../target}/monitoring}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$here"

# One build at a time: several test runs may find the program missing at once.
exec 9>"$out/lock"
flock 9

inputs=$(cat -- go.mod go.sum build.sh | sha256sum)
if [ -x "$out/promtool" ] && [ "$(cat "$out/inputs" 2>/dev/null)" = "$inputs" ]; then
    exit 0
fi

prometheus=github.com/prometheus/prometheus
version=$(go list -m -f '{{.Version}}' $prometheus)
echo "building promtool $version for the tests (minutes, the first time)" >&2
# Without what finds targets in clouds, which is most of it: nothing is scraped here.
CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags remove_all_sd \
    -ldflags "-s -w -X github.com/prometheus/common/version.Version=${version#v}" \
    -o "$out/promtool.new" $prometheus/cmd/promtool

mv "$out/promtool.new" "$out/promtool"
printf '%s\n' "$inputs" >"$out/inputs"
