#!/usr/bin/env bash
# Tests flash.sh on loop devices with a small image. Needs root; says so and is skipped without.
#
#   run.sh [TEST…]    all tests, or those whose names hold one of the words
#
# The tests are called by their names, which shellcheck does not see; `disk` and `answer` are read in support.sh.
# shellcheck disable=SC2317,SC2034
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
    partx -d "$each" 2>/dev/null
    losetup -d "$each" 2>/dev/null
  done < <(tac "$folder/loops" 2>/dev/null)
  unmount # what the devices lay on
  rm -rf -- "$folder"
}
trap 'set +e; clean' EXIT
trap 'exit 130' INT TERM HUP
# shellcheck source=tests/flash/support.sh
. "$here/support.sh"

# P1
two_cards_become_two_booths_at_once() {
  local first second card
  old_disk first && first=$disk
  disk second && second=$disk
  secret booths $'\xef\xbb\xbfname,token\r\n# the hall upstairs\r\n"窓 ""い"" \\, 1",token-of-the-first-booth\r\nA-02,token-of-the-second-booth\r\nA-03,token-of-the-third-booth\r'
  secret wifi $'ssid = 会場\npassphrase = back\\slash and more\nhidden = true'
  secret 'Plain Net.psk' $'[Security]\nPassphrase=something else'
  printf '%s %s\n' "${first##*/}" "${second##*/}" >"$dir/answer"
  answer=$dir/answer flash --target "$first" --target "$second" --booths "$dir/booths" --locale ko \
    --wifi-file "$dir/wifi" --wifi-file "$dir/Plain Net.psk" --keyring "$folder/image/keyring.pem"
  expect 0 "written: A-02" "signed, and by the keyring" "NOT removable"
  for card in "$first" "$second"; do
    sgdisk -v "$card" | grep -q 'No problems found'
    mtype -i "$card@@1M" ::start.txt | cmp - "$folder/image/start.txt"
    e2fsck -fn "$card?offset=$((5 * MIB))"
    debugfs -R 'cat program' "$card?offset=$((5 * MIB))" 2>/dev/null | cmp - "$folder/image/root/program"
    [ "$(partx -rgo END,NAME "$card" | awk '$2 == "data" { print $1 }')" -gt $((63 * 2048)) ]
    e2fsck -fn "$card?offset=$((21 * MIB))"
    [ "$(dumpe2fs -h "$card?offset=$((21 * MIB))" 2>/dev/null | awk '/^Block (count|size)/ { n = n ? n * $3 : $3 } END { print n }')" -gt $((42 * MIB)) ]
    [ "$(data "$card" 'cat iwd/=e4bc9ae5a0b4.psk')" = $'[Security]\nPassphrase=back\\\\slash and more\n[Settings]\nHidden=true' ]
    [ "$(data "$card" 'cat "iwd/Plain Net.psk"')" = $'[Security]\nPassphrase=something else' ]
    [ "$(setting "$card" service) $(setting "$card" locale)" = 'https://fair.example ko' ]
    [ "$(mode "$card" engawa/enrol-token) $(mode "$card" engawa/booth.toml) $(mode "$card" iwd)" = '0600 0644 0700' ]
    left_nothing "$card"
  done
  [ "$(setting "$first" name)|$(setting "$second" name)" = '窓 "い" \, 1|A-02' ]
  [ "$(data "$first" 'cat engawa/enrol-token') $(data "$second" 'cat engawa/enrol-token')" = 'token-of-the-first-booth token-of-the-second-booth' ]
  # The next card goes on with the third booth; after it there is none.
  disk third
  flash --target "$disk" --booths "$dir/booths" --yes
  expect 0 "written: A-03"
  flash --target "$disk" --booths "$dir/booths" --yes
  expect 2 "0 unused of 3 booths"
}

an_older_booths_data_is_not_the_new_booths_journal() {
  old_disk card
  one --target "$disk" --yes
  expect 0
  data "$disk" "dump <8> $dir/journal"
  [ "$(head -c 4 "$dir/journal" | od -An -tx1)" = ' c0 3b 39 98' ]
  ! grep -q 'an older booth' "$dir/journal"
}

an_image_whose_map_leaves_out_zeros_that_matter_is_found_on_a_used_card() {
  another_image
  cp --sparse=always "$folder/image/booth.img" "$dir"
  fallocate -d "$dir/booth.img"
  bmaptool -q create -o "$dir/booth.img.bmap" "$dir/booth.img"
  sums
  old_disk used
  one --target "$disk" --yes
  expect 7 "failed while checking root-a: it is not sound"
}

a_file_stands_for_a_disk() {
  truncate -s 64M "$dir/card.img"
  one --target "$dir/card.img" --yes
  expect 0 "written: A-01"
  [ "$(setting "$dir/card.img" name)" = A-01 ]
  left_nothing "$dir/card.img"
}

