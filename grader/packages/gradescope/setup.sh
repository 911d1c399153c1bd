#!/usr/bin/env bash
# Run by Gradescope once, when it builds the image: the only time the network is needed.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$root/source"

apt-get update
apt-get install --yes --no-install-recommends build-essential ca-certificates curl @PACKAGES@
@NEWER@

curl --proto '=https' --tlsv1.2 --silent --show-error --fail --output rustup-init.sh https://sh.rustup.rs
sh rustup-init.sh -y --profile minimal --default-toolchain none
export PATH="${HOME:-/root}/.cargo/bin:$PATH"
# The version that rust-toolchain.toml names.
rustup toolchain install

cargo build --locked --quiet --profile grader --package grader
# Builds what submissions are linked with, and shows that grading works here.
for drill in @DRILLS@; do
    target/grader/grader grade "$drill" "solutions/$drill/src/lib.rs"
done
@CHECKS@
# The autograder refuses to run strangers' code where the sandbox is not full. That is to
# be known now, and not by the first student.
if ! target/grader/grader doctor && [ @DEGRADED@ = no ]; then
    echo "the sandbox is not full on this machine, so no submission would be graded" >&2
    echo "read \"What is not defended\" in the book; \`package gradescope --allow-degraded\` makes an autograder that grades all the same" >&2
    exit 1
fi
