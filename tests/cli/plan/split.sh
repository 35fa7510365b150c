# Every way to join the paper's four functions, planned one by one; --split finds the cheapest of them.
long_test
experiment=$ROOT/configs/paper/table2.yaml
profile=$ROOT/profiles/alexnet-h1-amd-epyc.yaml
cost() {
	lamina plan "$experiment" --deadline 100 --quick -n 20 --format csv "$@" 2>/dev/null |
		awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i} NR == 2 {print $at["usd"]}'
}
layers() {
	awk -v of="$1" '/- name: / {layer = $3} /function: / && $2 == of {printf "%s%s", n++ ? ", " : "", layer}' "$profile"
}
functions=(conv1 conv2 conv3 fc)
for cuts in 0 1 2 3 4 5 6 7; do
	entries=
	joined=
	for i in 0 1 2 3; do
		joined=$joined${joined:+, }$(layers ${functions[i]})
		if ((i == 3 || cuts >> i & 1)); then
			entries="$entries${entries:+, }part$i: {layers: [$joined]}"
			joined=
		fi
	done
	cost --set "functions={$entries}"
done >costs
wc -l <costs
found=$(cost --split)
sort -g costs | head -1 | awk -v found=$found '{print (found <= $1 * 1.000001) ? "the cheapest" : "not the cheapest: " found ", which is " $1}'
echo '# the words, and what cannot be split'
lamina plan "$experiment" --deadline 100 --quick -n 20 --split | sed -nE 's/^(functions 1: the best of 8 splits).*/\1/p'
fails 2 lamina plan "$experiment" --strategy memMin --split
sed '/^sweep/,$d; s/front: .*/front: {work: {cpu_seconds: 1}}/' $ROOT/tests/data/experiment.yaml >stated.yaml
cp $ROOT/tests/data/profile.yaml $ROOT/tests/data/platform.yaml .
fails 2 lamina plan stated.yaml --split
