# A write that fails midway leaves the old file, and no other.
cp $ROOT/tests/data/*.yaml .
echo old > rows.csv
echo old > trace.json
trap '' XFSZ
(ulimit -f 1; fails 1 lamina sweep experiment.yaml --set workload.images=4000 --format json -o rows.csv >/dev/null)
(ulimit -f 1; fails 1 lamina run experiment.yaml --timeline trace.json >/dev/null)
fails 1 lamina sweep experiment.yaml -o missing/rows.csv
cat rows.csv trace.json
ls
