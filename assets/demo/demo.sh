#!/usr/bin/env bash
# Shows an interview on this machine: a service, a booth, and an address for the recruiter's browser.
#
# With a display the booth is a window for you to touch. Without one a scripted candidate walks
# through it and knocks, and its screens are written as pictures. Ctrl-C stops everything;
# DEMO_SECONDS=30 stops it after that time.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
programs=$target/debug
demo=$target/demo
here=$root/assets/demo

rm -rf "$demo"
mkdir -p "$demo/screens"
cd "$demo"

children=()
stop() {
  trap - EXIT INT TERM
  [ "${#children[@]}" = 0 ] && return
  kill "${children[@]}" 2>/dev/null || true
  for _ in $(seq 100); do
    kill -0 "${children[@]}" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "${children[@]}" 2>/dev/null || true
  wait || true
}
trap stop EXIT
trap 'stop; exit 0' INT TERM

secret() { head -c "$1" /dev/urandom | base64 | tr -d '=+/\n'; }
taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The service, with a host and a booth that are made for this demo only.
cp "$here/service.toml" service.toml
(umask 077 && secret 9 >password)
"$programs/engawa-service" device-token --config service.toml --booth a-01 >device-token.log
"$programs/engawa-service" add-host --config service.toml --account takahashi --name '高橋 めぐみ' --title '採用担当' \
  --company minato --password-file password >add-host.log
port=8080
if taken "$port"; then port=0; fi
: >service.out
"$programs/engawa-service" serve --config service.toml --listen "127.0.0.1:$port" \
  --data data --page "$root/ui/recruiter/dist" >>service.out 2>service.log &
service=$!
children+=("$service")
address=
for _ in $(seq 150); do
  address=$(sed -n 's/^listening on \(http.*\)$/\1/p' service.out)
  [ -n "$address" ] && break
  kill -0 "$service" 2>/dev/null || { cat service.log >&2; exit 1; }
  sleep 0.1
done
[ -n "$address" ] || { echo "demo: the service does not come up; see $demo/service.log" >&2; exit 1; }
port=${address##*:}

# The booth.
config=$here/booth-clip.toml
source='a clip, since there is no camera and microphone'
if [ -e /dev/video0 ] && compgen -G '/dev/snd/pcm*c' >/dev/null; then
  config=$here/booth.toml
  source='your camera and microphone'
fi
flags=(--config "$config" --service "http://127.0.0.1:$port" --token-file a-01.token --data booth)
if [ -n "${DISPLAY:-}" ]; then
  flags+=(--view window)
  seen='its window: touch it, choose みなと精工, knock'
else
  flags+=(--view headless --script "$here/candidate.txt")
  seen="no display here: a scripted candidate knocks; pictures in $demo/screens"
fi
: >booth.out
# A booth that ends is started again, as on the appliance: the next candidate comes.
booths() {
  local booth=
  trap 'kill "$booth" 2>/dev/null || true; wait; exit 0' TERM INT
  while :; do
    local begun=$SECONDS
    "$programs/engawa-booth" "${flags[@]}" >>booth.out 2>>booth.log &
    booth=$!
    wait "$booth" || true
    [ $((SECONDS - begun)) -ge 5 ] || return 1
  done
}
booths &
booth=$!
children+=("$booth")

cat <<TEXT

  Engawa is running.

  Recruiter    http://localhost:$port   (in Chromium, Chrome, Edge, Firefox or Safari on this machine)
  Account      takahashi
  Password     $(cat password)

  Booth        $seen
  Its picture  $source

  Stop         Ctrl-C

TEXT

# What the candidate does, as it happens.
tell() {
  local line
  while IFS= read -r line; do
    case "$line" in
      *'"saved":'*)
        line=${line#*\"saved\":\"}
        echo "  booth: picture $demo/${line%%\"*}"
        ;;
      *'"error":'*) echo "  booth: ${line#*:}" | tr -d '}' ;;
      *'"screen":'*)
        line=${line#*\"screen\":\"}
        [ "${line%%\"*}" = "${shown:-}" ] || echo "  booth: ${line%%\"*}"
        shown=${line%%\"*}
        ;;
    esac
  done
}
tail -n +1 -F --pid=$$ booth.out 2>/dev/null > >(tell) &
children+=("$!")

awaited=("$service" "$booth")
if [ -n "${DEMO_SECONDS:-}" ]; then
  sleep "$DEMO_SECONDS" &
  children+=("$!")
  awaited+=("$!")
fi
ended=
wait -n -p ended "${awaited[@]}" || true
case "$ended" in
  "$service") echo "demo: the service ended; see $demo/service.log" >&2; exit 1 ;;
  "$booth") echo "demo: the booth does not stay up; see $demo/booth.log" >&2; tail -n 5 booth.log >&2; exit 1 ;;
esac
echo '  Stopped.'
