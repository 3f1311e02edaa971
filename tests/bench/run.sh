#!/usr/bin/env bash
# Measures Engawa and writes target/bench/report.json.
#
#   tests/bench/run.sh              everything
#   tests/bench/run.sh latency      only this part (latency, start, load, line, service, ledger, outbox)
set -euo pipefail
cd "$(dirname "$0")/../.."

cargo build --locked --release -p engawa-service -p engawa-booth -p engawa-ledger --bins --examples
# The baseline of the part `service`: a tool in a folder of its own, and nothing of ours links it.
if [ ! -x target/tools/bin/gst-webrtc-signalling-server ]; then
  cargo install gst-plugin-webrtc-signalling --version 0.15.4 --locked --no-default-features \
    --features rustls-ring --root target/tools --target-dir target/tools/build
fi
.ci/page
cd tests
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund </dev/null
fi
# Unoptimised programs say nothing about how fast they are.
ENGAWA_PROFILE=release exec npm run --silent bench -- "$@" </dev/null
