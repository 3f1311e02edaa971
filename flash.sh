#!/usr/bin/env bash
# Puts Engawa's image on cards or disks and makes each of them a booth of its own.
#
# A card cannot start before it is finished: its partition table is wiped first and written last, so
# a card that was pulled out, or a power cut, leaves nothing that half works. Secrets are read from
# files by this shell alone and go nowhere but onto the card: not into arguments, environments or logs.
set -euo pipefail
umask 077
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

usage() {
  cat <<'END'
flash.sh --image FILE.img.zst --target DISK --service URL --name NAME --token-file FILE [options]
flash.sh --image FILE.img.zst --target DISK [--target DISK …] --service URL --booths FILE [options]

  --image FILE       the image; FILE.img.bmap and FILE.img.sha256 lie beside it
  --target DISK      a whole disk such as /dev/sdb or /dev/mmcblk0, or a file that stands for one; repeatable
  --service URL      the service the booth belongs to
  --name NAME        the booth's name
  --token-file FILE  the booth's one-time enrolment token, in a file of mode 0600
  --booths FILE      names and tokens of many booths: lines of "name,token" (CSV, UTF-8, mode 0600), taken
                     in order, one a target; what is used is remembered in FILE.used, so that the next
                     cards go on where the last ones ended
  --wifi-file FILE   a Wi-Fi, mode 0600; repeatable. Either lines "ssid = …", "passphrase = …" (none: open),
                     "hidden = true", values as they are, without quotes; or a file of iwd's own (….psk, ….8021x)
  --pin-file FILE    the six digits that open the staff's menu at the booth, mode 0600 (none: it cannot be opened)
  --ca-file FILE     certificates (PEM) that the booth trusts beside the usual ones, for a fair with its own
  --locale LOCALE    the language of the first page: ja (default), ko, en
  --timezone ZONE    of every time of day on the screen: Asia/Tokyo (default), Asia/Seoul, …
  --keyring FILE     the certificates that FILE.img.sha256.sig must be signed by
  --log FILE         where to note what was done (flash.log)
  --dry-run          checks and shows everything, touches nothing
  --yes              does not ask

exit: 0 done; 2 wrong arguments or files; 3 image not to be trusted; 4 target refused; 5 a tool or a right
      is missing; 6 not confirmed; 7 a card failed, what became of it is told; 129, 130, 143 stopped by a signal
END
}

MIB=$((1 << 20))
BOOTH=810 # the booth's user and group in every image (systemd/engawa.sysusers)
BACKUP=33 # sectors of the second partition table, at the disk's end
image='' service='' name='' token_file='' booths='' ca_file='' pin_file='' pin='' locale=ja timezone=Asia/Tokyo keyring='' log=flash.log dry='' yes=''
targets=() wifi_files=()            # as they were given
names=() tokens=()                  # one a target
wifi_names=() wifi_texts=()         # iwd's files
ca_text=''
disks=() sizes=() pids=() results=() # one a target
work='' used='' out='' child='' ticker=''

bail() { # CODE WORDS…
  local code=$1
  shift
  printf 'flash: %s\n' "$*" >&2
  exit "$code"
}

note() { [ -n "$dry" ] || printf '%(%FT%TZ)T %s\n' -1 "$*" >>"$log"; }
say() {
  if [ -t 1 ]; then printf '\r\033[K'; fi # over the line of `progress`
  printf '%s\n' "$*" && note "$*"
}
size_of() { numfmt --to=iec-i --suffix=B --format=%.1f "$1"; }
tool() { command -v "$1" >/dev/null; }

# Waits for a command in the background, so that a signal is heard at once and not after it.
run() {
  "$@" <&0 >>"$out" 2>&1 &
  child=$!
  wait "$child" || { set -- $? && child='' && return "$1"; }
  child=''
}

