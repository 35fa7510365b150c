#!/usr/bin/env bash
# Lines reached, per source file and in all, from the counters that a MODE=coverage build left.
# usage: coverage.sh build/coverage-gcc
set -euo pipefail
cd "$(dirname "$0")/../.."
find "$1/sim" "$1/kernels" -name '*.gcda' -print0 2>/dev/null |
	xargs -0 -r gcov -n -r 2>/dev/null |
	awk '
		/^File / { file = substr($2, 2, length($2) - 2) }
		/^Lines executed:/ && file ~ /^(sim|kernels)\/.*\.c$/ {
			split($2, part, /[:%]/)
			lines[file] = $4
			reached[file] = $4 * part[2] / 100
			file = ""
		}
		END {
			for (f in lines) {
				printf "%5.1f %%  %5d lines  %s\n", 100 * reached[f] / lines[f], lines[f], f | "sort -k4"
				all += lines[f]
				hit += reached[f]
			}
			close("sort -k4")
			printf "%5.1f %%  %5d lines  in all\n", all ? 100 * hit / all : 0, all
		}'
