# What is refused before anything is written.
# shellcheck shell=bash
# `disk`, `image` and `answer` are read in support.sh, `here`, `folder` and `dir` are set by run.sh.
# shellcheck disable=SC2034,SC2154

without_the_typed_name_nothing_is_written() {
  disk card
  echo yes >"$dir/answer"
  answer=$dir/answer one --target "$disk"
  refused 6 "not confirmed"
  one --target "$disk"
  refused 6 "not confirmed"
}

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
  disk empty 0
  one --target "$disk" --yes
  expect 4 "$disk is empty"
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
  until_there "$dir/holds" "$holder"
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
  holder=$(losetup -f --show -o 1M "$disk")
  printf '%s\n' "$holder" >>"$folder/loops"
  one --target "$disk" --yes
  refused 4 "is in use by $holder"
  disk part
  cp --sparse=always "$image" "$dir/part"
  truncate -s 64M "$dir/part"
  partx -a "$disk"
  holder=$(losetup -f --show "${disk}p2")
  printf '%s\n' "$holder" >>"$folder/loops"
  one --target "$disk" --yes
  expect 4 "is in use by $holder"
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
  until_there "$dir/there" $!
  one --target "$disk" --yes
  kill $!
  expect 4 "is in use (Device or resource busy)"
  cmp -n 40M "$folder/image/booth.img" "$disk"
}

a_card_that_was_mounted_while_somebody_was_asked_is_left_alone() {
  disk card
  # What shows the disk before the question.
  in_place_of lsblk <<'END'
if [[ " $* " = *TRAN* ]]; then
  mkfs.ext4 -qFL precious "${!#}" && mkdir "$dir/desktop" && mount "${!#}" "$dir/desktop" && : >"$dir/mounted"
fi
exec "$real" "$@"
END
  one --target "$disk" --yes
  expect 7 "is mounted at $dir/desktop" "failed: A-01"
  [ -e "$dir/mounted" ]
  [ "$(blkid -po value -s LABEL "$disk")" = precious ]
  e2fsck -fn "$disk"
  [ ! -s "$dir/token.used" ]
}

two_that_read_one_list_do_not_share_its_tokens() {
  disk card
  secret token one-time-token-of-a-01
  exec {held}<"$dir/token"
  flock "$held"
  one --target "$disk" --yes
  exec {held}<&-
  refused 2 "token is in use by another flash.sh"
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

a_pin_that_is_not_six_digits_is_refused() {
  local each
  disk card
  for each in 12345 1234567 12345a '' $'123456\n123456'; do
    secret pin "$each"
    one --target "$disk" --pin-file "$dir/pin" --yes
    refused 2 "$dir/pin: one line with six digits is expected"
  done
  secret pin 123456
  chmod 644 "$dir/pin"
  one --target "$disk" --pin-file "$dir/pin" --yes
  refused 2 "can be read by others"
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
  one --target "$disk" --timezone Asia/Edo --yes
  refused 2 "--timezone Asia/Edo is not known"
}
