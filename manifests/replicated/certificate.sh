#!/bin/sh
# Makes an authority and a certificate for all servers, as ca.crt, tls.crt and tls.key in a new folder:
#   certificate.sh FOLDER
# README.md tells how they become the Secret mysql-tls. The authority's key is thrown away: nobody can sign
# another certificate with it, and who needs one makes all anew. Needs openssl 1.1.1 or later.
set -eu

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
    names="$names,DNS:$name,DNS:$name.mysql,DNS:$name.mysql.svc,DNS:$name.mysql.svc.cluster.local"
done
for ordinal in 0 1 2 3 4 5 6 7 8 9; do
    names="$names,DNS:mysql-$ordinal.mysql,DNS:mysql-$ordinal.mysql.mysql,DNS:mysql-$ordinal.mysql.mysql.svc.cluster.local"
done
printf 'subjectAltName=%s\nbasicConstraints=critical,CA:false\nextendedKeyUsage=serverAuth\n' "${names#,}" >"$work/ext"
quietly openssl x509 -req -in "$work/tls.csr" -CA "$1/ca.crt" -CAkey "$work/authority.key" \
    -CAserial "$work/serial" -CAcreateserial -days "$days" -extfile "$work/ext" -out "$1/tls.crt"
