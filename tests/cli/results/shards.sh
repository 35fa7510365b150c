# Shards, merged, give the bytes of the whole; merging again changes nothing; what does not belong is refused.
cp $ROOT/tests/data/*.yaml .
sweep='sweep={matrix: {pipeline.parallel: [1, 2, 3, 4, 5, 6, 7]}}'
lamina sweep experiment.yaml -n 3 -j 1 -o whole.sqlite --set "$sweep" 2>/dev/null
for i in 1 2 3; do lamina sweep experiment.yaml -n 3 -o r.sqlite --set "$sweep" --shard $i/3 2>/dev/null; done
ls
lamina export whole.sqlite >whole.csv
lamina merge r.sqlite r.1-of-3.sqlite r.3-of-3.sqlite
fails 1 lamina export r.sqlite >part.csv
wc -l <part.csv
lamina merge r.sqlite r.2-of-3.sqlite r.1-of-3.sqlite
lamina export r.sqlite | cmp - whole.csv
lamina merge r.sqlite r.?-of-3.sqlite whole.sqlite
lamina export r.sqlite | cmp - whole.csv
for kind in replications functions bill stages failures; do
	cmp <(lamina export whole.sqlite -r $kind) <(lamina export r.sqlite -r $kind)
done

echo 'another experiment:' >&2
lamina sweep experiment.yaml -n 3 -o other.sqlite --set 'sweep={matrix: {pipeline.parallel: [7, 8]}}' 2>/dev/null
fails 1 lamina merge r.sqlite other.sqlite
lamina export r.sqlite | cmp - whole.csv
fails 1 lamina merge new.sqlite r.1-of-3.sqlite missing.sqlite
[ ! -e new.sqlite ]
lamina merge --any-experiment r.sqlite other.sqlite
lamina export r.sqlite | cmp - whole.csv
lamina export --all r.sqlite | wc -l
