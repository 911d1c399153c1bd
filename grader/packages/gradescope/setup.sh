#!/usr/bin/env bash
# Run by Gradescope once, when it builds the image: the only time the network is needed.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$root/source"

apt-get update
apt-get install --yes --no-install-recommends build-essential ca-certificates curl

curl --proto '=https' --tlsv1.2 --silent --show-error --fail https://sh.rustup.rs |
    sh -s -- -y --profile minimal --default-toolchain none
export PATH="${HOME:-/root}/.cargo/bin:$PATH"
# The version that rust-toolchain.toml names.
rustup toolchain install

cargo build --locked --quiet --profile grader --package grader
# Builds what submissions are linked with, and shows that grading works here.
target/grader/grader grade @DRILL@ solutions/@DRILL@/src/lib.rs
# Said in the build's log; the autograder itself refuses to run strangers' code where
# this is not "full".
target/grader/grader doctor || true