without_bmaptool_zstd_and_dd_do_it() {
  local PATH=$PATH
  mkdir "$dir/tools"
  find /usr/bin/ -mindepth 1 -maxdepth 1 -exec ln -s -t "$dir/tools" {} +
  rm "$dir/tools/bmaptool"
  PATH=$dir/tools:/usr/sbin
  old_disk card
  one --target "$disk" --yes
  expect 0 "bmaptool is missing"
  cmp -i 1M -n 20M "$image" "$disk"
}

a_dry_run_touches_nothing() {
  disk card
  one --target "$disk" --dry-run
  refused 0 "dry run: nothing was touched" "A-01 → $disk"
  [ ! -e "$dir/flash.log" ]
}

secrets_stay_out_of_arguments_environments_and_logs() {
  local each
  for each in blkdiscard bmaptool blockdev cp cut dd e2fsck grep iconv losetup mount openssl qrencode sha256sum sync tune2fs wc; do
    in_place_of "$each" <<'END'
{ tr '\0' '\n' <"/proc/$$/cmdline"; env; } >>"$dir/seen"
exec "$real" "$@"
END
  done
  disk card
  secret wifi $'ssid = hall\npassphrase = secret-of-the-wifi'
  one --target "$disk" --wifi-file "$dir/wifi" --yes
  expect 0
  [ "$(data "$disk" 'cat engawa/enrol-token')" = one-time-token-of-a-01 ]
  PATH=${PATH#"$dir/bin:"}
  ! grep -e one-time-token -e secret-of "$dir/seen" "$dir/said" "$dir/flash.log" "$dir/token.used"
}

without_the_typed_name_nothing_is_written() {
  disk card
  echo yes >"$dir/answer"
  answer=$dir/answer one --target "$disk"
  refused 6 "not confirmed"
  one --target "$disk"
  refused 6 "not confirmed"
}

# another_image: a copy to be spoilt, in $dir/booth.img.*
another_image() {
  cp "$folder"/image/booth.img.* "$dir"
  image=$dir/booth.img
  disk card
}
sums() { (cd "$dir" && sha256sum booth.img.zst booth.img.bmap >booth.img.sha256); }

an_image_that_is_not_what_its_checksum_says_is_refused() {
  another_image
  truncate -s -1 "$dir/booth.img.zst"
  one --target "$disk" --yes
  refused 3 "booth.img.zst is not what its checksum says"
  cp "$folder/image/booth.img.zst" "$dir"
  sed -i 's/chksum="./chksum="x/' "$dir/booth.img.bmap"
  one --target "$disk" --yes
  refused 3 "booth.img.bmap is not what its checksum says"
  cp "$folder/image/booth.img.bmap" "$dir"
  sed -i '/zst/d' "$dir/booth.img.sha256"
  one --target "$disk" --yes
  refused 3 "has no checksum"
  rm "$dir/booth.img.bmap"
  one --target "$disk" --yes
  refused 2 "booth.img.bmap is missing"
}

an_image_that_another_authority_signed_is_refused() {
  local keyring=$folder/image/keyring.pem
  disk card
  one --target "$disk" --keyring "$folder/image/other.pem" --yes
  refused 3 "is not by anybody in"
  # An authority that this computer trusts is none of ours.
  mkdir "$dir/certs"
  cp "$keyring" "$dir/certs/$(openssl x509 -noout -hash -in "$keyring").0"
  SSL_CERT_DIR=$dir/certs one --target "$disk" --keyring "$folder/image/other.pem" --yes
  refused 3 "is not by anybody in"
  another_image
  echo "# changed" >>"$dir/booth.img.sha256"
  one --target "$disk" --keyring "$keyring" --yes
  refused 3 "is not by anybody in"
  rm "$dir/booth.img.sha256.sig"
  one --target "$disk" --keyring "$keyring" --yes
  refused 3 "booth.img.sha256.sig is missing"
}

an_image_of_something_else_is_refused() {
  another_image
  cp "$folder/image/booth.img" "$dir"
  sgdisk -c 2:rootfs "$dir/booth.img" >/dev/null
  zstd -q -1 -f "$dir/booth.img"
  bmaptool -q create -o "$dir/booth.img.bmap" "$dir/booth.img"
  sums
  one --target "$disk" --yes
  refused 3 'no partition "root-a"'
}

what_must_not_be_overwritten_is_refused() {
  local root
  one --target "$dir/nothing" --yes
  refused 4 "does not exist"
  one --target /dev/null --yes
  refused 4 "is not a disk"
  disk small $((41 * MIB - 512))
  one --target "$disk" --yes
  refused 4 "is too small: it has 41.0MiB, the image needs 41.0MiB"
  disk locked 64M -r
  one --target "$disk" --yes
  refused 4 "write-protected"
  disk sectors 64M --sector-size 4096
  one --target "$disk" --yes
  refused 4 "sectors of another size"
  disk twice
  ln -s "$disk" "$dir/link"
  flash --target "$disk" --target "$dir/link" --booths <(:) --yes
  expect 2
  secret booths $'A-01,token-of-the-first-booth\nA-02,token-of-the-second-booth'
  flash --target "$disk" --target "$dir/link" --booths "$dir/booths" --yes
  refused 4 "is given twice"
  root=$(lsblk -nspro NAME,TYPE "$(findmnt -nvo SOURCE /)" 2>/dev/null | awk '$2 == "disk" { print $1; exit }')
  if [ -z "$root" ]; then echo "(skipped: the root of this machine is on no disk)"; return; fi
  one --target "$root" --dry-run
  expect 4 "$root holds the running system"
}

what_is_in_use_is_refused() {
  local holder
  disk swap
  mkswap -q "$disk" && chmod 600 "$dir/swap" && swapon "$disk"
  one --target "$disk" --yes
  swapoff "$disk"
  expect 4 "holds the running system ([SWAP])"
  disk held
  perl -MFcntl -e 'sysopen(my $f, shift, O_RDONLY | O_EXCL) or die; open(my $g, ">", shift); <STDIN>' "$disk" "$dir/holds" \
    < <(exec tail -f /dev/null) &
  holder=$!
  until_there "$dir/holds"
  one --target "$disk" --yes
  kill "$holder"
  refused 4 "is in use (Device or resource busy)"
  disk locked
  flock -x "$disk" "$here/../../flash.sh" --help >/dev/null
  exec 8<"$disk"
  flock -xn 8
  one --target "$disk" --yes
  refused 4 "another flash.sh"
  exec 8<&-
  one --target "$dir/locked" --yes
  expect 4 "$dir/locked is in use by $disk"
  disk below
  printf '%s\n' "$(losetup -f --show -o 1M "$disk")" >>"$folder/loops"
  one --target "$disk" --yes
  refused 4 "is in use by $(tail -n 1 "$folder/loops")"
}

a_partition_and_a_mounted_card_are_refused() {
  cp --sparse=always "$folder/image/booth.img" "$dir/card"
  truncate -s 64M "$dir/card"
  disk card
  partx -a "$disk"
  one --target "${disk}p4" --yes
  expect 4 "is a partition: give the whole disk, $disk"
  mkdir "$dir/mounted"
  mount -o ro "${disk}p4" "$dir/mounted"
  one --target "$disk" --yes
  umount "$dir/mounted"
  expect 4 "is mounted at $dir/mounted"
  # Mounted in a mount table that lsblk does not see.
  # Its own arguments, not ours.
  # shellcheck disable=SC2016
  unshare -m bash -c 'mount -o ro "$1" "$2" && : >"$3" && exec tail -f /dev/null' - "${disk}p4" "$dir/mounted" "$dir/there" &
  until_there "$dir/there"
  one --target "$disk" --yes
  kill $!
  expect 4 "is in use (Device or resource busy)"
  cmp -n 40M "$folder/image/booth.img" "$disk"
}

a_token_is_taken_once_and_from_a_private_file() {
  disk card
  secret token one-time-token-of-a-01
  chmod 644 "$dir/token"
  one --target "$disk" --yes
  refused 2 "can be read by others (mode 644)"
  rm "$dir/token"
  flash --target "$disk" --name A-01 --token-file "$dir/token" --yes
  refused 2 "does not exist"
  secret token too-short
  one --target "$disk" --yes
  refused 2 "no token"
  secret token $'two\nlines'
  one --target "$disk" --yes
  refused 2 "one line with the token is expected"
  secret booths $'A-01,one-time-token-of-a-01\nA-02,one-time-token-of-a-01'
  flash --target "$disk" --booths "$dir/booths" --yes
  refused 2 "the token of line 1 again"
  secret booths $'A-01,one-time-token-of-a-01\nA-01,one-time-token-of-a-02'
  flash --target "$disk" --booths "$dir/booths" --yes
  refused 2 "the name of line 1 again"
  disk next
  flash --target "$disk" --target "$dir/card" --name A-01 --token-file "$dir/token" --yes
  refused 2 "several targets need --booths"
  secret token one-time-token-of-a-01
  one --target "$disk" --yes
  expect 0
  disk other
  one --target "$disk" --yes
  expect 2 "was put on a card before"
  untouched
}

names_services_and_networks_that_cannot_be_are_refused() {
  local each
  disk card
  secret token one-time-token-of-a-01
  for each in $'A\n01' $'A\e[2J' '   ' $'\xff\xfe' "$(printf 'A%.0s' {1..65})"; do
    flash --target "$disk" --name "$each" --token-file "$dir/token" --yes
    refused 2 "--name: "
  done
  for each in fair.example 'https://user:secret@fair.example' 'https://fair.example/"x' 'ftp://fair.example'; do
    one --target "$disk" --service "$each" --yes
    refused 2 "is no address"
  done
  for each in $'ssid = hall\npassphrase = short' 'passphrase = long enough' $'ssid = hall\nwpa = 2' 'hall' \
    $'ssid = hall\nhidden = perhaps' 'ssid = 12345678901234567890123456789012x'; do
    secret wifi "$each"
    one --target "$disk" --wifi-file "$dir/wifi" --yes
    refused 2 "$dir/wifi: "
  done
  secret 'a.b.psk' '[Security]'
  one --target "$disk" --wifi-file "$dir/a.b.psk" --yes
  refused 2 "iwd wants another file name"
  one --target "$disk" --locale fr --yes
  refused 2 "there are ja, ko and en"
}

what_was_not_written_well_is_found_by_reading_back() {
  local before
  in_place_of bmaptool <<'END'
"$real" "$@"
printf x | dd of="${!#}" bs=1 seek=$((6 << 20)) conv=notrunc status=none
END
  disk card
  one --target "$disk" --yes
  expect 7 "failed while verifying" "are not what was written" "It was made unbootable; the token was not used"
  unbootable "$disk"
  left_nothing "$disk"
  [ ! -s "$dir/token.used" ]
}

a_cut_image_with_good_checksums_makes_no_card() {
  another_image
  truncate -s -9K "$dir/booth.img.zst"
  sums
  one --target "$disk" --yes
  expect 7 "failed while writing" "It was made unbootable"
  unbootable "$disk"
}

one_bad_card_does_not_spoil_the_others() {
  local bad
  mkdir "$dir/small"
  mount -t tmpfs -o size=6M tmpfs "$dir/small"
  disk small/bad && bad=$disk
  disk good
  secret booths $'A-01,one-time-token-of-a-01\nA-02,one-time-token-of-a-02'
  flash --target "$bad" --target "$disk" --booths "$dir/booths" --yes
  expect 7 "failed: A-01" "written: A-02" "It was made unbootable"
  unbootable "$bad"
  [ "$(setting "$disk" name)" = A-02 ]
  [ "$(cut -d ' ' -f 3 "$dir/booths.used")" = A-02 ]
}

a_card_that_cannot_be_reached_any_more_was_never_bootable() {
  in_place_of bmaptool <<'END'
blockdev --setro "${!#}"
"$real" "$@"
END
  disk card
  one --target "$disk" --yes
  blockdev --setrw "$disk"
  expect 7 "It cannot be reached any more, and was not bootable yet"
  unbootable "$disk"
}

# stopped TOOL SIGNAL CODE: while TOOL is at work.
stopped() {
  local flashing PATH=$PATH
  rm -rf "${dir:?}/bin"
  in_place_of "$1" <<'END'
"$real" "$@"
: >"$dir/reached"
exec tail -f /dev/null
END
  # A card that starts, as it was before.
  cp --sparse=always "$image" "$dir/$1-$2"
  truncate -s 64M "$dir/$1-$2"
  disk "$1-$2"
  secret token one-time-token-of-a-01
  (cd "$dir" && exec env --default-signal=INT setsid "$here/../../flash.sh" --image "$image.zst" --service https://fair.example --name A-01 \
    --token-file token --target "$disk" --yes) >"$dir/said" 2>&1 &
  flashing=$!
  printf '%s' "$flashing" >"$dir/group" # a session of its own, ended by `clean` when this test fails
  until_there "$dir/reached"
  rm "$dir/reached"
  if [ "$2" = KILL ]; then kill -KILL -- -"$flashing"; else kill -"$2" "$flashing"; fi
  code=0
  wait "$flashing" || code=$?
  expect "$3"
  [ "$2" = KILL ] || expect "$3" "stopped while" "It was made unbootable"
  left_nothing "$disk"
  rm "$dir/group"
  unbootable "$disk"
  [ ! -s "$dir/token.used" ]
}

stopped_in_the_middle_it_leaves_a_card_that_does_not_start() {
  stopped bmaptool TERM 143
  stopped bmaptool HUP 129
  stopped bmaptool INT 130
  stopped resize2fs TERM 143
  stopped sync TERM 143
}

killed_in_the_middle_it_leaves_a_card_that_does_not_start() {
  stopped bmaptool KILL 137
  stopped sync KILL 137
}

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
done < <(sed -n 's/^\([a-z_]*_[a-z_]*_[a-z_]*\)() {$/\1/p' "$0")

begun=$(date +%s.%N)
"$here/image.sh" "$folder/image"
for name in "${names[@]}"; do
  # Most of the time is waiting for disks: four at once, the rest in turn.
  while [ "$(jobs -rp | wc -l)" -ge 4 ]; do wait -n; done
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
