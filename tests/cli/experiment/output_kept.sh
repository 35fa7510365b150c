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
# Interrupts the command once it takes interrupts (catches signal 2) and, where told, waits there in the kernel, or has
# had 10 s for it, as kernels may hide it.
interrupted() {
	local where=$1 pid status=0
	shift
	"$@" &
	pid=$!
	until [[ $(cat /proc/$pid/comm) == lamina ]] && (( 0x$(awk '/^SigCgt/ { print $2 }' /proc/$pid/status) & 2 )); do
		sleep 0.1
	done
	for ((i = 0; i < 100; i++)); do
		sleep 0.1
		if [[ -z $where ]]; then ((i < 10)) || break; else [[ $(cat /proc/$pid/wchan) != "$where" ]] || break; fi
	done
	kill -INT $pid
	wait $pid || status=$?
	return $status
}
fails 1 interrupted '' lamina sweep exp.yaml --format csv -o kept.csv $long > part.csv 2> words
grep -q "'kept.csv' stays as it was" words
cmp whole.csv kept.csv
mkfifo pipe
fails 1 interrupted wait_for_partner lamina sweep exp.yaml --format csv -o pipe > rescued.csv 2> words
cmp whole.csv rescued.csv
[[ -z $(ls -A | grep partial) ]]
