#!/usr/bin/env bash
# Makes the manual pages: section 1 from the program's own tables, with what man/PAGE.more.scd adds; section 5 from
# man/PAGE.5.scd. usage: man.sh PROGRAM FOLDER
set -euo pipefail
program=$(realpath "$1")
out=$(realpath -m "$2")
cd "$(dirname "$0")/.."

# The same commit gives the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

mkdir -p "$out/man1" "$out/man5"
"$program" help --names | while read -r name; do
	page=${name// /-}
	read -ra words <<<"$name"
	{
		"$program" help --man "${words[@]:1}"
		[[ ! -e man/$page.more.scd ]] || { echo && cat "man/$page.more.scd"; }
	} | scdoc >"$out/man1/$page.1"
done
for source in man/*.5.scd; do
	[[ -e $source ]] || continue
	page=$(basename "$source" .scd)
	scdoc <"$source" >"$out/man5/$page"
done
