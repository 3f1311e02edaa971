#!/usr/bin/env bash
# Checks every unit of systemd/: systemd-analyze verifies it as it will be installed, and tells how far a
# broken program could reach (0 nowhere, 10 everywhere), which must not grow.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
root=$(mktemp -d "${TMPDIR:-/tmp}/engawa-units.XXXXXX")
trap 'rm -rf -- "$root"' EXIT
failed=0
wrong() { printf 'units: %s\n' "$*" >&2; failed=1; }

# Most exposure of each, in tenths. Whatever runs as nobody stays below 3.0.
declare -A most=(
  [engawa-booth.service]=20
  [engawa-clock.service]=15
  [engawa-enrol.service]=15
  [engawa-service.service]=15
  # As root, without root's powers.
  [engawa-mark-good.service]=11
  [engawa-update.service]=20
  [engawa-update@.service]=16
)

units=$root/usr/lib/systemd/system
mkdir -p "$units"
cp /usr/lib/systemd/system/*.target "$units/"
for unit in systemd/*.{service,timer,mount,path,socket}; do
  if [ -e "$unit" ]; then cp "$unit" "$units/"; fi
done
# The programs that they start stand in for themselves.
while read -r program; do
  mkdir -p "$root${program%/*}" && : >"$root$program" && chmod 755 "$root$program"
done < <(sed -nE 's/^Exec[A-Za-z]+=[-@:+!|]*(\/[^ ]+).*/\1/p' "$units"/engawa-* | sort -u)

named=()
for unit in "$units"/engawa-*; do
  # A template is looked at as one of its instances.
  named+=("${unit/@./@sda1.}")
done
said=$(systemd-analyze verify --man=no --root="$root" "${named[@]}" 2>&1) || wrong 'systemd-analyze verify failed'
# Keys that systemd 254 brought; an older one here does not know them, the image's does.
said=$(grep -vE "Unknown key '(RestartSteps|RestartMaxDelaySec)' in section" <<<"$said")
if [ -n "$said" ]; then wrong "systemd-analyze verify says:"$'\n'"$said"; fi

for unit in "${!most[@]}"; do
  exposure=$(systemd-analyze security --no-pager --offline=true "systemd/$unit" 2>/dev/null |
    sed -nE 's/.*exposure level for [^:]+: ([0-9])\.([0-9]).*/\1\2/p')
  printf '%-28s %s of at most %s tenths exposed\n' "$unit" "$((10#${exposure:-99}))" "${most[$unit]}"
  if [ "$((10#${exposure:-99}))" -gt "${most[$unit]}" ]; then wrong "$unit reaches further than it did"; fi
done
exit "$failed"
