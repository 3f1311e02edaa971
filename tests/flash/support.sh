# What the tests of flash.sh share: disks that are loop devices, and how flash.sh is called.
# shellcheck shell=bash
# `here` and `folder` (of the run), and `dir` (of the one test) are set by run.sh.
# shellcheck disable=SC2154

MIB=$((1 << 20))
image=$folder/image/booth.img

# disk NAME [SIZE [losetup's options…]]: leaves the device in $disk; its backing file is $dir/NAME.
disk() {
  local name=$1 size=${2-64M}
  shift $(($# > 1 ? 2 : 1))
  [ -e "$dir/$name" ] || truncate -s "$size" "$dir/$name"
  disk=$(losetup -f --show "$@" "$dir/$name")
  printf '%s\n' "$disk" >>"$folder/loops"
}

# An older booth's card: nothing on it is empty, and it cannot be told to forget.
old_disk() {
  perl -e 'print "an older booth\n\n" x (64 << 16)' >"$dir/$1"
  disk "$1"
  in_place_of blkdiscard <<<'exit 1'
}

secret() { # FILE TEXT
  (umask 077 && printf '%s\n' "$2" >"$dir/$1")
}

# flash ARGUMENTS…: leaves the exit code in $code and what was said in $dir/said. Image and service are added.
flash() {
  code=0
  (cd "$dir" && exec "$here/../../flash.sh" --image "$image.zst" --service https://fair.example "$@") \
    >"$dir/said" 2>&1 <"${answer-/dev/null}" || code=$?
}

one() { # ARGUMENTS…: one booth
  [ -e "$dir/token" ] || secret token one-time-token-of-a-01
  flash --name A-01 --token-file "$dir/token" "$@"
}

expect() { # CODE [PATTERN…]
  local want=$1 pattern
  shift
  [ "$code" = "$want" ] || { echo "exit $code rather than $want"; return 1; }
  ! grep '^flash: line' "$dir/said" || return 1
  for pattern in "$@"; do
    grep -qF -- "$pattern" "$dir/said" || { echo "not said: $pattern"; return 1; }
  done
}

# refused CODE PATTERN: and neither the disk nor the token was touched.
refused() {
  expect "$@"
  [ ! -e "$dir/token.used" ] || { echo "the token was marked as used"; return 1; }
  [ -z "${disk-}" ] || [ ! -b "$disk" ] || [ "$(losetup -nO RO "$disk")" = 1 ] || untouched
}

# The disk is as `disk` made it: empty.
untouched() { cmp -s -n "$(blockdev --getsize64 "$disk")" "$disk" /dev/zero || { echo "$disk was written to"; return 1; }; }

unbootable() { # DISK
  local size
  size=$(blockdev --getsize64 "$1")
  blockdev --flushbufs "$1"
  cmp -n $MIB "$1" /dev/zero
  cmp -i $((size - MIB)):0 -n $MIB "$1" /dev/zero
}

# Nothing of flash.sh is left: no device on top of the disk, no mount, no folder.
left_nothing() { # DISK
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    if [ -z "$(losetup -j "$1")" ] && ! grep -q "$dir/engawa-flash" /proc/self/mountinfo; then return; fi
    perl -e 'select undef, undef, undef, 0.1' # the kernel lets go of a dead process's mounts a little later
  done
  echo "left behind:" && losetup -j "$1" && grep "$dir" /proc/self/mountinfo
  return 1
}

# data COMMAND: debugfs on the disk's data partition.
data() { # DISK COMMAND
  local start
  start=$(partx -rgo START,NAME "$1" | awk '$2 == "data" { print $1 }')
  debugfs -R "$2" "$1?offset=$((start * 512))" 2>/dev/null
}

mode() { data "$1" "stat $2" | sed -n 's/.*Mode:  *\([0-7]*\).*/\1/p' | head -n 1; }

owner() { data "$1" "stat $2" | sed -n 's/.*User: *\([0-9]*\) *Group: *\([0-9]*\).*/\1:\2/p' | head -n 1; }

setting() { # DISK KEY
  data "$1" 'cat engawa/booth.toml' | python3 -c 'import sys, tomllib; print(tomllib.load(sys.stdin.buffer)[sys.argv[1]])' "$2"
}

# in_place_of TOOL <<SCRIPT: TOOL is the script from here on; $real is the tool itself.
in_place_of() {
  mkdir -p "$dir/bin"
  { printf '#!/usr/bin/env bash\nset -e\ndir=%q real=%q\n' "$dir" "$(command -v "$1")"; cat; } >"$dir/bin/$1"
  chmod +x "$dir/bin/$1"
  PATH="$dir/bin:${PATH#"$dir/bin:"}"
}

until_there() { # FILE PID: the process that makes it
  local tries
  for ((tries = 0; tries < 1200; tries++)); do
    if [ -e "$1" ]; then return; fi
    kill -0 "$2" 2>/dev/null || { echo "$1 does not come up: who makes it has ended"; return 1; }
    perl -e 'select undef, undef, undef, 0.1'
  done
  echo "$1 did not come up in 120 s"
  return 1
}

# another_image: a copy to be spoilt, in $dir/booth.img.*
another_image() {
  cp "$folder"/image/booth.img.* "$dir"
  image=$dir/booth.img
  disk card
}
sums() { (cd "$dir" && sha256sum booth.img.zst booth.img.bmap >booth.img.sha256); }
