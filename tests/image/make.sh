#!/usr/bin/env bash
# Installs what the image needs, builds the booth for a bare display and the updater, and then the image.
set -euo pipefail
cd "$(dirname "$0")/../.."
.ci/packages image
# A folder of its own: the window's features are not those of the image.
cargo build --locked --release -p engawa-booth -p engawa-updater --no-default-features --features engawa-booth/kms \
  --target-dir target/image/cargo
mkdir -p target/image/bin
for program in engawa-booth engawa-updater; do
  install -s -m 755 "target/image/cargo/release/$program" "target/image/bin/$program"
done
exec tests/image/build.sh