parse() {
  local key
  while (($#)); do
    key=${1#--}
    case $1 in
      --help | -h) usage && exit 0 ;;
      --dry-run) dry=1 ;;
      --yes) yes=1 ;;
      --image | --target | --service | --name | --token-file | --booths | --ca-file | --wifi-file | --pin-file | --locale | --timezone | --keyring | --log)
        [ -n "${2-}" ] || bail 2 "$1 needs a value; --help shows which"
        case $key in
          target) targets+=("$2") ;;
          wifi-file) wifi_files+=("$2") ;;
          *) printf -v "${key//-/_}" %s "$2" ;;
        esac
        shift ;;
      *) bail 2 "unknown argument $1; --help shows them all" ;;
    esac
    shift
  done
  { [ -n "$image" ] && [ "${#targets[@]}" -gt 0 ] && [ -n "$service" ]; } ||
    bail 2 "--image, --target and --service are needed; --help shows them all"
  if [ -n "$booths" ]; then
    [ -z "$name$token_file" ] || bail 2 "--booths brings names and tokens; leave out --name and --token-file"
  else
    { [ -n "$name" ] && [ -n "$token_file" ]; } || bail 2 "--name and --token-file, or --booths, are needed"
    [ "${#targets[@]}" = 1 ] || bail 2 "several targets need --booths: each booth has a name and a token of its own"
  fi
  [[ $service =~ ^https?://([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/%-]*)?$ ]] ||
    bail 2 "--service $service is no address such as https://fair.example"
  case $locale in ja | ko | en) ;; *) bail 2 "--locale $locale is not known; there are ja, ko and en" ;; esac
  # Where this computer does not know the zones, only how a name looks can be told.
  { [[ $timezone =~ ^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$ && ! $timezone =~ ^(posix|right)/ ]] && { [ ! -d /usr/share/zoneinfo ] || [ -f "/usr/share/zoneinfo/$timezone" ]; }; } ||
    bail 2 "--timezone $timezone is not known; one is Asia/Tokyo"
}

need_tools() {
  local each missing=()
  for each in blkid blockdev e2fsck flock iconv losetup lsblk mount openssl partx perl resize2fs sfdisk tune2fs unshare zstd; do
    tool "$each" || missing+=("$each")
  done
  [ "${#missing[@]}" = 0 ] || bail 5 "missing: ${missing[*]}. On Debian:" \
    "apt-get install bmap-tools e2fsprogs fdisk libc-bin mount openssl perl-base qrencode util-linux zstd"
  [ -n "$dry" ] || [ "$EUID" = 0 ] || bail 5 "writing to disks needs root: run it with sudo (--dry-run does not)"
}

