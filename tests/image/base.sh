#!/usr/bin/env bash
# base.sh MIRROR TAR PACKAGES: Debian's part of the image, as a tar.
# mmdebstrap runs the hooks with the root as $1.
# shellcheck disable=SC2016
set -euo pipefail
mirror=$1 tar=$2 include=$3
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
trimmed=()
for path in man locale doc info lintian bug; do trimmed+=(--dpkgopt="path-exclude=/usr/share/$path/*"); done
mmdebstrap --quiet --format=tar --mode=root --variant=minbase --aptopt='APT::Sandbox::User "root"' "${trimmed[@]}" \
  --include="$include" \
  --setup-hook='mkdir -p "$1/etc/apt/preferences.d" "$1/etc/initramfs-tools/conf.d"' \
  --setup-hook='printf "Package: src:systemd\nPin: release n=bookworm-backports\nPin-Priority: 600\n" > "$1/etc/apt/preferences.d/systemd"' \
  --setup-hook='printf "MODULES=list\nCOMPRESS=zstd\n" > "$1/etc/initramfs-tools/conf.d/engawa"' \
  --setup-hook='printf "virtio_pci\nvirtio_blk\nvirtio_scsi\nsd_mod\nahci\nnvme\nusb_storage\nuas\nxhci_pci\nsdhci_pci\nmmc_block\next4\n" > "$1/etc/initramfs-tools/modules"' \
  --customize-hook='rm -rf "$1/etc/apt/apt.conf.d/99mmdebstrap" "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/*' \
  bookworm "$tar" \
  "deb [signed-by=$keyring] $mirror bookworm main" \
  "deb [signed-by=$keyring] $mirror bookworm-updates main" \
  "deb [signed-by=$keyring] ${mirror}-security bookworm-security main" \
  "deb [signed-by=$keyring] $mirror bookworm-backports main"
