#!/usr/bin/env bash
# Builds the appliance's test image from Debian packages: same units, users, partitions and programs
# as the product's. As root; needs neither a mount nor a loop device.
#
#   tests/image/build.sh [--booth FILE] [--updater FILE] [--out DIR] [--version TEXT]
#
# Writes DIR/engawa-booth-test-amd64.img, .img.bmap, .img.zst, .img.sha256, root.ext4 for bundle.sh,
# and DIR/ca with the keys of bundles, which nothing but this image believes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
booth=$top/target/image/bin/engawa-booth
updater=$top/target/image/bin/engawa-updater
out=$top/target/image
# Rises with each commit: booths take newer versions only, by Debian's order.
version=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"$/\1/p' "$top/Cargo.toml")
if count=$(git -C "$top" rev-list --count HEAD 2>/dev/null); then version+=+$count.$(git -C "$top" describe --always --dirty); fi
while [ $# -gt 0 ]; do
  case "$1" in
    --booth) booth=$2; shift 2 ;;
    --updater) updater=$2; shift 2 ;;
    --out) out=$2; shift 2 ;;
    --version) version=$2; shift 2 ;;
    *) echo "build.sh: unknown argument $1 (--booth, --updater, --out, --version)" >&2; exit 2 ;;
  esac
done
[ "$(id -u)" = 0 ] || { echo "build.sh: run as root: files of many users go into the image" >&2; exit 2; }
for program in "$booth" "$updater"; do
  [ -x "$program" ] || { echo "build.sh: no $program: make image builds it" >&2; exit 2; }
done

