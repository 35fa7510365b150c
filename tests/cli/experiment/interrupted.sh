# A sweep that would take very long, interrupted while it runs: says how far it came, prints what was finished.
cp $ROOT/tests/data/*.yaml .
fails 1 timeout --foreground --preserve-status --signal INT 2 \
	lamina sweep experiment.yaml -j 2 --set workload.images=40000 -n 3000 --format csv >rows.csv
head -c 6 rows.csv
sed -n '2s/,.*//p' rows.csv
