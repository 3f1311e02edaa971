#!/usr/bin/env bash
# Builds the test image and tells the appliance's stories in QEMU. As root.
#
#   tests/image/stories.sh [--kept] [--within SECONDS] [NAME…]
#
# With --kept the image that is there is taken; NAMEs choose among tests/image/*.test.ts, and are told in that
# order. With --within a story for which too little time is left is named and left out, and so are all where a plain
# Debian, which is told first then, starts so slowly that the stories' own limits do not hold.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$PWD/target/image
kept=''
within=''
while [ $# -gt 0 ]; do
  case "$1" in
    --kept) kept=1; shift ;;
    --within) within=$2; shift 2 ;;
    -*) echo "stories.sh: unknown argument $1 (--kept, --within)" >&2; exit 2 ;;
    *) break ;;
  esac
done
# Seconds that each took on two cores that others slowed down; what matters most comes first.
all=(plain:80 pages:40 booth:500 enrol:200 interview:400 unable:350 flash:300 devices:350 updates:800 fallbacks:1300 cuts:4000)
declare -A slow
for each in "${all[@]}"; do slow[${each%:*}]=${each#*:}; done
[ $# -gt 0 ] || set -- "${all[@]%:*}"
for file in tests/image/*.test.ts; do
  story=$(basename "$file" .test.ts)
  [ -n "${slow[$story]-}" ] || { echo "stories.sh: no time is known for $file" >&2; exit 2; }
done
for story in "$@"; do
  [ -e "tests/image/$story.test.ts" ] || { echo "stories.sh: no story $story: there are ${!slow[*]}" >&2; exit 2; }
done
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
# Seconds to a plain Debian's login. The stories were told well where it took 29 to 35.
slowest=50
login() { awk -F '\t' '/login of a plain Debian/ { login = $2 } END { print int(login) }' "$out/measured.tsv"; }
crawls() { [ -n "$within" ] && [ "$(login)" -gt "$slowest" ]; }
fits() { [ -z "$within" ] || { ! crawls && [ $((SECONDS - begun + ${slow[$1]})) -le "$within" ]; }; }
# One that hangs ends ten minutes after the time that all have.
tell() (
  bound=()
  [ -z "$within" ] || bound=(timeout --foreground --kill-after=60 $((within + 600 - (SECONDS - begun))))
  cd tests && "${bound[@]}" node_modules/.bin/vitest run --config vitest.image.config.ts "image/$1.test.ts"
)
failed=()
skipped=()
unsteady=()
crawled=()
for story in "$@"; do
  if ! fits "$story"; then
    skipped+=("$story")
  elif ! tell "$story"; then
    # An emulated machine on processors that others use, too, is told a second time; that this was needed is said.
    if [ -n "$within" ]; then tell plain || true; fi
    if fits "$story" && tell "$story"; then unsteady+=("$story"); elif crawls; then crawled+=("$story"); else failed+=("$story"); fi
  fi
done
printf '\n'
awk -F '\t' '{ printf "%8s %-4s %s\n", $2, $3, $1 }' "$out/measured.tsv"
printf '%8d s    everything\n' $((SECONDS - begun))
if [ ${#unsteady[@]} -gt 0 ]; then echo "told twice, and well only the second time: ${unsteady[*]}"; fi
if [ ${#skipped[@]} -gt 0 ]; then echo "SKIPPED, with too little of $within s left or more than $slowest s to a plain Debian's login: ${skipped[*]}"; fi
if [ ${#crawled[@]} -gt 0 ]; then echo "failed, NOT COUNTED with $(login) s to a plain Debian's login: ${crawled[*]}"; fi
if [ ${#failed[@]} -gt 0 ]; then echo "failed: ${failed[*]}"; exit 1; fi
