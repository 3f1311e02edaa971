#!/usr/bin/env bash
# ca.sh DIR: makes a development CA with a signer, and a stranger whom no image believes; once.
set -euo pipefail
dir=${1:?}
if [ -e "$dir/stranger.cert.pem" ]; then exit 0; fi
umask 077
mkdir -p "$dir"
days=730
# pair NAME: a CA of that name, and a signer below it.
pair() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$days" \
    -subj "/O=Engawa/CN=Engawa test CA ($1)" -keyout "$dir/$1-ca.key.pem" -out "$dir/$1-ca.cert.pem" \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/O=Engawa/CN=Engawa test bundles ($1)" \
    -keyout "$dir/$1.key.pem" -out "$dir/$1.csr.pem" 2>/dev/null
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n' > "$dir/$1.ext"
  openssl x509 -req -in "$dir/$1.csr.pem" -CA "$dir/$1-ca.cert.pem" -CAkey "$dir/$1-ca.key.pem" -CAcreateserial \
    -days "$days" -extfile "$dir/$1.ext" -out "$dir/$1.cert.pem" 2>/dev/null
}
pair signer
pair stranger
