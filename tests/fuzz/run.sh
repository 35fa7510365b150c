#!/usr/bin/env bash
# Runs one fuzzer over its corpus for some seconds, as TAP. What breaks it is kept in build/fuzz-findings.
# usage: run.sh build/fuzz-clang/tests/fuzz/fuzz_NAME SECONDS
set -u
cd "$(dirname "$0")/../.."
program=$1
seconds=$2
name=${program##*/fuzz_}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/lamina-fuzz.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
mkdir -p build/fuzz-findings "$scratch/found"
seeds=tests/fuzz/corpus/$name
[[ -d $seeds ]] || seeds=
dictionary=tests/fuzz/$name.dict
[[ -e $dictionary ]] && dictionary=-dict=$dictionary || dictionary=

# New inputs go to the first folder named, so the seeds stay as they are. An input may take a minute: it is the wall's
# clock that counts, and beside a busy neighbour one second of processor time under sanitizers takes ten of those.
"$program" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=1024 -print_final_stats=1 \
	-artifact_prefix="build/fuzz-findings/$name-" $dictionary "$scratch/found" $seeds >"$scratch/log" 2>&1
status=$?
runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$scratch/log")
if ((status == 0)) && [[ -n $seeds ]]; then
	echo "ok 1 - $name, ${runs:-0} inputs"
else
	echo "not ok 1 - $name"
	[[ -n $seeds ]] || echo "# there is no corpus tests/fuzz/corpus/$name"
	tail -60 "$scratch/log" | sed 's/^/# /'
fi
echo 1..1
((status == 0)) && [[ -n $seeds ]]
