#!/usr/bin/env bash
# Timelines of `lamina run` are read by another program: the engine of Chromium's Performance panel finds a track for
# each sandbox, and on it slices within slices, as they are written. As TAP. usage: timeline.sh [FOLDER], with a picture
# of the panel into the folder
. "$(dirname "$0")/browser.sh"
cp tests/browser/*.yaml "$scratch"
cd "$scratch" || exit 1
sed '/^sweep/,$d' sweep.yaml >two.yaml
for experiment in one two; do
	"$root/build/release-gcc/lamina" run "$experiment.yaml" --timeline "$experiment.json" >/dev/null 2>&1 || exit 1
done
node "$root/tests/browser/timeline.cjs" "$program" "$scratch" $pictures
