#!/usr/bin/env bash
# Builds the appliance's test image from Debian packages: same units, users, partitions and programs
# as the product's. As root; needs neither a mount nor a loop device.
#
#   tests/image/build.sh [--booth FILE] [--out DIR] [--version TEXT]
#
# Writes DIR/engawa-booth-test-amd64.img, .img.bmap, .img.zst, .img.sha256, and root.ext4 for bundles.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
booth=$top/target/image/bin/engawa-booth
out=$top/target/image
version=$(git -C "$top" describe --always --dirty 2>/dev/null || echo unknown)
while [ $# -gt 0 ]; do
  case "$1" in
    --booth) booth=$2; shift 2 ;;
    --out) out=$2; shift 2 ;;
    --version) version=$2; shift 2 ;;
    *) echo "build.sh: unknown argument $1 (--booth, --out, --version)" >&2; exit 2 ;;
  esac
done
[ "$(id -u)" = 0 ] || { echo "build.sh: run as root: files of many users go into the image" >&2; exit 2; }
[ -x "$booth" ] || { echo "build.sh: no booth at $booth: make image builds it" >&2; exit 2; }

machine=test-amd64
mirror=${ENGAWA_MIRROR:-http://deb.debian.org/debian}
# MiB
boot_size=64
root_size=2048
data_size=128

packages=(
  systemd systemd-sysv systemd-resolved systemd-timesyncd udev dbus kmod iproute2 iwd ca-certificates tzdata
  linux-image-amd64 initramfs-tools zstd busybox e2fsprogs fdisk util-linux
  rauc rauc-service grub-common
  libgstreamer1.0-0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
  gstreamer1.0-plugins-ugly gstreamer1.0-libav gstreamer1.0-nice gstreamer1.0-alsa
  libinput10 libgbm1 libdrm2 libegl1 libgles2 libgl1-mesa-dri libxkbcommon0 xkb-data libfontconfig1 fontconfig-config
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
  for unit in "$top"/systemd/engawa-{booth,enrol,grow-data}.service; do install -D -m 644 -t "$root/usr/lib/systemd/system" "$unit"; done
  install -D -m 644 "$top/systemd/engawa.sysusers" "$root/usr/lib/sysusers.d/engawa.conf"
  install -D -m 644 "$top/systemd/engawa.tmpfiles" "$root/usr/lib/tmpfiles.d/engawa.conf"
  install -D -m 644 "$top/systemd/engawa.udev-rules" "$root/usr/lib/udev/rules.d/72-engawa.rules"
  install -D -m 755 "$top/systemd/grow-data" "$root/usr/lib/engawa/grow-data"
  # The product's own settings of systemd: uplinks, watchdog, journal.
  local files=$top/yocto/meta-engawa/recipes-core/systemd/files
  install -D -m 644 -t "$root/etc/systemd/network" "$files"/network/*.network
  install -D -m 644 "$files/10-watchdog.conf" "$root/etc/systemd/system.conf.d/10-watchdog.conf"
  install -D -m 644 "$files/10-journald.conf" "$root/etc/systemd/journald.conf.d/10-journald.conf"
  cp -a --no-preserve=ownership "$here/root/." "$root/"
  printf 'IMAGE_ID=engawa-booth\nIMAGE_VERSION=%s\n' "$version" >> "$root/usr/lib/os-release"
  printf 'engawa-booth\n' > "$root/etc/hostname"
  : > "$root/etc/machine-id"
  ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
  mkdir -p "$root/data" "$root/boot/efi"
  systemd-sysusers --root="$root"
  systemctl --root="$root" --quiet enable engawa-booth.service engawa-enrol.service engawa-grow-data.service data.mount iwd.service \
    systemd-networkd.service systemd-resolved.service systemd-timesyncd.service
  # Nobody logs in at a booth.
  systemctl --root="$root" --quiet mask getty@.service serial-getty@.service console-getty.service apt-daily.timer apt-daily-upgrade.timer \
    dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
  systemctl --root="$root" --quiet set-default multi-user.target
  chroot "$root" update-initramfs -u -k all >/dev/null
}

disk() {
  local root=$work/root
  log "file systems"
  rm -f "$out"/*.img "$out"/*.img.* "$work"/*.{ext4,vfat,efi,cfg}
  SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct 2>/dev/null || date +%s)
  export SOURCE_DATE_EPOCH
  mke2fs -q -t ext4 -L root -d "$root" -O ^has_journal -m 0 "$out/root.ext4" "${root_size}M"
  mkdir -p "$work/data"
  mke2fs -q -t ext4 -b 4096 -L data -d "$work/data" -m 0 "$work/data.ext4" "${data_size}M"
  grub-mkimage -O x86_64-efi -o "$work/boot.efi" -p /EFI/BOOT -c "$here/early.cfg" \
    part_gpt fat ext2 normal linux loadenv test echo search search_fs_file regexp configfile gzio all_video serial terminal
  grub-editenv "$work/grubenv" create
  grub-editenv "$work/grubenv" set ORDER='A B' A_OK=1 A_TRY=0 B_OK=1 B_TRY=0
  truncate -s "${boot_size}M" "$work/boot.vfat"
  mkfs.vfat -n BOOT "$work/boot.vfat" >/dev/null
  mmd -i "$work/boot.vfat" ::EFI ::EFI/BOOT
  mcopy -i "$work/boot.vfat" "$work/boot.efi" ::EFI/BOOT/BOOTX64.EFI
  mcopy -i "$work/boot.vfat" "$here/grub.cfg" "$work/grubenv" ::EFI/BOOT/

  log "disk"
  sed -e "s|@out@|$out|g" -e "s|@work@|$work|g" -e "s|@machine@|$machine|g" "$here/disk.cfg" > "$work/genimage.cfg"
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
