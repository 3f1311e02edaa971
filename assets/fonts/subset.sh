#!/bin/sh
# Cuts the booth's two fonts out of Debian's fonts-noto-cjk. Takes some minutes and about 1 GB of memory a weight.
#
# Kept: Latin, punctuation and arrows, kana, everything in CP932 and in plane 1 of JIS X 0213 (the kanji that people's
# names need beyond JIS X 0208), 𠮷, and all of Hangul with its compatibility jamo. Hinting is dropped: the booth's
# renderers do not use it.
set -eu

usage() {
    echo "usage: $0 [folder with NotoSansCJK-Regular.ttc and NotoSansCJK-Bold.ttc]" >&2
    exit 2
}
[ $# -le 1 ] || usage
from=${1:-/usr/share/fonts/opentype/noto}
to=$(cd "$(dirname "$0")" && pwd)
command -v pyftsubset >/dev/null || { echo "$0: pyftsubset is missing (apt install fonttools)" >&2; exit 1; }

list=$(mktemp)
trap 'rm -f "$list"' EXIT
python3 - >"$list" <<'PYTHON'
def encodable(codec, limit):
    for point in range(limit):
        try:
            if len(chr(point).encode(codec)) <= limit_bytes[codec]:
                yield point
        except UnicodeEncodeError:
            pass

# Two bytes are plane 1; a third byte (0x8f) would be plane 2, which holds no character of a name in use.
limit_bytes = {"cp932": 2, "euc_jis_2004": 2}
points = set(range(0x20, 0x180)) | set(range(0x2010, 0x2060)) | {0x2060, 0x20AC, 0x20BB7}
points |= set(range(0x2190, 0x2194)) | set(range(0x3000, 0x3100)) | set(range(0x3131, 0x318F))
points |= set(range(0xAC00, 0xD7A4)) | set(range(0xFF01, 0xFFE7))
for codec in limit_bytes:
    points |= set(encodable(codec, 0x2FA20))
print("\n".join(f"U+{point:04X}" for point in sorted(points)))
PYTHON

for weight in Regular Bold; do
    pyftsubset "$from/NotoSansCJK-$weight.ttc" --font-number=0 --unicodes-file="$list" \
        --layout-features=ccmp,kern,liga,mark,mkmk --no-hinting --name-IDs='*' --notdef-outline \
        --output-file="$to/NotoSansCJKjp-$weight.otf"
done
