#!/usr/bin/env bash
# What a fit finds, and what luck brings, does not depend on the processor that BLAS has kernels for, nor on the one
# that the C library has functions for: each is forced in turn. As TAP.
# usage: processors.sh, after `make determinism-programs`
set -u
cd "$(dirname "$0")/../.."
program=build/release-gcc/lamina
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lamina-processors.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
export LAMINA_KEEP_CORETYPE=1

cat >"$scratch/logs" <<'END'
REPORT RequestId: a Duration: 812.40 ms Billed Duration: 813 ms Memory Size: 128 MB Max Memory Used: 70 MB
REPORT RequestId: c Duration: 203.30 ms Billed Duration: 204 ms Memory Size: 512 MB Max Memory Used: 70 MB
REPORT RequestId: d Duration: 91.20 ms Billed Duration: 92 ms Memory Size: 1769 MB Max Memory Used: 72 MB
END

# print CORE: the fit to the logs and what luck brings, with all their digits.
print() {
	OPENBLAS_CORETYPE=$1 $program calibrate "$scratch/logs" --format csv
	OPENBLAS_CORETYPE=$1 $program run "$scratch/lucky.yaml" --format csv
}

# print_all CORE: the paper's fits and tables, too, which take longer.
print_all() {
	print "$1"
	OPENBLAS_CORETYPE=$1 $program paper --format csv
}

# Speeds and times of many draws, with all of their digits in the sums.
cat >"$scratch/lucky.yaml" <<'END'
apiVersion: lamina/v1
name: lucky
platform: aws-lambda
workload: {arrivals: {kind: bursts, rate_per_second: 20, burst_rate_per_second: 200, calm_seconds: 60, burst_seconds: 5, duration_seconds: 1200}}
functions: {f: {memory_mb: 1024, work: {cpu_seconds: 0.3, download_mb: 3, memory_mb: 100}}}
failures: {crashes_per_hour: 1, straggler_rate: 0.1, straggler_slowdown: 2}
replications: {min: 3}
END

print_all Prescott >"$scratch/want" 2>"$scratch/errors"
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
# compare NAME: what was printed now is how what is wanted begins.
compare() {
	count=$((count + 1))
	if head -n "$(wc -l <"$scratch/got")" "$scratch/want" | cmp -s - "$scratch/got" &&
		(($(wc -l <"$scratch/got") > 20)); then
		echo "ok $count - $1 finds the same"
	else
		failed=$((failed + 1))
		echo "not ok $count - $1 finds the same"
		diff "$scratch/want" "$scratch/got" | head -10 | sed 's/^/# /'
	fi
}
for core in "${cores[@]:0:${#cores[@]}-1}"; do
	print "$core" >"$scratch/got" 2>"$scratch/errors"
	compare "$core"
done
print_all "${cores[-1]}" >"$scratch/got" 2>"$scratch/errors"
compare "${cores[-1]}"
GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F print_all Prescott >"$scratch/got" 2>"$scratch/errors"
compare 'a C library without fused multiply-add'
echo "1..$count"
((failed == 0))
