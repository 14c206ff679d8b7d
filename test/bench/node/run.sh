#!/bin/sh
# The benchmark on a machine with nothing but a graphics driver, out of the archive of `npm run bench -- --bundle`.
# Writes what it says to FOLDER/bench.txt, and the results to FOLDER/bench.json:
#   sh run.sh FOLDER [flags of the benchmark]
set -u
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-.}
[ $# -gt 0 ] && shift
mkdir -p "$out" || exit 1
code=$(mktemp)
{
  "$here/bin/node" "$here/test/bench/run.mjs" --host node --json "$out/bench.json" "$@"
  echo $? >"$code"
} 2>&1 | tee "$out/bench.txt"
status=$(cat "$code")
rm -f "$code"
exit "$status"
