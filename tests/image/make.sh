#!/usr/bin/env bash
# Installs what the image needs, builds the booth for a bare display, and then the image.
set -euo pipefail
cd "$(dirname "$0")/../.."
.ci/packages image
# A folder of its own: the window's features are not those of the image.
cargo build --locked --release -p engawa-booth --no-default-features --features kms --target-dir target/image/cargo
mkdir -p target/image/bin
install -s -m 755 target/image/cargo/release/engawa-booth target/image/bin/engawa-booth
exec tests/image/build.sh
