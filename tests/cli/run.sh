#!/usr/bin/env bash
# Tests of the program from outside, as TAP. A test is NAME.sh; beside it lie what it must print and return:
#   NAME.stdout, NAME.stderr            exactly this (a missing file: nothing)
#   NAME.stdout.glob, NAME.stderr.glob  this, where * stands for any text
#   NAME.stdout.ignore, ...stderr...    whatever it likes
#   NAME.exit                           this status (a missing file: 0)
# Each runs in an empty folder of its own with `lamina` and `onnx_write` (tests/onnx/) in PATH and the source tree in
# $ROOT. It fails when any of its commands fails; what is to fail is written `fails STATUS COMMAND ...`, what is to keep
# to some memory `within_kb KILOBYTES COMMAND ...`. `skip REASON` ends a test that cannot run here, and says why.
# usage: run.sh [--update] [--program build/release-gcc/lamina] FOLDER|NAME.sh...
set -u
shopt -s nullglob
export LC_ALL=C NO_COLOR=1

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
export ROOT
program=$ROOT/lamina
update=0
tests=()
while (($#)); do
	case $1 in
	--update) update=1 ;;
	--program) program=$(realpath "$2"); shift ;;
	*.sh) tests+=("$(realpath "$1")") ;;
	*) for test in "$(realpath "$1")"/*.sh; do tests+=("$test"); done ;;
	esac
	shift
done
if [[ ! -x $program ]]; then
	echo "Bail out! there is no program '$program'"
	exit 2
fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/lamina-cli.XXXXXX")
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$program" "$scratch/bin/lamina"
# Makes ONNX files of texts; it is built beside the program.
ln -s "$(dirname "$(realpath "$program")")/tests/onnx/onnx_write" "$scratch/bin/onnx_write"
export PATH=$scratch/bin:$PATH

# For long tests: shorter ones go the same ways under sanitizers, which these would take minutes with, and what another
# compiler makes gives the same bytes (tests/determinism).
long_test() {
	[[ $(readlink -f "$(command -v lamina)") != */build/@(asan-*|*-clang)/* ]] ||
		skip 'long: with one compiler and without sanitizers'
}
export -f long_test

# For tests: the command must end with this status.
fails() {
	local want=$1 status=0
	shift
	"$@" || status=$?
	((status == want)) && return
	echo "status $status, not $want, of: $*" >&2
	exit 99
}
export -f fails

# For tests: it cannot run on this machine.
skip() {
	echo "$*" >&2
	exit 77
}
export -f skip

# For tests: the command has so many kilobytes of addresses, unless the program needs more to begin with (sanitizers).
within_kb() {
	local kb=$1
	shift
	(
		export OPENBLAS_NUM_THREADS=1
		# A shell of its own, so that nobody prints how it ended.
		if bash -c 'ulimit -v "$1" && lamina --version; exit $?' - "$kb" >/dev/null 2>&1; then
			ulimit -v "$kb"
		fi
		"$@"
	)
}
export -f within_kb

# Everything but * means itself.
matches_glob() {
	local pattern
	pattern=$(printf '%s' "$2" | sed 's/[][\\?(){}|!@+]/\\&/g')
	# shellcheck disable=SC2053
	[[ $1 == $pattern ]]
}

# compare FILE EXPECTED-STEM: prints what differs; the machine's paths are taken out first.
compare() {
	local actual=$1 stem=$2
	if [[ -e $stem.ignore ]]; then
		return 0
	elif [[ -e $stem.glob ]]; then
		matches_glob "$(<"$actual")" "$(<"$stem.glob")" && return 0
		diff -u "$stem.glob" "$actual" | head -40
		return 1
	elif [[ -e $stem ]]; then
		diff -u "$stem" "$actual" | head -40
		return "${PIPESTATUS[0]}"
	fi
	[[ ! -s $actual ]] && return 0
	echo "nothing was expected, but there is:"
	head -40 "$actual"
	return 1
}

# Keeps the kind of comparison that a test has chosen; a glob file is never overwritten.
record() {
	local actual=$1 stem=$2
	if [[ -e $stem.ignore || -e $stem.glob ]]; then
		return
	elif [[ -s $actual ]]; then
		cp "$actual" "$stem"
	else
		rm -f "$stem"
	fi
}

clean_paths() { sed -i -e "s#$scratch/work#SCRATCH#g" -e "s#$ROOT#ROOT#g" "$1"; }

run_test() {
	local test=$1 base=${1%.sh} want=0 status problems
	mkdir "$scratch/work"
	(cd "$scratch/work" && exec bash -eu -o pipefail "$test") >"$scratch/stdout" 2>"$scratch/stderr" </dev/null
	status=$?
	if ((status == 77)); then
		count=$((count + 1))
		echo "ok $count - ${base#"$ROOT"/tests/} # SKIP $(tail -1 "$scratch/stderr")"
		chmod -R u+w "$scratch/work"
		rm -rf "$scratch/work"
		return
	fi
	clean_paths "$scratch/stdout"
	clean_paths "$scratch/stderr"
	if ((update)); then
		record "$scratch/stdout" "$base.stdout"
		record "$scratch/stderr" "$base.stderr"
		if ((status)); then echo $status >"$base.exit"; else rm -f "$base.exit"; fi
	fi
	[[ -e $base.exit ]] && want=$(<"$base.exit")
	problems=$(
		((status == want)) || echo "exit status is $status, not $want"
		compare "$scratch/stdout" "$base.stdout"
		compare "$scratch/stderr" "$base.stderr"
	)
	chmod -R u+w "$scratch/work"
	rm -rf "$scratch/work"
	count=$((count + 1))
	if [[ -z $problems ]]; then
		echo "ok $count - ${base#"$ROOT"/tests/}"
	else
		failed=$((failed + 1))
		echo "not ok $count - ${base#"$ROOT"/tests/}"
		sed 's/^/# /' <<<"$problems"
	fi
}

count=0
failed=0
for test in "${tests[@]}"; do
	run_test "$test"
done
echo "1..$count"
((failed == 0 && count > 0))
