#!/bin/sh
# Makes an authority and a certificate for the gate, stores the certificate as Secret tidegate-tls,
# and tells both webhook configurations to trust the authority. Needs kubectl and openssl 1.1.1 or
# later.
#
# Run it after `kubectl apply -f webhook-deploy/`, and again before the certificate ends: the gate
# reads the new one without a restart. The authority's key is thrown away: nobody can sign another
# certificate with it.
#
# Arguments are passed on to kubectl, for instance `--context production`.
set -eu

# The longest that some TLS stacks accept (Apple's limit, 825 days); a year is easier to remember.
days=365
service=tidegate.tidegate-system.svc

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
cd "$folder"
umask 077

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days "$days" \
    -subj "/CN=tidegate authority" -keyout authority.key -out authority.crt 2>openssl.log ||
    { cat openssl.log >&2; exit 1; }
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -subj "/CN=$service" -keyout tls.key -out tls.csr 2>openssl.log ||
    { cat openssl.log >&2; exit 1; }
printf 'subjectAltName=DNS:%s\nbasicConstraints=critical,CA:false\nextendedKeyUsage=serverAuth\n' "$service" >tls.ext
openssl x509 -req -in tls.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days "$days" \
    -extfile tls.ext -out tls.crt 2>openssl.log ||
    { cat openssl.log >&2; exit 1; }

# The authority before the certificate would, for a moment, distrust the old one; after it, the new
# one. A configuration can trust both: the old authority stays for one more round.
new=$(cat authority.crt)
for kind in mutatingwebhookconfiguration validatingwebhookconfiguration; do
    old=$(kubectl "$@" get "$kind" tidegate -o jsonpath='{.webhooks[0].clientConfig.caBundle}' | base64 -d |
        awk '/BEGIN CERTIFICATE/ { count++ } count == 1')
    bundle=$(printf '%s\n%s\n' "$new" "$old" | base64 | tr -d '\n')
    # Every webhook of the configuration is answered by the same gate.
    count=$(kubectl "$@" get "$kind" tidegate -o jsonpath='{.webhooks[*].name}' | wc -w)
    patch=
    for number in $(seq 0 $((count - 1))); do
        patch="$patch${patch:+,}{\"op\": \"add\", \"path\": \"/webhooks/$number/clientConfig/caBundle\", \"value\": \"$bundle\"}"
    done
    kubectl "$@" patch "$kind" tidegate --type=json --patch-file=/dev/stdin <<PATCH
[$patch]
PATCH
done

# Server-side apply leaves no copy of the key in an annotation.
kubectl "$@" create secret tls tidegate-tls --namespace=tidegate-system --cert=tls.crt --key=tls.key \
    --dry-run=client -o yaml |
    kubectl "$@" apply --server-side --force-conflicts -f -
