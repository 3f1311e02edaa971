#!/usr/bin/env bash
# Makes a small image with the partitions of the real one, its map, its checksums and its signature.
#
#   image.sh FOLDER    writes FOLDER/booth.img.{zst,bmap,sha256,sha256.sig}, keyring.pem, other.pem
set -euo pipefail
cd "$1"
truncate -s 40M booth.img
sgdisk -n 1:2048:+4M -c 1:boot -t 1:ef00 -n 2:0:+8M -c 2:root-a -n 3:0:+8M -c 3:root-b \
  -n 4:0:+12M -c 4:data booth.img >/dev/null
mformat -i booth.img@@1M -T 8192 -v BOOT ::
echo start >start.txt
mcopy -i booth.img@@1M start.txt ::start.txt
mkdir -p root data/rauc
head -c 3M /dev/urandom >root/program
mke2fs -q -F -t ext4 -O ^has_journal -L root-a -d root -E offset=$((5 << 20)) booth.img 8M
mke2fs -q -F -t ext4 -L data -d data -E offset=$((21 << 20)) booth.img 12M
# Some builders leave the journal's zeros out; on a used card older bytes lie there then.
journal=$(debugfs -R 'blocks <8>' "booth.img?offset=$((21 << 20))" 2>/dev/null | cut -d ' ' -f 1)
fallocate -p -o $(((21 << 20) + journal * 1024 / 4096 * 4096 + 8192)) -l 1000K booth.img
bmaptool -q create -o booth.img.bmap booth.img
zstd -q -1 -f booth.img

# authority NAME: a certificate that signs, as the updates' authority does.
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj "/CN=$1" \
    -keyout "$1.key" -out "$1.pem" 2>/dev/null
}
authority keyring
authority other
sha256sum booth.img.zst booth.img.bmap >booth.img.sha256
openssl cms -sign -binary -outform DER -signer keyring.pem -inkey keyring.key -in booth.img.sha256 -out booth.img.sha256.sig
