#!/usr/bin/env bash
# The same experiments give the same bytes from gcc and clang, at -O0 and -O2, for any number of threads. As TAP.
# usage: builds.sh, after `make determinism-programs`
set -u
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lamina-bytes.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# print PROGRAM JOBS: everything that the experiments say, their traces included; warnings come last, as the order of
# two streams is nobody's promise.
print() {
	local experiment
	exec 2>"$scratch/errors"
	for experiment in tests/determinism/*.yaml; do
		"$1" run "$experiment" --format json --jobs "$2" --timeline "$scratch/trace.json"
		cat "$scratch/trace.json"
		"$1" sweep "$experiment" --format csv --jobs "$2" --baseline 1
		"$1" sweep "$experiment" --jobs "$2"
	done
	cat "$scratch/errors"
}

(print build/release-gcc/lamina 1) >"$scratch/want"
count=1
failed=0
if [[ $(wc -c <"$scratch/want") -gt 10000 ]] && ! grep -qvE ': warning: | records failed: ' "$scratch/errors"; then
	echo "ok 1 - release-gcc with 1 thread has something to say"
else
	failed=1
	echo "not ok 1 - release-gcc with 1 thread has something to say"
	sed 's/^/# /' "$scratch/errors"
fi
for build in release-gcc release-clang debug-gcc debug-clang; do
	for jobs in 1 2 7; do
		count=$((count + 1))
		(print build/$build/lamina $jobs) >"$scratch/got"
		if cmp -s "$scratch/want" "$scratch/got"; then
			echo "ok $count - $build with $jobs threads says the same"
		else
			failed=$((failed + 1))
			echo "not ok $count - $build with $jobs threads says the same"
			diff "$scratch/want" "$scratch/got" | head -10 | sed 's/^/# /'
		fi
	done
done
echo "1..$count"
((failed == 0))