# A file with secrets must be readable by its owner only, or everybody who was on this computer has them.
private() { # FILE
  local mode
  [ -e "$1" ] || bail 2 "$1 does not exist"
  { [ -f "$1" ] && [ -r "$1" ]; } || bail 2 "$1 is not a file that can be read"
  mode=$(stat -Lc %a "$1")
  [ $((8#$mode & 8#077)) = 0 ] || bail 2 "$1 can be read by others (mode $mode): chmod 600 it"
  iconv -f UTF-8 -t UTF-8 "$1" >/dev/null 2>&1 || bail 2 "$1 is not UTF-8: save it as such (Excel: \"CSV UTF-8\")"
}

check_name() { # NAME WHERE
  printf %s "$1" | iconv -f UTF-8 -t UTF-8 >/dev/null 2>&1 || bail 2 "$2: the name is not UTF-8"
  [[ ! $1 =~ [[:cntrl:]] ]] || bail 2 "$2: the name holds a line break or another control character"
  [[ $1 =~ [^[:space:]] && ${#1} -le 64 ]] || bail 2 "$2: a name has 1 to 64 characters"
}

check_token() { # TOKEN WHERE
  [[ $1 =~ ^[!-~]{16,512}$ ]] || bail 2 "$2: no token: 16 to 512 letters, digits and signs on one line are expected"
}

# What a token is known by in a list of used ones, which is no secret.
mark_of() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }

is_used() { [ -e "$used" ] && grep -q "^$(mark_of "$1") " "$used"; }

# Two that read one list would put the same token on two cards.
alone() { # FILE
  local fd
  [ -z "$dry" ] || return 0
  exec {fd}<"$1"
  flock -w 2 "$fd" || bail 2 "$1 is in use by another flash.sh: wait for its end, or give each a list of its own"
}

read_booths() {
  local line where row=0 number=0 booth token quoted='^"(([^"]|"")*)",([^,]*)$' plain='^([^",][^,]*),([^,]*)$'
  local -A seen_names=() seen_tokens=()
  private "$booths"
  alone "$booths"
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1)) where="$booths, line $number"
    line=${line%$'\r'}
    [ "$number" -gt 1 ] || line=${line#$'\xef\xbb\xbf'}
    if [[ $line =~ ^[[:space:]]*(#|$) ]] || { [ "$number" = 1 ] && [ "${line,,}" = name,token ]; }; then continue; fi
    if [[ $line =~ $quoted ]]; then booth=${BASH_REMATCH[1]//'""'/'"'} token=${BASH_REMATCH[3]}
    elif [[ $line =~ $plain ]]; then booth=${BASH_REMATCH[1]} token=${BASH_REMATCH[2]}
    else bail 2 "$where: \"name,token\" is expected; a name with a comma stands in double quotes"; fi
    check_name "$booth" "$where"
    check_token "$token" "$where"
    [ -z "${seen_names[=$booth]-}" ] || bail 2 "$where: the name of line ${seen_names[=$booth]} again"
    [ -z "${seen_tokens[=$token]-}" ] || bail 2 "$where: the token of line ${seen_tokens[=$token]} again; each booth needs its own"
    seen_names[=$booth]=$number seen_tokens[=$token]=$number row=$((row + 1))
    if [ "${#names[@]}" -lt "${#targets[@]}" ] && ! is_used "$token"; then names+=("$booth") tokens+=("$token"); fi
  done <"$booths"
  [ "${#names[@]}" = "${#targets[@]}" ] ||
    bail 2 "$booths has ${#names[@]} unused of $row booths, but there are ${#targets[@]} targets (used ones stand in $used)"
}

read_booth() {
  local lines
  private "$token_file"
  alone "$token_file"
  mapfile -t lines <"$token_file"
  [ "${#lines[@]}" = 1 ] || bail 2 "$token_file: one line with the token is expected, ${#lines[@]} are there"
  check_token "${lines[0]%$'\r'}" "$token_file"
  check_name "$name" --name
  names=("$name") tokens=("${lines[0]%$'\r'}")
  ! is_used "${tokens[0]}" || bail 2 "the token in $token_file was put on a card before: make a new one" \
    "(if that card never started, delete its line in $used)"
}

read_pin() {
  local lines
  private "$pin_file"
  mapfile -t lines <"$pin_file"
  pin=${lines[0]-}
  pin=${pin%$'\r'}
  { [ "${#lines[@]}" = 1 ] && [[ $pin =~ ^[0-9]{6}$ ]]; } || bail 2 "$pin_file: one line with six digits is expected"
}

# iwd's name of a network's file: the name itself when it is harmless, else its bytes.
wifi_name() { # SSID
  if [[ $1 =~ ^[A-Za-z0-9\ _-]+$ ]]; then printf %s "$1"
  else printf '=' && printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; fi
}

read_wifi() { # FILE
  local line ssid='' pass='' hidden='' text='' base=${1##*/} bytes
  private "$1"
  case $base in
    *.psk | *.8021x | *.open)
      [[ ${base%.*} =~ ^([A-Za-z0-9 _-]{1,32}|=([0-9a-f]{2}){1,32})$ ]] ||
        bail 2 "$1: iwd wants another file name: the network's, or \"=\" and its bytes in hexadecimal"
      grep -q '^\[' "$1" || [[ $base = *.open ]] || bail 2 "$1: no file of iwd's: a line [Security] is expected"
      wifi_names+=("$base") wifi_texts+=("$(<"$1")")
      return ;;
  esac
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
    [[ $line =~ ^[[:space:]]*([a-z]+)[[:space:]]*=[[:space:]]*(.*[^[:space:]])[[:space:]]*$ ]] ||
      bail 2 "$1: lines \"ssid = …\" and \"passphrase = …\" are expected"
    case ${BASH_REMATCH[1]} in
      ssid) ssid=${BASH_REMATCH[2]} ;;
      passphrase) pass=${BASH_REMATCH[2]} ;;
      hidden) hidden=${BASH_REMATCH[2]} ;;
      *) bail 2 "$1: ${BASH_REMATCH[1]} is not known; there are ssid, passphrase and hidden" ;;
    esac
  done <"$1"
  bytes=$(printf %s "$ssid" | wc -c)
  { [ "$bytes" -ge 1 ] && [ "$bytes" -le 32 ]; } || bail 2 "$1: an ssid has 1 to 32 bytes"
  [ -z "$pass" ] || [[ $pass =~ ^[\ -~]{8,63}$ ]] || bail 2 "$1: a passphrase has 8 to 63 ASCII characters"
  case $hidden in '' | true | false) ;; *) bail 2 "$1: hidden is true or false" ;; esac
  [ -z "$pass" ] || text="[Security]"$'\n'"Passphrase=${pass//\\/\\\\}"$'\n'
  [ "$hidden" != true ] || text+="[Settings]"$'\n'"Hidden=true"$'\n'
  if [ -n "$pass" ]; then wifi_names+=("$(wifi_name "$ssid").psk"); else wifi_names+=("$(wifi_name "$ssid").open"); fi
  wifi_texts+=("$text")
}

read_ca() {
  { [ -f "$ca_file" ] && [ -r "$ca_file" ]; } || bail 2 "--ca-file $ca_file is not a file that can be read"
  ca_text=$(<"$ca_file")
  ! grep -q 'PRIVATE KEY' <<<"$ca_text" || bail 2 "$ca_file holds a private key: give the certificate alone"
  openssl x509 -noout <<<"$ca_text" >"$out" 2>&1 || bail 2 "$ca_file holds no certificate in PEM"
}

# The list of checksums is copied first: what is checked is what is used.
check_image() {
  local base=${image%.zst} each form=DER signed="checksum only: there is no signature"
  [[ $image = *.img.zst ]] || bail 2 "--image $image: a file named ….img.zst is expected"
  for each in "$image" "$base.bmap" "$base.sha256"; do [ -r "$each" ] || bail 2 "$each is missing or cannot be read"; done
  cp -- "$base.sha256" "$work/sha256"
  cp -- "$base.bmap" "$work/bmap"
  if [ -n "$keyring" ]; then
    for each in "$keyring" "$base.sha256.sig"; do [ -r "$each" ] || bail 3 "$each is missing: the signature cannot be checked"; done
    ! grep -q -e '-----BEGIN' "$base.sha256.sig" || form=PEM
    # Without the two -no-… every authority of this computer would be trusted too.
    openssl cms -verify -binary -inform "$form" -in "$base.sha256.sig" -content "$work/sha256" -CAfile "$keyring" \
      -no-CApath -no-CAstore -purpose any -out /dev/null 2>"$out" ||
      bail 3 "$base.sha256.sig is not by anybody in $keyring: do not use this image; fetch it again ($(tail -n 1 "$out"))"
    signed="signed, and by the keyring"
  elif [ -e "$base.sha256.sig" ]; then signed="checksum only: the signature was not checked without --keyring"; fi
  printf 'checking %s\n' "${image##*/}"
  check_sum "$base.bmap" "$work/bmap"
  check_sum "$image" "$image"
  read_bmap
  printf '%s: %s, %s\n' "${image##*/}" "$(size_of "$image_size")" "$signed"
}

check_sum() { # NAME FILE
  local want
  want=$(file=${1##*/} awk '{ name = $2; sub(/^\*/, "", name); sub(/.*\//, "", name) }
    name == ENVIRON["file"] { print $1; exit }' "$work/sha256")
  [[ $want =~ ^[0-9a-f]{64}$ ]] || bail 3 "${image%.zst}.sha256 has no checksum of ${1##*/}"
  : >"$out"
  { run sha256sum <"$2" && [ "$(cut -d ' ' -f 1 "$out")" = "$want" ]; } ||
    bail 3 "$1 is not what its checksum says (cut short, or changed): fetch it again"
}

# Leaves image_size, ranges (checksum, first byte, end), a map without the first MiB, and the first MiB itself.
read_bmap() {
  local block blocks sum first last count=0 label
  field() { sed -n "s/.*<$1> *\([0-9a-z]*\) *<.*/\1/p" "$work/bmap"; }
  image_size=$(field ImageSize) block=$(field BlockSize) blocks=$(field BlocksCount)
  { [ "$(field ChecksumType)" = sha256 ] && [ $((MIB % block)) = 0 ]; } ||
    bail 3 "${image%.zst}.bmap: sha256 and blocks within 1 MiB are expected"
  sed -n 's/.*<Range chksum="\([0-9a-f]*\)"> *\([0-9]*\) *-* *\([0-9]*\) *<.*/\1 \2 \3/p' "$work/bmap" >"$work/found"
  while read -r sum first last; do
    first=$((first * block)) last=$(((${last:-first / block} + 1) * block))
    printf '%s %d %d\n' "$sum" "$first" $((last < image_size ? last : image_size)) >&3
    first=$(((first > MIB ? first : MIB) / block)) last=$((last / block - 1))
    if ((first > last)); then continue; fi
    printf '<Range> %d-%d </Range>\n' "$first" "$last"
    count=$((count + last - first + 1))
  done <"$work/found" 3>"$work/ranges" >"$work/map"
  mapped=$((count * block))
  # Version 1.2 has no checksums: everything is checked by reading it back from the card.
  cat >"$work/rest.bmap" <<END
<?xml version="1.0" ?>
<bmap version="1.2"> <ImageSize> $image_size </ImageSize> <BlockSize> $block </BlockSize>
<BlocksCount> $blocks </BlocksCount> <MappedBlocksCount> $count </MappedBlocksCount>
<BlockMap> $(<"$work/map") </BlockMap> </bmap>
END
  { zstd -dcq -- "$image" 2>/dev/null || true; } | dd of="$work/head" bs=$MIB count=1 iflag=fullblock status=none
  truncate -s "$image_size" "$work/head" # a table is read only where the disk it speaks of has its size
  for label in boot root-a root-b data; do
    partx -rgo NAME "$work/head" 2>/dev/null | grep -qx "$label" ||
      bail 3 "$image is no image of Engawa: it has no partition \"$label\""
  done
}

# Refuses what must not be overwritten. A mounted partition also makes O_EXCL fail, which is the stronger
# check: it sees what other mount tables hold.
check_target() { # DISK
  local target=$1 each type mounts holders size
  [ -e "$target" ] || bail 4 "$target does not exist: is the card in? lsblk shows the disks"
  if [ -f "$target" ]; then
    [ -w "$target" ] || bail 4 "$target cannot be written"
    size=$(($(stat -Lc %s "$target") / 512 * 512))
  else
    [ -b "$target" ] || bail 4 "$target is not a disk"
    type=$(lsblk -dnro TYPE "$target" 2>/dev/null) || bail 4 "$target is empty: is a card in the reader?"
    case $type in
      disk | loop) ;;
      part) bail 4 "$target is a partition: give the whole disk, /dev/$(lsblk -dnro PKNAME "$target")" ;;
      *) bail 4 "$target is not a whole disk but of type $type" ;;
    esac
    mounts=$(lsblk -nro MOUNTPOINTS "$target" | sed 's/\\x0a/\n/g' | grep . | sort -u) || true
    if grep -qE '^(/|/(boot|usr|var|home)(/.*)?|\[SWAP\])$' <<<"$mounts"; then
      bail 4 "$target holds the running system (${mounts//$'\n'/, }): it is never written to"
    fi
    [ -z "$mounts" ] || bail 4 "$target is mounted at ${mounts//$'\n'/, }: check that it is the right card, then umount it"
    holders=$(lsblk -nro NAME,TYPE "$target" | awk 'NR > 1 && $2 != "part" { print $1 " (" $2 ")" }')
    [ -z "$holders" ] || bail 4 "$target is in use by ${holders//$'\n'/, }"
    [ "$(lsblk -dnro RO "$target")" = 0 ] || bail 4 "$target is write-protected: is the card's slider on LOCK?"
    [ "$(lsblk -dnro LOG-SEC "$target")" = 512 ] || bail 4 "$target has sectors of another size than the image's 512 bytes"
    if [ -r "$target" ]; then
      perl -MFcntl -e 'sysopen(my $disk, shift, O_RDONLY | O_EXCL) or die "$!\n"' "$target" 2>"$out" ||
        bail 4 "$target is in use ($(<"$out")): something of this computer holds it"
    else printf 'whether %s is in use could not be checked without root\n' "$target"; fi
    size=$(lsblk -dnbro SIZE "$target")
  fi
  for each in "$target" $(lsblk -nrpo NAME "$target" 2>/dev/null || true); do
    holders=$(losetup -nO NAME -j "$each")
    [ -z "$holders" ] || bail 4 "$target is in use by ${holders//$'\n'/, }: losetup -d it"
  done
  [ "$size" -gt 0 ] || bail 4 "$target is empty: is a card in the reader?"
  # With less than this more, the image's own second table would be the disk's, and it could start unfinished.
  [ "$size" -ge $((image_size + MIB)) ] ||
    bail 4 "$target is too small: it has $(size_of "$size"), the image needs $(size_of $((image_size + MIB)))"
  disks+=("$target") sizes+=("$size")
}

check_targets() {
  local each fd
  local -A seen=()
  for each in "${targets[@]}"; do
    each=$(realpath -m -- "$each")
    [ -z "${seen[$each]-}" ] || bail 4 "$each is given twice"
    seen[$each]=1
    # Held until the end: udev mounts nothing meanwhile, a second flash.sh keeps off, and the kernel gives
    # the name to no other disk should this one be pulled out.
    if [ -z "$dry" ] && { [ -b "$each" ] || [ -f "$each" ]; }; then
      exec {fd}<"$each"
      flock -xw 2 "$fd" || bail 4 "$each is in use: another program (another flash.sh?) holds it"
    fi
    check_target "$each"
  done
}

plan() {
  local i about mmc
  printf '\nservice %s, first page in %s, times of %s\n' "$service" "$locale" "$timezone"
  [[ $service = https:* ]] || printf 'WARNING: without https the booth does not enrol: its token would go over the network for all to read\n'
  if [ -n "$pin" ]; then printf "the staff's menu opens with the PIN of %s\n" "$pin_file"
  else printf "no PIN: the staff's menu cannot be opened\n"; fi
  for ((i = 0; i < ${#wifi_names[@]}; i++)); do printf 'Wi-Fi   %s\n' "${wifi_names[i]}"; done
  for ((i = 0; i < ${#disks[@]}; i++)); do
    about='file'
    if [ -b "${disks[i]}" ]; then
      about=$(lsblk -dno TRAN,MODEL,SERIAL "${disks[i]}" | tr -s ' ')
      mmc=/sys/class/block/${disks[i]##*/}/device
      # A card in a reader of its own has no model, and its slot is what cannot be removed.
      if [ "$(cat "$mmc/type" 2>/dev/null)" = SD ]; then about="SD card $(<"$mmc/name") ${about# }, removable"
      else about+=$([ "$(lsblk -dnro RM "${disks[i]}")" = 1 ] && echo ', removable' || echo ', NOT removable'); fi
      about+=", now: $(lsblk -nro LABEL,PARTLABEL,FSTYPE "${disks[i]}" | tr -s ' \n' ' ' | sed 's/^ *//; s/ *$//; s/^$/empty/')"
    fi
    printf '%s → %s  %s  %s\n' "${names[i]}" "${disks[i]}" "$(size_of "${sizes[i]}")" "$about"
  done
  tool bmaptool || printf 'bmaptool is missing: zstd and dd write the empty parts too, which takes longer\n'
}

confirm() {
  local want answer=''
  want=$(printf '%s ' "${disks[@]##*/}")
  printf '\nEverything on it is lost. Type %s to go on: ' "${want% }"
  read -r answer || true
  [ "$answer" = "${want% }" ] || bail 6 "not confirmed: nothing was written"
}

# From here on: one card, in a process of its own.

# What is being done; where it takes long, which field of the disk's counters tells how far it is.
begin() { # WORDS [FIELD]
  local counters=()
  doing=$1
  : >"$out"
  read -ra counters <"/sys/class/block/${disk##*/}/stat"
  printf '%s %d %d %s\n' "${disk##*/}" "${2--1}" "${counters[${2-0}]}" "$doing" >"$work/$index.state"
  say "$booth (${disks[index]##*/}): $doing"
}

wipe() {
  dd if=/dev/zero of="$disk" bs=$MIB count=1 oflag=direct conv=fsync,nocreat status=none &&
    dd if=/dev/zero of="$disk" bs=$MIB count=1 oflag=direct,seek_bytes seek=$((size - MIB)) conv=fsync,nocreat status=none
}

# The image's bytes from $1 to $2 as they stand on the card, where the first MiB comes last.
bytes() {
  if (($1 < MIB)); then
    dd if="$work/head" bs=64K iflag=skip_bytes,count_bytes skip="$1" count=$((($2 < MIB ? $2 : MIB) - $1)) status=none
  fi
  if (($2 > MIB)); then
    dd if="$disk" bs=$MIB iflag=direct,skip_bytes,count_bytes skip=$(($1 > MIB ? $1 : MIB)) count=$(($2 - ($1 > MIB ? $1 : MIB))) status=none
  fi
}

# Reads past every cache and compares with the image's checksums.
compare() {
  local sum from to
  while read -r sum from to; do
    [ "$(bytes "$from" "$to" | sha256sum | cut -d ' ' -f 1)" = "$sum" ] ||
      { printf 'bytes %d to %d are not what was written\n' "$from" "$to"; return 1; }
  done <"$work/ranges"
}

write_image() {
  begin writing 6
  if tool bmaptool; then run bmaptool copy --bmap "$work/rest.bmap" "$image" "$disk"
  else
    exec {plain}< <(zstd -dcq -- "$image")
    run dd of="$disk" bs=$MIB skip=1 seek=1 iflag=fullblock oflag=direct conv=fsync,nocreat status=none <&"$plain"
  fi
  begin verifying 2
  blockdev --flushbufs "$disk"
  run compare
}

# A map may leave out zeros that matter: on a used card other bytes lie there, and nothing else would notice.
check_roots() {
  local each
  for each in root-a root-b; do
    begin "checking $each"
    attach "$each" -r
    if [ "$(blkid -po value -s TYPE "$loop")" = ext4 ] && ! run e2fsck -fn "$loop"; then
      printf '\nit is not sound; the image leaves out what it needs\n' >>"$out" && return 1
    fi
    release
  done
}

# Makes the data partition reach to the card's end, in the table that is written last.
grow() {
  run sfdisk -q -N "$(part data NR)" "$table" < <(echo ', +') # and the second table goes to the end
  attach data
  run repaired
  # Made anew: between the image's blocks may lie an older booth's journal, which looks as valid as its own.
  run tune2fs -O ^has_journal "$loop"
  run resize2fs "$loop"
  run tune2fs -O has_journal "$loop"
}
part() { partx -rgo "NAME,$2" "$table" | awk -v name="$1" '$1 == name { print $2 }'; } # LABEL FIELD
attach() { # LABEL OPTIONS…
  loop=$(losetup -f --show "${@:2}" --offset $(($(part "$1" START) * 512)) --sizelimit $(($(part "$1" SECTORS) * 512)) "$disk")
  # Given back at once: it stays until nothing holds it any more, whatever becomes of this process.
  exec {holder}<"$loop"
  losetup -d "$loop"
}
repaired() { e2fsck -fp "$loop" || [ $? = 1 ]; }

# A TOML string: control characters were refused before.
quoted() { local text=${1//\\/\\\\} && printf '"%s"' "${text//\"/\\\"}"; }

settings() {
  printf 'service = %s\nname = %s\nlocale = "%s"\ntimezone = "%s"\nview = "kms"\n' "$(quoted "$service")" "$(quoted "$booth")" \
    "$locale" "$timezone"
  printf 'identity = "/data/engawa/identity"\ndata = "/data/engawa/booth"\n'
  [ -z "$ca_file" ] || printf 'ca_file = "/data/engawa/ca.pem"\n'
  if [ -n "$pin" ]; then printf 'staff_pin = "%s"\n' "$pin"; fi
}

put() { # MODE FILE TEXT
  printf '%s\n' "$3" >"$mount/$2" && chmod "$1" "$mount/$2"
}

# Once to write what is the booth's own, once to see that it is there.
personalise() {
  local i
  run mount -t ext4 -o nosuid,nodev,noexec "$loop" "$mount"
  personal=1
  mkdir -p "$mount/engawa/identity" "$mount/iwd"
  chmod 755 "$mount/engawa" && chmod 700 "$mount/engawa/identity" "$mount/iwd"
  put 644 engawa/booth.toml "$(settings)"
  for ((i = 0; i < ${#wifi_names[@]}; i++)); do put 600 "iwd/${wifi_names[i]}" "${wifi_texts[i]}"; done
  [ -z "$ca_file" ] || put 644 engawa/ca.pem "$ca_text"
  # A booth without a clock begins here: certificates are worth nothing before their day.
  put 644 engawa/clock ''
  put 600 engawa/identity/enrol-token "${tokens[index]}"
  chown -R "$BOOTH:$BOOTH" "$mount/engawa/identity"
  run sync -f "$mount"
  release
  blockdev --flushbufs "$disk"
  attach data -r
  run e2fsck -fn "$loop"
  run mount -t ext4 -o ro "$loop" "$mount"
  { [ "$(<"$mount/engawa/booth.toml")" = "$(settings)" ] && [ "$(<"$mount/engawa/identity/enrol-token")" = "${tokens[index]}" ]; } ||
    { echo 'the settings are not what was written' >>"$out" && return 1; }
  release
}

release() {
  if mountpoint -q "$mount"; then umount "$mount"; fi
  if [ -n "$holder" ]; then exec {holder}<&- && holder=''; fi
}

# What was put in is written over: whoever reads the raw card would find it.
forget() {
  attach data && mount -t ext4 -o nosuid,nodev,noexec "$loop" "$mount" &&
    find "$mount/engawa" "$mount/iwd" -type f -exec shred -n 1 {} +
  release
} >/dev/null 2>&1

# The second table first: until the first sector is there nothing starts from the card.
seal() {
  dd if="$table" of="$disk" bs=512 skip=$((size / 512 - BACKUP)) seek=$((size / 512 - BACKUP)) oflag=direct \
    conv=fsync,nocreat status=none &&
    dd if="$table" of="$disk" bs=$MIB count=1 oflag=direct conv=fsync,nocreat status=none &&
    cmp -n $MIB "$table" <(dd if="$disk" bs=$MIB count=1 iflag=direct status=none)
}

work() { # INDEX
  index=$1 booth=${names[$1]} size=${sizes[$1]} disk=${disks[$1]} doing='' loop='' holder='' personal='' sealing='' word=failed
  # Whoever was asked may have taken their time, and the desktop has mounted the card, or there is another one.
  check_target "$disk"
  [ "${sizes[-1]}" = "$size" ] || bail 4 "$disk is not the disk any more that it was: nothing was written"
  table="$work/$1.table" mount="$work/$1.mount" out="$work/$1.out"
  trap - ERR
  trap '' PIPE
  trap 'word=stopped; [ -z "$child" ] || kill "$child" 2>/dev/null; wait; exit 143' TERM HUP
  trap 'finish $?' EXIT
  mkdir "$mount"
  if [ -f "$disk" ]; then
    disk=$(losetup -f --show "$disk")
    # Kept until this process ends.
    # shellcheck disable=SC2034
    exec {own}<"$disk"
    losetup -d "$disk"
  fi
  begin 'wiping the partition table'
  # The older booth's data must not come back, neither to a reader nor to a file system: many cards forget it at once.
  run blkdiscard -f "$disk" || true
  run wipe
  write_image
  cp -- "$work/head" "$table" && truncate -s "$size" "$table"
  check_roots
  begin 'putting in the settings'
  grow
  personalise
  begin 'writing the partition table'
  sealing=1
  run seal
  blockdev --rereadpt "$disk" >/dev/null 2>&1 || true # not every disk has partitions to the kernel
  trap '' TERM HUP
  printf '%s %(%FT%T)T %s\n' "$(mark_of "${tokens[index]}")" -1 "$booth" >>"$used"
}

finish() { # CODE
  local why fate
  trap '' TERM HUP
  set +e
  release
  if [ "$1" != 0 ]; then
    note "$(tail -n 20 "$out")"
    why=$(sed 's/\x1b\[[0-9;]*m//g; /^$/d' "$out" | tail -n 1)
    fate='It CANNOT BE REACHED AND MAY START: do not use it before it was written anew'
    [ -n "$sealing" ] || fate='It cannot be reached any more, and was not bootable yet'
    if wipe 2>/dev/null; then fate='It was made unbootable'; fi
    if [ -n "$personal" ]; then forget; fi
    say "$booth (${disks[index]}): $word while $doing${why:+: ${why%.}}. $fate; the token was not used." \
      "Try again, or another card." >&2
  fi
}

# And here all cards together again.

# Draws one line again and again, for eyes only.
progress() {
  local each state counters line
  trap - INT TERM HUP
  while [ -d "$work" ]; do
    line=''
    for each in "$work"/*.state; do
      { read -ra state <"$each" && read -ra counters <"/sys/class/block/${state[0]}/stat"; } 2>/dev/null || continue
      [ "${state[1]}" -lt 0 ] || line+="  ${state[3]} ${state[0]} $(((counters[state[1]] - state[2]) * 51200 / mapped)) %"
    done
    printf '\r\033[K%s' "${line:0:100}"
    sleep 0.5
  done
}

collect() {
  local i
  for ((i = ${#results[@]}; i < ${#pids[@]}; i++)); do
    if wait "${pids[i]}"; then results[i]=written; else results[i]=failed; fi
  done
}

stopped() { # CODE
  trap '' INT TERM HUP
  kill "${pids[@]:${#results[@]}}" 2>/dev/null || true
  collect
  summary || true
  exit "$1"
}

summary() {
  local i text failed=0
  [ -z "$ticker" ] || { kill "$ticker" && printf '\r\033[K'; }
  for ((i = 0; i < ${#pids[@]}; i++)); do
    if [ "${results[i]}" != written ]; then failed=7 && continue; fi
    text="${names[i]}"$'\n'"$service"$'\n'"${image##*/} $(date +%F)"
    printf '\n%s\n' "$text"
    if tool qrencode; then qrencode -t UTF8 <<<"$text"; fi
  done
  printf '\n'
  for ((i = 0; i < ${#pids[@]}; i++)); do say "${results[i]}: ${names[i]} (${disks[i]##*/})"; done
  return "$failed"
}

main() {
  local i
  parse "$@"
  need_tools
  work=$(mktemp -d "${TMPDIR:-/tmp}/engawa-flash.XXXXXX")
  trap 'rm -rf -- "$work"' EXIT
  set -E # what nobody thought of ends with a word, too
  trap 'bail 5 "line $LINENO failed: $BASH_COMMAND"' ERR
  out="$work/out" used="${booths:-$token_file}.used"
  if [ -n "$booths" ]; then read_booths; else read_booth; fi
  for i in "${wifi_files[@]}"; do read_wifi "$i"; done
  [ -z "$ca_file" ] || read_ca
  [ -z "$pin_file" ] || read_pin
  check_image
  check_targets
  plan
  if [ -n "$dry" ]; then printf '\ndry run: nothing was touched\n' && return; fi
  [ -n "$yes" ] || confirm
  { : >>"$used" && : >>"$log"; } 2>/dev/null || bail 2 "$used or $log cannot be written: give another --log, or move the file"
  trap 'stopped 130' INT
  trap 'stopped 143' TERM
  trap 'stopped 129' HUP
  for ((i = 0; i < ${#disks[@]}; i++)); do
    work "$i" &
    pids+=("$!")
  done
  if [ -t 1 ]; then
    progress &
    ticker=$!
  fi
  collect
  summary || exit
}

# In a mount table of its own: a card is mounted for nobody else, and not any more once this has ended.
if [ -z "${ENGAWA_FLASH-}" ] && [[ " $* " != *' --dry-run '* ]] && [ "$EUID" = 0 ]; then
  ENGAWA_FLASH=1 exec unshare -m --propagation slave bash "$0" "$@"
fi
main "$@"
