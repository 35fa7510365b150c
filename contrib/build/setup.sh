#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages that a set of packages.txt names and this machine lacks: as root, or through
# sudo where it asks no password or somebody is there to type it. Otherwise prints the one line to run and stops. No
# network where nothing lacks. A program that is there counts, however it came.
# usage: setup.sh build|reproduce|check|bench
set -euo pipefail

set_wanted=${1:?usage: setup.sh build|reproduce|check|bench}
list=$(dirname "$0")/packages.txt

if ! command -v dpkg-query >/dev/null; then
	echo "setup: no dpkg here; the packages that Lamina needs are in $list" >&2
	exit 0
fi

# Each set contains those before it in packages.txt.
entries=()
seen=0
while read -r of_set entry; do
	[[ $of_set == \#* || -z $of_set ]] && continue
	if [[ $of_set == "$set_wanted" ]]; then
		seen=1
	elif ((seen)); then
		break
	fi
	entries+=("$entry")
done <"$list"
((seen)) || { echo "setup: packages.txt has no set '$set_wanted'" >&2; exit 2; }

installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Provides}\n' | sed -n 's/^ii //p' | tr ', ' '\n\n')
is_installed() { grep -qxF "$1" <<<"$installed"; }

any_installed() {
	local name
	for name in ${1//|/ }; do
		is_installed "$name" && return 0
		command -v "$name" >/dev/null && return 0
	done
	return 1
}

lacking=()
for entry in "${entries[@]}"; do
	any_installed "$entry" || lacking+=("$entry")
done
((${#lacking[@]})) || exit 0

# The first alternative that apt knows; the first of all where it knows none, as before its first update.
chosen_names() {
	local entry name chosen
	for entry in "${lacking[@]}"; do
		chosen=${entry%%|*}
		for name in ${entry//|/ }; do
			if apt-cache show "$name" >/dev/null 2>&1; then
				chosen=$name
				break
			fi
		done
		echo "$chosen"
	done
}

if ((EUID == 0)); then
	as_root=()
elif command -v sudo >/dev/null && { [[ -t 0 && -t 2 ]] || sudo -n true 2>/dev/null; }; then
	as_root=(sudo)
else
	mapfile -t names < <(chosen_names)
	echo "setup: packages are missing, and this user may not install them. As root, run:" >&2
	echo "  apt-get update && apt-get install -y --no-install-recommends ${names[*]}" >&2
	exit 1
fi

"${as_root[@]}" apt-get update -qq
mapfile -t names < <(chosen_names)
echo "setup: installing ${names[*]}" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${names[@]}" \
	>/dev/null
