#!/bin/bash
# Builds the images that the nodes of the tests run into target/node/images, or the folder given, without
# Docker: each is an archive NAME.tar as `docker save` writes it.
#   pause      what holds a pod's network
#   busybox    a shell and its tools
#   mysql      the MySQL that Debian sid has, with the contract of the official image (entrypoint.sh)
#   mariadb    the MariaDB of Debian bookworm, likewise
# What is there and of the same making is left alone. With names as arguments behind the folder only those
# are built. A server's true version is the image's label org.opencontainers.image.version and stands in
# the file /etc/server-version of its containers, whatever name the image is given.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-${CARGO_TARGET_DIR:-$here/../../../target}/node/images}
names=("${@:2}")
[ ${#names[@]} -gt 0 ] || names=(pause busybox mysql mariadb)
mkdir -p "$out"
out=$(cd "$out" && pwd)

# Not two at once.
exec 9>"$out/lock"
flock 9
work=$(mktemp -d "$out/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

# archive NAME LAYER CONFIGURATION: an image of one layer, which is a tar.
archive() {
    local digest configuration
    digest=$(sha256sum <"$2" | cut -d ' ' -f 1)
    configuration="{\"architecture\": \"$(dpkg --print-architecture)\", \"os\": \"linux\", \"config\": $3,
        \"rootfs\": {\"type\": \"layers\", \"diff_ids\": [\"sha256:$digest\"]}}"
    mkdir "$work/archive"
    printf '%s' "$configuration" >"$work/archive/configuration.json"
    mv "$2" "$work/archive/layer.tar"
    echo "[{\"Config\": \"configuration.json\", \"RepoTags\": [\"tidegate.test/$1:1\"], \"Layers\": [\"layer.tar\"]}]" \
        >"$work/archive/manifest.json"
    tar -C "$work/archive" -cf "$work/$1.tar" manifest.json configuration.json layer.tar
    rm -r "$work/archive"
    # In one step, so that what is there is whole.
    mv "$work/$1.tar" "$out/"
}

# layer FOLDER: the folder as a layer, whose files are root's.
layer() {
    tar -C "$1" --owner=0 --group=0 --sort=name --mtime=@0 -cf "$1.tar" .
}

build_pause() {
    mkdir "$work/pause"
    gcc -static -Os -s -o "$work/pause/pause" "$here/pause.c"
    layer "$work/pause"
    archive pause "$work/pause.tar" '{"Entrypoint": ["/pause"], "User": "65535:65535"}'
}

# Debian's busybox is the dynamic one: the static one cannot look up names.
build_busybox() {
    local root=$work/busybox library program
    mkdir -p "$root"/{bin,dev,etc,home,mnt,proc,root,sys,tmp,var}
    chmod 1777 "$root/tmp"
    cp "$(command -v busybox)" "$root/bin/"
    for program in $(busybox --list); do
        [ "$program" = busybox ] || ln -sf busybox "$root/bin/$program"
    done
    while read -r library; do
        mkdir -p "$root${library%/*}"
        cp -L "$library" "$root$library"
    done < <(ldd "$root/bin/busybox" | grep -oE '/[^ ]+')
    # Of a file and of DNS: loaded by name. Since glibc 2.34 they are in libc itself.
    echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
    printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/sh\n' >"$root/etc/passwd"
    printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
    layer "$root"
    archive busybox "$root.tar" '{"Cmd": ["sh"], "Env": ["PATH=/bin"]}'
}

# database NAME SUITE PACKAGE...: a server of Debian, whose first package is the server's.
build_database() {
    local name=$1 suite=$2 packages=("${@:3}")
    local mirror root=$work/$name.tar version
    mirror=$("$here/../../../scripts/debian-mirror")
    # A user of the same number as the official images have, which manifests name.
    cat >"$work/customize" <<END
#!/bin/sh
set -eu
root=\$1
echo 'mysql:x:999:' >>"\$root/etc/group"
echo 'mysql:x:999:999::/var/lib/mysql:/bin/bash' >>"\$root/etc/passwd"
install -d -o 999 -g 999 "\$root/var/lib/mysql" "\$root/var/lib/mysql-files"
install -d "\$root/docker-entrypoint-initdb.d" "\$root/etc/mysql/conf.d"
install "$here/entrypoint.sh" "\$root/usr/local/bin/docker-entrypoint.sh"
cp -r "$here/$name/." "\$root/etc/"
chroot "\$root" dpkg-query --show --showformat '\${source:Upstream-Version}\n' ${packages[0]} |
    sed 's/.*://' >"\$root/etc/server-version"
rm -rf "\$root"/var/cache/* "\$root"/var/lib/apt/lists/* "\$root"/etc/hostname "\$root"/etc/resolv.conf
END
    chmod +x "$work/customize"
    # Of sid, whose lists are of any age where a mirror is a snapshot.
    mmdebstrap --quiet --variant=essential --include="$(IFS=, && echo "${packages[*]}")" \
        --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Check-Valid-Until "false"' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --customize-hook="$work/customize" \
        "$suite" "$root" "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
    # For the socket. mmdebstrap leaves nothing in /run.
    mkdir -p "$work/run/mysqld"
    tar --append -f "$root" --owner=999 --group=999 --mode=1777 -C "$work" ./run/mysqld
    version=$(tar -xOf "$root" ./etc/server-version)
    archive "$name" "$root" "{\"Entrypoint\": [\"docker-entrypoint.sh\"], \"Cmd\": [\"${name}d\"],
        \"Env\": [\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"],
        \"Volumes\": {\"/var/lib/mysql\": {}}, \"ExposedPorts\": {\"3306/tcp\": {}},
        \"Labels\": {\"org.opencontainers.image.version\": \"$version\"}}"
    echo "the image $name is of $version" >&2
}

for name in "${names[@]}"; do
    inputs=$(cd "$here" && find . -type f -exec sha256sum {} + | sort | sha256sum)
    [ "$(cat "$out/$name.inputs" 2>/dev/null)" != "$inputs" ] || continue
    echo "building the image $name for the tests" >&2
    case "$name" in
    pause) build_pause ;;
    busybox) build_busybox ;;
    mysql) build_database mysql sid mysql-server-core mysql-client-core ;;
    mariadb) build_database mariadb bookworm mariadb-server-core mariadb-client-core mariadb-client ;;
    *) echo "usage: $0 [FOLDER [pause] [busybox] [mysql] [mariadb]]" >&2 && exit 2 ;;
    esac
    echo "$inputs" >"$out/$name.inputs"
done
