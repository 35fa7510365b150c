# A disk that is really full, and one that may only be read: in a namespace of its own.
unshare -m true 2>/dev/null || skip 'file systems cannot be mounted here'
cat >inside.sh <<'END'
mount -t tmpfs -o size=400k tmpfs disk && cp $ROOT/tests/data/*.yaml disk && cd disk || exit 77
sweep() { lamina sweep experiment.yaml -n 2 -o r.sqlite --set 'sweep={matrix: {seed: {from: 1, to: 300, step: 1}}}' "$@"; }
fails 1 sweep 2>../said
sed -n 's/^lamina sweep: .r.sqlite.: //p' ../said
mount -o remount,size=8m .
sweep 2>/dev/null
lamina export r.sqlite >../now.csv
mount -o remount,ro .
lamina export r.sqlite | cmp - ../now.csv
fails 1 sweep --force 2>&1 | head -1
fails 1 lamina export r.sqlite -o new.csv 2>&1 | sed 's/new.csv.*/new.csv/'
END
mkdir disk
unshare -m bash -eu -o pipefail inside.sh
cp $ROOT/tests/data/*.yaml .
lamina sweep experiment.yaml -n 2 -o whole.sqlite --set 'sweep={matrix: {seed: {from: 1, to: 300, step: 1}}}' 2>/dev/null
lamina export whole.sqlite | cmp - now.csv
