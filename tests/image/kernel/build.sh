#!/usr/bin/env bash
# build.sh ROOT OUT: builds what the stories load into the guest, against the kernel of the image whose
# root is ROOT: engawa-gpio-sim.ko (Debian's own source), engawa-hang.ko, and the program `still`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$1 out=$2
release=$(basename "$(echo "$root"/lib/modules/*-amd64)")
# Debian's kernels name their package's version.
version=$(grep -aoPm 1 'Debian \K[0-9][0-9a-z.+~]*-[0-9a-z.+~]+(?= \()' "$root/boot/vmlinuz-$release" | head -n 1)
[ "$(cat "$out/built" 2>/dev/null)" != "$version $(cat "$here"/* | sha256sum)" ] || exit 0
rm -rf "$out"
mkdir -p "$out/tree"
cd "$out"
packages=(linux-headers-"$release" linux-headers-"${release%-amd64}-common" linux-source-"${release%%.0-*}" linux-kbuild-"${release%%.0-*}")
apt-get -q -o APT::Sandbox::User=root download "${packages[@]/%/=$version}" </dev/null
for each in *.deb; do dpkg -x "$each" tree; done
source=linux-source-${release%%.0-*}
tar -C tree -xf "tree/usr/src/$source.tar.xz" "$source/drivers/gpio" "$source/kernel/irq"
rm -f ./*.deb "tree/usr/src/$source.tar.xz"
# The headers were packed for one place.
sed -i "s|/usr/src|$PWD/tree/usr/src|" "tree/usr/src/linux-headers-$release/Makefile"
mkdir modules
cp "$here/Kbuild" "$here/engawa-hang.c" "tree/$source"/drivers/gpio/{gpio-sim.c,gpiolib.h} "tree/$source/kernel/irq/irq_sim.c" modules/
# A module cannot name an interrupt's descriptor.
sed -i 's/handle_simple_irq(irq_to_desc(\(.*\)));/generic_handle_irq_safe(\1);/' modules/irq_sim.c
make -s -C "tree/usr/src/linux-headers-$release" M="$PWD/modules" modules
cp modules/engawa-*.ko .
gcc -O2 -static -Wall -Werror -o still "$here/still.c"
rm -rf tree modules
echo "$version $(cat "$here"/* | sha256sum)" > built
