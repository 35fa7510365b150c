# A store that answers once in 31 years, or never, is a long wait and no fault.
cp $ROOT/tests/data/p*.yaml .
for requests in gets puts; do
	for rate in 1e-300 1e-9; do
		fails 1 timeout 60 lamina run $ROOT/tests/data/experiment.yaml --replications 2 --set platform_values.store.${requests}_per_second=$rate > /dev/null 2> words
		grep -q 'records failed' words
	done
done
