#!/usr/bin/env bash
# pi.sh: builds the panel's crate for aarch64 and lights its lamps in QEMU's Raspberry Pi 3 (P6).
#
# By hand, not in `make test-image`: it fetches 190 MB of Debian's packages once (a Rust with an arm64 std, a kernel,
# busybox) into target/pi, and unpacks them there; nothing is installed. Needs qemu-system-arm, gcc-aarch64-linux-gnu,
# libc6-dev-arm64-cross, cpio, python3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${CARGO_TARGET_DIR:-$root/target}/pi
bail() { echo "pi.sh: $*" >&2; exit 1; }

for tool in qemu-system-aarch64 aarch64-linux-gnu-gcc cpio python3 apt-get dpkg; do
  command -v "$tool" >/dev/null || bail "$tool is missing: apt-get install qemu-system-arm gcc-aarch64-linux-gnu libc6-dev-arm64-cross cpio python3"
done
mkdir -p "$work"/apt/lists/partial "$work"/apt/cache/archives/partial "$work"/debs "$work"/run

# Packages of two architectures, without telling the machine's own apt of a second one.
fetch() {
  cat >"$work/apt.conf" <<CONF
APT::Architectures { "amd64"; "arm64"; };
Dir::State::lists "$work/apt/lists";
Dir::Cache "$work/apt/cache";
APT::Sandbox::User "root";
CONF
  export APT_CONFIG="$work/apt.conf"
  apt-get -q update
  local std kernel
  std=$(apt-cache pkgnames libstd-rust-web-1. | sort -V | tail -1)
  kernel=$(apt-cache depends linux-image-arm64:arm64 | sed -n 's/.*Depends: \(linux-image-[^ ]*\).*/\1/p' | head -1)
  if [ -z "$std" ] || [ -z "$kernel" ]; then bail "the mirror has no rustc-web or no arm64 kernel"; fi
  local llvm
  llvm=$(apt-cache depends "$std:amd64" | sed -n 's/.*Depends: \(libllvm[0-9]*\)$/\1/p' | head -1)
  (cd "$work/debs" && apt-get -q download rustc-web:amd64 "$std:amd64" libstd-rust-web-dev:amd64 \
    libstd-rust-web-dev:arm64 "$llvm:amd64" "$kernel" busybox-static:arm64)
  unset APT_CONFIG
  local deb
  for deb in "$work"/debs/{rustc-web,libstd-rust,libllvm}*.deb; do dpkg -x "$deb" "$work/rust"; done
  for deb in "$work"/debs/{linux-image,busybox}*.deb; do dpkg -x "$deb" "$work/arm64"; done
  touch "$work/fetched"
}
[ -e "$work/fetched" ] || fetch

# A static program: the machine has no other files.
RUSTC="$work/rust/usr/bin/rustc" LD_LIBRARY_PATH="$work/rust/usr/lib/x86_64-linux-gnu" \
  CARGO_TARGET_DIR="$work/cargo" CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
  CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-C target-feature=+crt-static" \
  cargo build --manifest-path "$root/Cargo.toml" -p engawa-panel --example try --target aarch64-unknown-linux-gnu -j 2

files=$(mktemp -d "$work/files.XXXXXX")
trap 'rm -rf "$files"' EXIT
mkdir -p "$files"/{bin,dev,proc,sys}
cp "$work/arm64/bin/busybox" "$files/bin/"
cp "$here/pi/init" "$files/init"
aarch64-linux-gnu-strip -o "$files/try" "$work/cargo/aarch64-unknown-linux-gnu/debug/examples/try"
(cd "$files" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/run/initrd.gz"

kernel=$(echo "$work"/arm64/boot/vmlinuz-*)
dtb=$(echo "$work"/arm64/usr/lib/linux-image-*/broadcom/bcm2837-rpi-3-b.dtb)
timeout 600 python3 "$here/pi/lamps.py" "$kernel" "$dtb" "$work/run/initrd.gz" "$work/run"
