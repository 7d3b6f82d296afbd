#!/usr/bin/env bash
# Runs a check that nobody has made green yet: measures it, and fails only when it got worse.
#
#   baseline.sh NAME COMMAND...
#
# The limit is the number in .github/baseline/NAME: lines that the check may print at most.
# Without that file it is only measured. Written by "hitless fix".
set -uo pipefail

name=$1
shift
limit_file="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/baseline/$name"
output=$("$@" 2>&1)
status=$?
printf '%s\n' "$output"

say() {
  echo "$1"
  echo "- $1" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
}

if [ "$status" -eq 0 ]; then
  say "$name: clean. Call it without baseline.sh from now on, so that it stays so"
  exit 0
fi
if [ "$status" -ge 126 ]; then
  say "$name: could not be run (status $status)" # a tool that is missing is no baseline
  exit "$status"
fi
lines=$(printf '%s\n' "$output" | grep -c .)
if [ ! -s "$limit_file" ]; then
  say "$name: $lines lines. Keep it from growing: echo $lines > .github/baseline/$name"
  exit 0
fi
limit=$(< "$limit_file")
if [ "$lines" -gt "$limit" ]; then
  say "$name: $lines lines, more than the $limit that were accepted"
  exit 1
fi
say "$name: $lines lines, of $limit that were accepted"
