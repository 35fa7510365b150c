# Files that are something else, or cannot be written: said, and left as they are.
cp $ROOT/tests/data/*.yaml .
echo 'notes of mine' >text.sqlite
: >empty.sqlite
mkdir folder.sqlite
lamina sweep experiment.yaml -n 1 -o r.sqlite 2>/dev/null
lamina export r.sqlite >r.csv

for file in text.sqlite empty.sqlite folder.sqlite missing.sqlite; do fails 1 lamina export $file; done
for file in text.sqlite folder.sqlite nowhere/r.sqlite; do fails 1 lamina sweep experiment.yaml -n 1 -o $file; done
cat text.sqlite

echo 'of another program, of a newer schema:' >&2
set_number() { printf "\\x0\\x0\\x0\\x$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
cp r.sqlite other.sqlite
set_number other.sqlite 68 5
cp r.sqlite newer.sqlite
set_number newer.sqlite 60 63
for file in other.sqlite newer.sqlite; do
	cp $file before
	fails 1 lamina export $file
	fails 1 lamina sweep experiment.yaml -n 1 -o $file
	fails 1 lamina merge m.sqlite $file
	fails 1 lamina merge $file r.sqlite
	cmp $file before
done
[ ! -e m.sqlite ]

echo 'of another experiment:' >&2
fails 1 lamina sweep experiment.yaml -n 1 -o r.sqlite --set name=another --set seed=8
lamina export r.sqlite | cmp - r.csv
lamina sweep experiment.yaml -n 1 -o r.sqlite --set name=another --set seed=8 --any-experiment

echo 'wrong words:' >&2
for shard in 0/3 4/3 1 a/b 1/0 auto; do fails 2 env -i PATH="$PATH" lamina sweep experiment.yaml -o r.sqlite --shard $shard; done
fails 2 lamina sweep experiment.yaml -o r.sqlite --baseline 1
fails 2 lamina sweep experiment.yaml -o r.sqlite --format csv
