# -o is tried before anything is simulated; what was computed and cannot be written is printed; an interrupt never puts
# a part in the place of a whole file, and ends a command that waits for somebody to read.
cp $ROOT/tests/data/p*.yaml .
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
long='--set workload.images=1000000000 --set workload.images_per_record=100'
for command in 'sweep exp.yaml -o' 'run exp.yaml --timeline' 'fit exp.yaml -o' 'plan exp.yaml --deadline 1e6 --pareto -o' \
	'plan exp.yaml --deadline 1e6 --emit'; do
	name=no/such/folder
	[[ $command == *--emit ]] && name=sam=$name
	fails 1 timeout 20 lamina $command $name $long > out
	[[ ! -s out ]]
done
fails 1 lamina sweep exp.yaml -o . > out
lamina sweep exp.yaml --format csv > whole.csv 2> /dev/null
fails 1 lamina sweep exp.yaml --format csv -o /dev/full > rescued.csv
cmp whole.csv rescued.csv
cp whole.csv kept.csv
fails 1 timeout --preserve-status -s INT 6 lamina sweep exp.yaml --format csv -o kept.csv $long > part.csv 2> words
grep -q "'kept.csv' stays as it was" words
cmp whole.csv kept.csv
mkfifo pipe
fails 1 timeout --preserve-status -s INT -k 20 10 lamina sweep exp.yaml --format csv -o pipe > rescued.csv 2> words
cmp whole.csv rescued.csv
[[ -z $(ls -A | grep partial) ]]
