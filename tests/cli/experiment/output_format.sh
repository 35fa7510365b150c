# A file's ending says its format, unless --format does.
cp $ROOT/tests/data/{experiment,profile,platform}.yaml .
for name in rows.csv rows.json rows.CSV rows.txt rows; do
	lamina sweep experiment.yaml --dry-run -o $name
	echo "$name: $(head -n 2 $name | tr -d '\n' | cut -c 1-60)"
done
lamina sweep experiment.yaml --dry-run --format table -o rows.csv
head -n 1 rows.csv
lamina sweep experiment.yaml --dry-run --format json -o rows.csv
head -n 1 rows.csv
