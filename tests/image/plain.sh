#!/usr/bin/env bash
# plain.sh OUT: a plain Debian with a login on the serial port: minbase, systemd, Debian's own kernel and initrd,
# the same firmware and boot loader. The booth's start is measured beside it, and it is the computer at which
# staff run flash.sh, with what that needs. As root.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1
mirror=${ENGAWA_MIRROR:-http://deb.debian.org/debian}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ "$out/plain.img" -ot "$here/plain.sh" ] || exit 0
work=$out/plain
rm -rf "$work"
mkdir -p "$work/root"
trap 'rm -rf "$work"' EXIT
mmdebstrap --quiet --mode=root --variant=minbase --aptopt='APT::Sandbox::User "root"' \
  --include=systemd-sysv,udev,login,linux-image-amd64,initramfs-tools,zstd,bmap-tools,e2fsprogs,fdisk,openssl,qrencode bookworm "$work/root" \
  "deb [signed-by=$keyring] $mirror bookworm main" "deb [signed-by=$keyring] ${mirror}-security bookworm-security main"
echo plain > "$work/root/etc/hostname"
# Nothing but what the stories drive it by, as in the booth's test image.
for file in usr/lib/engawa/test-agent etc/systemd/system/engawa-test-agent.service etc/udev/rules.d/90-engawa-test.rules; do
  install -D -m "$(stat -c %a "$here/root/$file")" "$here/root/$file" "$work/root/$file"
done
mke2fs -q -t ext4 -L plain -d "$work/root" "$work/root.ext4" 1400M
cat > "$work/grub.cfg" <<'END'
search --no-floppy --set=root --label plain
linux /vmlinuz root=LABEL=plain ro quiet console=ttyS0,115200
initrd /initrd.img
boot
END
grub-mkimage -O x86_64-efi -o "$work/boot.efi" -p /EFI/BOOT -c "$work/grub.cfg" part_gpt fat ext2 normal linux search search_label gzio boot
truncate -s 32M "$work/boot.vfat"
mkfs.vfat "$work/boot.vfat" >/dev/null
mmd -i "$work/boot.vfat" ::EFI ::EFI/BOOT
mcopy -i "$work/boot.vfat" "$work/boot.efi" ::EFI/BOOT/BOOTX64.EFI
truncate -s 1440M "$work/plain.img"
printf 'label: gpt\nstart=1MiB, size=32MiB, type=U\nstart=33MiB, size=1400MiB, type=L\n' | sfdisk -q "$work/plain.img"
dd if="$work/boot.vfat" of="$work/plain.img" bs=1M seek=1 conv=notrunc,sparse status=none
dd if="$work/root.ext4" of="$work/plain.img" bs=1M seek=33 conv=notrunc,sparse status=none
mv "$work/plain.img" "$out/plain.img"
