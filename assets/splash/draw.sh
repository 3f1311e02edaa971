#!/usr/bin/env bash
# Draws the picture that a booth shows while it starts, from the mark of its first page.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp ../../ui/booth/pictures/mark.svg "$work/"
# The ground is the theme's `cloth`, the same as in yocto's psplash-colors.h.
printf '<style>body{margin:0;background:#F7F4EE}img{display:block;width:240px;height:240px}</style><img src="mark.svg">' > "$work/page.html"
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=240,240 \
  --user-data-dir="$work/profile" --screenshot="$PWD/psplash-engawa-img.png" "file://$work/page.html" 2>/dev/null