machine=test-amd64
mirror=${ENGAWA_MIRROR:-http://deb.debian.org/debian}
# MiB
boot_size=64
root_size=1536
data_size=128

packages=(
  systemd systemd-sysv systemd-resolved systemd-timesyncd udev dbus kmod iproute2 iwd ca-certificates tzdata
  linux-image-amd64 initramfs-tools zstd busybox e2fsprogs fdisk util-linux
  rauc rauc-service grub-common
  libgstreamer1.0-0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
  gstreamer1.0-plugins-ugly gstreamer1.0-libav gstreamer1.0-nice gstreamer1.0-alsa
  libinput10 libgbm1 libdrm2 libegl1 libgles2 libgl1-mesa-dri libxkbcommon0 xkb-data libfontconfig1 fontconfig-config
)

# Ours, and which of them start by themselves.
units=(
  engawa-booth.service engawa-clock.service engawa-clock.timer engawa-data.service engawa-data-again.service
  engawa-enrol.service engawa-grow-data.service engawa-mark-good.service
  engawa-update.service engawa-update.timer engawa-update@.service
)
enabled=(
  engawa-booth.service engawa-clock.service engawa-clock.timer engawa-data.service engawa-data-again.service
  engawa-enrol.service engawa-grow-data.service engawa-mark-good.service engawa-update.timer
)

work=$out/work
mkdir -p "$out" "$work"
log() { printf '== %s\n' "$*"; }

# base: Debian's part, kept until the list of packages changes.
base() {
  local key tar
  key=$(printf '%s\n' "${packages[@]}" "$mirror" "$(cat "$here/base.sh")" | sha256sum | cut -c 1-16)
  tar=$out/base-$key.tar
  if [ ! -e "$tar" ]; then
    log "Debian packages"
    rm -f "$out"/base-*.tar*
    "$here/base.sh" "$mirror" "$tar.part" "$(IFS=,; echo "${packages[*]}")"
    mv "$tar.part" "$tar"
  fi
  log "unpacking"
  rm -rf "$work/root"
  mkdir "$work/root"
  tar -C "$work/root" --numeric-owner --xattrs -xf "$tar"
}

# ours: the same files that the product has.
ours() {
  local root=$work/root
  log "our programs, units and settings"
  install -D -m 755 "$booth" "$root/usr/bin/engawa-booth"
  install -D -m 755 "$updater" "$root/usr/bin/engawa-updater"
  install -D -m 644 -t "$root/usr/lib/systemd/system" "${units[@]/#/$top/systemd/}"
  install -D -m 644 "$top/systemd/engawa.sysusers" "$root/usr/lib/sysusers.d/engawa.conf"
  install -D -m 644 "$top/systemd/engawa.tmpfiles" "$root/usr/lib/tmpfiles.d/engawa.conf"
  install -D -m 644 "$top/systemd/engawa.udev-rules" "$root/usr/lib/udev/rules.d/72-engawa.rules"
  install -D -m 755 -t "$root/usr/lib/engawa" "$top"/systemd/{grow-data,keep-clock,mount-data}
  install -D -m 644 "$top/systemd/rauc-engawa.conf" "$root/usr/lib/systemd/system/rauc.service.d/10-engawa.conf"
  install -D -m 644 "$top/systemd/engawa-rauc.dbus.conf" "$root/usr/share/dbus-1/system.d/engawa-rauc.conf"
  # As the product's, but for the place of the boot partition.
  "$here/ca.sh" "$out/ca"
  install -D -m 644 "$out/ca/signer-ca.cert.pem" "$root/etc/rauc/keyring.pem"
  sed -e "s|@MACHINE@|$machine|" -e 's|/boot/EFI/|/boot/efi/EFI/|' \
    "$top/yocto/meta-engawa/recipes-core/rauc/files/system.conf" > "$root/etc/rauc/system.conf"
  # The product's own settings of systemd: uplinks, watchdog, journal.
  local files=$top/yocto/meta-engawa/recipes-core/systemd/files
  install -D -m 644 -t "$root/etc/systemd/network" "$files"/network/*.network
  install -D -m 644 "$files/10-watchdog.conf" "$root/etc/systemd/system.conf.d/10-watchdog.conf"
  install -D -m 644 "$files/10-journald.conf" "$root/etc/systemd/journald.conf.d/10-journald.conf"
  install -D -m 644 "$files/10-resolved.conf" "$root/etc/systemd/resolved.conf.d/10-resolved.conf"
  cp -a --no-preserve=ownership "$here/root/." "$root/"
  grep -E '^(PARTLABEL=data|/data/)' "$top/yocto/meta-engawa/recipes-core/base-files/files/fstab" >> "$root/etc/fstab"
  sed -i '/^IMAGE_/d' "$root/usr/lib/os-release"
  printf 'IMAGE_ID=engawa-booth\nIMAGE_VERSION=%s\n' "$version" >> "$root/usr/lib/os-release"
  printf 'engawa-booth\n' > "$root/etc/hostname"
  : > "$root/etc/machine-id"
  ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
  mkdir -p "$root/data" "$root/boot/efi"
  systemd-sysusers --root="$root"
  systemctl --root="$root" --quiet enable "${enabled[@]}" iwd.service \
    systemd-networkd.service systemd-resolved.service systemd-timesyncd.service
  # Nobody logs in at a booth.
  systemctl --root="$root" --quiet mask getty@.service serial-getty@.service console-getty.service apt-daily.timer apt-daily-upgrade.timer \
    dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
  systemctl --root="$root" --quiet set-default multi-user.target
  chroot "$root" update-initramfs -u -k all >/dev/null
  "$here/trim.sh" "$root"
}

# boot_script: the product's choice of a slot; only Debian's names of kernel and console are others.
boot_script() {
  printf 'serial --unit=0 --speed=115200\nterminal_output serial console\n'
  sed -E -e 's|/boot/bzImage (.*) quiet .*|/vmlinuz \1 quiet console=tty0 console=ttyS0,115200 vt.global_cursor_default=0 systemd.show_status=no|' \
    -e 's|^( *)linux (\([^)]*\)).*|&\n\1initrd \2/initrd.img|' "$top/yocto/meta-engawa/recipes-bsp/grub/files/grub.cfg"
}

disk() {
  local root=$work/root
  log "file systems"
  rm -f "$out"/*.img "$out"/*.img.* "$work"/*.{ext4,vfat,efi,cfg}
  SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct 2>/dev/null || date +%s)
  export SOURCE_DATE_EPOCH
  # As large as what is in it and what bundle.sh puts in: a bundle's every block is written. The slot is larger.
  local fits=$(($(du -sm "$root" | cut -f 1) * 104 / 100 + 32))
  if [ "$fits" -gt "$root_size" ]; then echo "build.sh: $fits MiB do not fit a slot of $root_size" >&2; exit 1; fi
  mke2fs -q -t ext4 -b 4096 -L root -d "$root" -O ^has_journal -m 0 "$out/root.ext4" "${fits}M"
  mkdir -p "$work/data"
  mke2fs -q -t ext4 -b 4096 -L data -d "$work/data" -m 0 "$work/data.ext4" "${data_size}M"
  grub-mkimage -O x86_64-efi -o "$work/boot.efi" -p /EFI/BOOT -c "$here/early.cfg" \
    part_gpt fat ext2 normal linux loadenv test echo search search_fs_file regexp configfile gzio all_video serial terminal sleep reboot
  grub-editenv "$work/grubenv" create
  grub-editenv "$work/grubenv" set ORDER='A B' A_OK=1 A_TRY=0 B_OK=1 B_TRY=0
  truncate -s "${boot_size}M" "$work/boot.vfat"
  mkfs.vfat -n BOOT "$work/boot.vfat" >/dev/null
  mmd -i "$work/boot.vfat" ::EFI ::EFI/BOOT
  mcopy -i "$work/boot.vfat" "$work/boot.efi" ::EFI/BOOT/BOOTX64.EFI
  boot_script > "$work/grub.cfg"
  mcopy -i "$work/boot.vfat" "$work/grub.cfg" "$work/grubenv" ::EFI/BOOT/

  log "disk"
  sed -e "s|@out@|$out|g" -e "s|@work@|$work|g" -e "s|@machine@|$machine|g" -e "s|@root_size@|$root_size|g" "$here/disk.cfg" > "$work/genimage.cfg"
  rm -rf "$work/tmp" "$work/empty"
  mkdir "$work/empty"
  genimage --loglevel 1 --config "$work/genimage.cfg" --rootpath "$work/empty" --tmppath "$work/tmp" \
    --inputpath / --outputpath "$out"
  local image=engawa-booth-$machine.img
  bmaptool --quiet create -o "$out/$image.bmap" "$out/$image"
  zstd -q -T0 -3 -f "$out/$image" -o "$out/$image.zst"
  (cd "$out" && sha256sum "$image.zst" "$image.bmap" > "$image.sha256")
}

base
ours
disk
log "$(du -sm "$work/root" | cut -f 1) MiB root, $(du -m "$out/engawa-booth-$machine.img.zst" | cut -f 1) MiB compressed image, in $SECONDS s"
