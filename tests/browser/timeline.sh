#!/usr/bin/env bash
# Timelines of `lamina run` are read by another program: the engine of Chromium's Performance panel finds a track for
# each sandbox, and on it slices within slices, as they are written. As TAP. usage: timeline.sh [FOLDER], with a picture
# of the panel into the folder
set -u
cd "$(dirname "$0")/../.."
root=$PWD
pictures=${1:+$(realpath "$1")}
for program in chromium chromium-browser google-chrome ''; do
	command -v "$program" >/dev/null && break
done
if [[ -z $program ]]; then
	echo '1..0 # SKIP there is no Chromium; tests/browser/setup.sh installs it on Debian'
	exit 0
fi
if ! command -v node >/dev/null; then
	echo '1..0 # SKIP there is no node'
	exit 0
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lamina-browser.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cp tests/browser/*.yaml "$scratch"
cd "$scratch" || exit 1
sed '/^sweep/,$d' sweep.yaml >two.yaml
for experiment in one two; do
	"$root/build/release-gcc/lamina" run "$experiment.yaml" --timeline "$experiment.json" >/dev/null 2>&1 || exit 1
done
node "$root/tests/browser/timeline.cjs" "$program" "$scratch" $pictures
