#!/usr/bin/env bash
# Installs what the image needs, builds the booth for a bare display, and then the image.
set -euo pipefail
cd "$(dirname "$0")/../.."
packages=(mmdebstrap genimage grub-common grub-efi-amd64-bin bmap-tools dosfstools mtools e2fsprogs zstd)
missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=400 install --no-install-recommends "${missing[@]}" </dev/null
fi
# A folder of its own: the window's features are not those of the image.
cargo build --locked --release -p engawa-booth --no-default-features --features kms --target-dir target/image/cargo
mkdir -p target/image/bin
install -s -m 755 target/image/cargo/release/engawa-booth target/image/bin/engawa-booth
exec tests/image/build.sh
