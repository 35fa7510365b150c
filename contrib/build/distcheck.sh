#!/usr/bin/env bash
# A release as its receiver sees it: archive, build, install below a DESTDIR, run from there, uninstall.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d "${TMPDIR:-/tmp}/lamina-dist.XXXXXX")
trap 'rm -rf "$work"' EXIT
fail() { echo "distcheck: $*" >&2; exit 1; }

mkdir "$work/source" "$work/elsewhere"
git archive HEAD | tar -x -C "$work/source"
make -C "$work/source" -s -j2 all >"$work/log" || { cat "$work/log"; fail 'it does not build'; }
make -C "$work/source" -s install PREFIX=/usr DESTDIR="$work/root" >/dev/null
rm -rf "$work/source.gone"
mv "$work/source" "$work/source.gone"

# Neither the source tree nor the current folder may be needed.
cd "$work/elsewhere"
lamina=$work/root/usr/bin/lamina
"$lamina" --version
"$lamina" --help >help.txt || fail '--help fails'
cp "$work/source.gone/tests/determinism/pipeline.yaml" experiment.yaml
"$lamina" run experiment.yaml >results.txt || fail 'it does not find its platforms'
for file in share/bash-completion/completions/lamina share/man/man1/lamina.1 \
	share/man/man5/lamina-experiment.5; do
	[[ -s $work/root/usr/$file ]] || fail "there is no $file"
done
bash -n "$work/root/usr/share/bash-completion/completions/lamina" || fail 'the bash completion does not parse'

mv "$work/source.gone" "$work/source"
make -C "$work/source" -s uninstall PREFIX=/usr DESTDIR="$work/root"
left=$(find "$work/root" -type f)
[[ -z $left ]] || fail "uninstall leaves $left"
echo 'distcheck: the archive builds, installs, runs and uninstalls'
