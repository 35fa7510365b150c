# A sweep into a file prints, by way of export, what the sweep itself prints; it goes on from what is there.
cp $ROOT/tests/data/*.yaml .
lamina sweep experiment.yaml -n 4 --format csv >plain.csv
lamina sweep experiment.yaml -n 4 -o r.sqlite 2>said
cat said
lamina export r.sqlite >r.csv
sed '1s/,random_seed,lamina_version$//; 1!s/,[^,]*,[^,]*$//' r.csv | cmp - plain.csv

echo 'once more:'
lamina sweep experiment.yaml -n 4 -o r.sqlite 2>said
cat said
lamina export r.sqlite | cmp - r.csv

echo 'more replications, another title, a default written out:'
lamina sweep experiment.yaml -n 6 -o r.sqlite --set title=other --set failures.error_rate=0 2>said
cat said
lamina export r.sqlite >six.csv
lamina sweep experiment.yaml -n 6 -o fresh.sqlite 2>/dev/null
lamina export fresh.sqlite | cmp - six.csv

echo 'simulated again:'
lamina sweep experiment.yaml -n 6 -o r.sqlite --force 2>said
cat said
lamina export r.sqlite | cmp - six.csv

echo 'a comment in the platform and in the profile, then a number:'
sed -i '1i # a comment' platform.yaml profile.yaml
lamina sweep experiment.yaml -n 6 -o r.sqlite 2>said
cat said
sed -i 's/usd_per_gb_second: .*/usd_per_gb_second: 0.00003/' platform.yaml
lamina sweep experiment.yaml -n 6 -o r.sqlite 2>said
cat said
sed -i '0,/seconds: [0-9.e-]*/s//seconds: 0.123/' profile.yaml
lamina sweep experiment.yaml -n 6 -o r.sqlite 2>said
cat said
lamina export r.sqlite | wc -l
lamina export --all r.sqlite | wc -l
ls *.sqlite

echo 'points that are the same:'
lamina sweep experiment.yaml -n 2 -o same.sqlite --set 'sweep={matrix: {seed: [3, 4, 3]}, points: [{seed: 4.0}]}' || true
lamina sweep experiment.yaml -n 2 -o same.sqlite --set 'sweep={matrix: {seed: [3, 4, 3]}, points: [{seed: 4}]}' 2>said
cat said
lamina export same.sqlite | cut -d, -f 1-3
