#!/bin/sh
# Makes an authority and a certificate for all servers, as ca.crt, tls.crt and tls.key in a new folder:
#   certificate.sh FOLDER [NAMESPACE]
# for servers in this namespace, or else in mysql. README.md tells how they become the Secret mysql-tls. The
# authority's key is thrown away: nobody can sign another certificate with it, and who needs one makes all
# anew. Needs openssl 1.1.1 or later.
set -eu

namespace=${2:-mysql}
case $namespace in
    *[!a-z0-9-]*) echo "a namespace is of lower-case letters, digits and -, and not $namespace" >&2; exit 2 ;;
esac

# The longest that some TLS stacks accept (Apple's limit).
days=825

mkdir -m 700 "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
umask 077

quietly() { "$@" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }; }
quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days "$days" \
    -subj "/CN=mysql authority" -keyout "$work/authority.key" -out "$1/ca.crt"
quietly openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -subj "/CN=mysql" -keyout "$1/tls.key" -out "$work/tls.csr"
# Each server by its name, the Services by theirs, from the own namespace and from others.
names=
for name in mysql-write mysql-read; do
    for suffix in '' ".$namespace" ".$namespace.svc" ".$namespace.svc.cluster.local"; do
        names="$names,DNS:$name$suffix"
    done
done
for ordinal in 0 1 2 3 4 5 6 7 8 9; do
    for suffix in '' ".$namespace" ".$namespace.svc" ".$namespace.svc.cluster.local"; do
        names="$names,DNS:mysql-$ordinal.mysql$suffix"
    done
done
printf 'subjectAltName=%s\nbasicConstraints=critical,CA:false\nextendedKeyUsage=serverAuth\n' "${names#,}" >"$work/ext"
quietly openssl x509 -req -in "$work/tls.csr" -CA "$1/ca.crt" -CAkey "$work/authority.key" \
    -CAserial "$work/serial" -CAcreateserial -days "$days" -extfile "$work/ext" -out "$1/tls.crt"
