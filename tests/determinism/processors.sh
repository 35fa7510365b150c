#!/usr/bin/env bash
# What a fit finds does not depend on which processor BLAS has kernels for: each of them is forced in turn. As TAP.
# usage: processors.sh, after `make determinism-programs`
set -u
cd "$(dirname "$0")/../.."
program=build/release-gcc/lamina
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lamina-processors.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
export LAMINA_KEEP_CORETYPE=1

cat >"$scratch/logs" <<'END'
REPORT RequestId: a Duration: 812.40 ms Billed Duration: 813 ms Memory Size: 128 MB Max Memory Used: 70 MB
REPORT RequestId: b Duration: 401.90 ms Billed Duration: 402 ms Memory Size: 256 MB Max Memory Used: 71 MB
REPORT RequestId: c Duration: 203.30 ms Billed Duration: 204 ms Memory Size: 512 MB Max Memory Used: 70 MB
REPORT RequestId: d Duration: 91.20 ms Billed Duration: 92 ms Memory Size: 1769 MB Max Memory Used: 72 MB
REPORT RequestId: e Duration: 84.70 ms Billed Duration: 85 ms Memory Size: 3008 MB Max Memory Used: 72 MB
END

# print CORE: the fit to the logs and the paper's, with all their digits.
print() {
	OPENBLAS_CORETYPE=$1 $program calibrate "$scratch/logs" --format csv
	OPENBLAS_CORETYPE=$1 $program paper --format csv
}

print Prescott >"$scratch/want" 2>"$scratch/errors"
count=1
failed=0
if [[ $(wc -l <"$scratch/want") -gt 20 ]]; then
	echo "ok 1 - the fits of the oldest processor have something to say"
else
	failed=1
	echo "not ok 1 - the fits of the oldest processor have something to say"
	sed 's/^/# /' "$scratch/errors"
fi
cores=(Nehalem)
grep -qw avx /proc/cpuinfo && cores+=(Sandybridge)
grep -qw avx2 /proc/cpuinfo && cores+=(Haswell Zen)
grep -qw avx512vl /proc/cpuinfo && cores+=(SkylakeX)
for core in "${cores[@]}"; do
	count=$((count + 1))
	print "$core" >"$scratch/got" 2>"$scratch/errors"
	if cmp -s "$scratch/want" "$scratch/got"; then
		echo "ok $count - $core finds the same"
	else
		failed=$((failed + 1))
		echo "not ok $count - $core finds the same"
		diff "$scratch/want" "$scratch/got" | head -10 | sed 's/^/# /'
	fi
done
echo "1..$count"
((failed == 0))
