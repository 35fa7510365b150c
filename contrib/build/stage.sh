#!/usr/bin/env bash
# Builds the tree that is installed: the program, its data, manual pages and completions.
# usage: stage.sh PROGRAM FOLDER
set -euo pipefail
program=$(realpath "$1")
stage=$(realpath -m "$2")
cd "$(dirname "$0")/../.."

rm -rf "$stage"
install -D -m 755 "$program" "$stage/bin/lamina"
for folder in configs profiles plots; do
	[[ -d $folder ]] || continue
	find "$folder" -type f ! -name '.*' -print0 | while IFS= read -r -d '' file; do
		install -D -m 644 "$file" "$stage/share/lamina/$file"
	done
done

completions() { mkdir -p "$stage/share/$2" && "$program" completion "$1" >"$stage/share/$2/$3"; }
completions bash bash-completion/completions lamina
completions zsh zsh/site-functions _lamina
completions fish fish/vendor_completions.d lamina.fish

if ! command -v scdoc >/dev/null; then
	echo 'stage: scdoc is missing, which makes the manual pages; contrib/build/setup.sh build installs it' >&2
	exit 1
fi
contrib/build/man.sh "$program" "$stage/share/man"
