#!/usr/bin/env bash
# Builds the test image and tells the appliance's stories in QEMU. As root.
#
#   tests/image/stories.sh [--kept] [NAME…]
#
# With --kept the image that is there is taken; NAMEs choose among tests/image/*.test.ts.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$PWD/target/image
kept=''
if [ "${1-}" = --kept ]; then
  kept=1
  shift
fi
begun=$SECONDS
.ci/packages image
if [ -z "$kept" ] || [ ! -e "$out/engawa-booth-test-amd64.img.zst" ]; then tests/image/make.sh; fi
tests/image/kernel/build.sh "$out/work/root" "$out/kernel"
tests/image/plain.sh "$out"
# The service and the recruiter's page stand on this machine.
.ci/page
cargo build --locked -p engawa-service
rm -f "$out/measured.tsv"
mib() { du -m --apparent-size "$1" | cut -f 1; }
{
  printf 'image, compressed\t%s\tMiB\n' "$(mib "$out/engawa-booth-test-amd64.img.zst")"
  printf 'root\t%s\tMiB\n' "$(du -sm "$out/work/root" | cut -f 1)"
  printf 'everything before the stories\t%s\ts\n' $((SECONDS - begun))
} > "$out/measured.tsv"
code=0
(cd tests && npx vitest run --config vitest.image.config.ts "$@") || code=$?
printf '\n'
awk -F '\t' '{ printf "%8s %-4s %s\n", $2, $3, $1 }' "$out/measured.tsv"
printf '%8d s    everything\n' $((SECONDS - begun))
exit "$code"
