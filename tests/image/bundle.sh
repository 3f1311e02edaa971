#!/usr/bin/env bash
# Makes a signed update of a built test image, in seconds: the same root with another version.
#
#   tests/image/bundle.sh --version TEXT --to FILE [--image DIR] [--unhealthy] [--stranger]
#                         [--compatible TEXT] [--truncate]
#
# DIR is where tests/image/build.sh wrote. --unhealthy starts, but its booth has no camera; --stranger is signed
# by someone whom no booth believes; --truncate lacks its last quarter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
image=$here/../../target/image
version='' to='' unhealthy='' signer=signer compatible=engawa-booth-test-amd64 truncate=''
while [ $# -gt 0 ]; do
  case "$1" in
    --image) image=$2; shift 2 ;;
    --version) version=$2; shift 2 ;;
    --to) to=$2; shift 2 ;;
    --compatible) compatible=$2; shift 2 ;;
    --unhealthy) unhealthy=yes; shift ;;
    --stranger) signer=stranger; shift ;;
    --truncate) truncate=yes; shift ;;
    *) echo "bundle.sh: unknown argument $1" >&2; exit 2 ;;
  esac
done
if [ -z "$version" ] || [ -z "$to" ]; then echo "bundle.sh: --version and --to are needed" >&2; exit 2; fi
[ -e "$image/root.ext4" ] || { echo "bundle.sh: no $image/root.ext4: make image builds it" >&2; exit 2; }
work=$(mktemp -d "$image/bundle.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
"$here/ca.sh" "$image/ca"

mkdir "$work/in"
root=$work/in/root.ext4
cp --sparse=always --reflink=auto "$image/root.ext4" "$root"
change() { debugfs -w -f - "$root" >/dev/null 2>"$work/said" || { cat "$work/said" >&2; exit 1; }; }
debugfs -R 'cat /usr/lib/os-release' "$root" 2>/dev/null | sed "s/^IMAGE_VERSION=.*/IMAGE_VERSION=$version/" > "$work/os-release"
grep -q '^IMAGE_VERSION=' "$work/os-release" || { echo "bundle.sh: the root names no IMAGE_VERSION" >&2; exit 1; }
change <<END
cd /usr/lib
rm os-release
write $work/os-release os-release
END
if [ -n "$unhealthy" ]; then
  printf '[Service]\n# All but the camera.\nDeviceAllow=\nDeviceAllow=char-drm rw\nDeviceAllow=char-input rw\nDeviceAllow=char-alsa rw\n' > "$work/10-no-camera.conf"
  change <<END
cd /etc/systemd/system
mkdir engawa-booth.service.d
cd engawa-booth.service.d
write $work/10-no-camera.conf 10-no-camera.conf
END
fi
e2fsck -fn "$root" >/dev/null 2>&1 || { echo "bundle.sh: the changed root is broken" >&2; exit 1; }
printf '[update]\ncompatible=%s\nversion=%s\n\n[bundle]\nformat=verity\n\n[image.rootfs]\nfilename=root.ext4\n' \
  "$compatible" "$version" > "$work/in/manifest.raucm"
rauc --cert="$image/ca/$signer.cert.pem" --key="$image/ca/$signer.key.pem" bundle \
  --mksquashfs-args='-comp zstd -Xcompression-level 3 -quiet -no-progress' "$work/in" "$work/out.raucb" >"$work/said" 2>&1 ||
  { cat "$work/said" >&2; exit 1; }
if [ -n "$truncate" ]; then truncate -s "$(($(stat -c %s "$work/out.raucb") * 3 / 4))" "$work/out.raucb"; fi
mkdir -p "$(dirname "$to")"
mv "$work/out.raucb" "$to"
