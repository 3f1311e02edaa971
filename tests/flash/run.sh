#!/usr/bin/env bash
# Tests flash.sh on loop devices with a small image. Needs root; says so and is skipped without.
#
#   run.sh [TEST…]    all tests, or those whose names hold one of the words
#
# What runs at the end is called by a trap, which shellcheck does not see.
# shellcheck disable=SC2317
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ "$(id -u)" != 0 ] || ! losetup -f >/dev/null 2>&1; then
  echo "tests of flash.sh: SKIPPED: they need root and loop devices"
  exit 0
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/engawa-cards.XXXXXX")
mkdir "$folder/image"

unmount() {
  local each
  while read -r each; do umount -q "$each" 2>/dev/null; done < <(awk '{ print $5 }' /proc/self/mountinfo | grep "^$folder/" | tac)
}
clean() {
  local each
  wait # for tests that still run, after a Ctrl-C: none lasts long
  for each in "$folder"/*/group; do
    if [ -e "$each" ]; then kill -KILL -- -"$(<"$each")" 2>/dev/null; fi
  done
  unmount
  while read -r each; do
    umount -q "$each"p? 2>/dev/null
    swapoff "$each" 2>/dev/null
    losetup -nO NAME -j "$each" | xargs -r -n 1 losetup -d 2>/dev/null
    partx -d "$each" 2>/dev/null
    blockdev --setrw "$each" 2>/dev/null # the kernel keeps it for whoever gets this device next
    losetup -d "$each" 2>/dev/null
  done < <(tac "$folder/loops" 2>/dev/null)
  unmount # what the devices lay on
  rm -rf -- "$folder"
}
trap 'set +e; clean' EXIT
trap 'exit 130' INT TERM HUP
# shellcheck source=tests/flash/support.sh
. "$here/support.sh"
for part in cards refusals failures; do
  # shellcheck source=/dev/null
  . "$here/$part.sh"
done

run_one() { # NAME
  dir=$folder/$1
  mkdir "$dir"
  export TMPDIR=$dir
  set +e
  (set -eE; trap 'echo "  at line ${BASH_LINENO[0]}: $BASH_COMMAND"' ERR; "$1") >"$dir/out" 2>&1
  echo $? >"$dir/result"
}

names=()
while read -r name; do
  if [ $# -gt 0 ]; then
    for word in "$@" ''; do [[ $name != *"$word"* ]] || break; done
    [ -n "$word" ] || continue
  fi
  names+=("$name")
done < <(sed -n 's/^\([a-z_]*_[a-z_]*_[a-z_]*\)() {$/\1/p' "$here"/{failures,cards,refusals}.sh)

begun=$(date +%s.%N)
"$here/image.sh" "$folder/image"
for name in "${names[@]}"; do
  # Most of the time is waiting for disks: six at once, the rest in turn.
  while [ "$(jobs -rp | wc -l)" -ge 6 ]; do wait -n; done
  run_one "$name" &
done
wait
failed=0
for name in "${names[@]}"; do
  dir=$folder/$name
  if [ "$(<"$dir/result")" = 0 ]; then
    printf 'ok      %s\n' "${name//_/ }"
    grep -h '^(skipped' "$dir/out" || true
  else
    failed=1
    printf 'FAILED  %s\n' "${name//_/ }"
    sed 's/^/        /' "$dir/out" "$dir/said" 2>/dev/null | grep -v '█' | tail -n 40 || true
  fi
done
printf 'flash.sh: in %.1f s\n' "$(awk -v a="$begun" -v b="$(date +%s.%N)" 'BEGIN { print b - a }')"
exit $failed
