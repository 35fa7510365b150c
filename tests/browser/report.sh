#!/usr/bin/env bash
# Pages of `lamina report` in a headless Chromium: they open from a file without a request, every figure is seen, the
# pointer, the keyboard and sorting work, a telephone's width is enough, dark and print are as they should. As TAP.
# usage: report.sh [FOLDER], with pictures of the pages into the folder
. "$(dirname "$0")/browser.sh"
cp tests/browser/*.yaml "$scratch"
cp configs/workflows/photos.yaml "$scratch/workflow.yaml"
cd "$scratch" || exit 1
for experiment in *.yaml; do
	"$root/build/release-gcc/lamina" report "$experiment" -o "${experiment%.yaml}.html" 2>/dev/null
done
sed '/^sweep/,$d' sweep.yaml >plan.yaml
"$root/build/release-gcc/lamina" plan plan.yaml --deadline 20 --quick --report plan.html >/dev/null 2>&1
node "$root/tests/browser/report.cjs" "$program" "$scratch" $pictures
