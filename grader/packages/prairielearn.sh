#!/usr/bin/env bash
# The entrypoint for PrairieLearn's external grading, in the image that Containerfile
# makes: `"entrypoint": "/course/grader/packages/prairielearn.sh DRILL"`.
set -euo pipefail
root="${PRAIRIELEARN_ROOT:-/grade}"
course="${COURSE:-/course}"
grader="${GRADER:-$course/target/grader/grader}"
drill="$1"
shift
cd "$course"
mkdir -p "$root/results"
code=0
"$grader" --course "$course" grade "$drill" "$root/student" "$@" \
    --format prairielearn --out "$root/results/results.json" || code=$?
[ "$code" -eq 1 ] || exit "$code"
