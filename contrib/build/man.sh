#!/usr/bin/env bash
# Makes the manual pages from the program's own tables, each with what contrib/man/PAGE.more.scd adds before SEE ALSO:
# section 1 of commands, section 5 of files. usage: man.sh PROGRAM FOLDER
set -euo pipefail
program=$(realpath "$1")
out=$(realpath -m "$2")
cd "$(dirname "$0")/../.."

# The same commit gives the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

# page NAME SECTION: from scdoc source on standard input.
page() {
	local source
	source=$(cat)
	mkdir -p "$out/man$2"
	{
		sed '/^# SEE ALSO$/,$d' <<<"$source"
		[[ ! -e contrib/man/$1.more.scd ]] || { cat "contrib/man/$1.more.scd" && echo; }
		sed -n '/^# SEE ALSO$/,$p' <<<"$source"
	} | scdoc >"$out/man$2/$1.$2"
}

"$program" help --names | while read -r name; do
	read -ra words <<<"$name"
	"$program" help --man "${words[@]:1}" | page "${name// /-}" 1
done
"$program" schema | while read -r kind; do
	"$program" schema --man "$kind" | page "lamina-$kind" 5
done
