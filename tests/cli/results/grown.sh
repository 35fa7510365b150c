# A sweep that has grown uses again what is there, whatever its points' numbers are now.
cp $ROOT/tests/data/*.yaml .
lamina sweep experiment.yaml -o r.sqlite -n 2 --set 'sweep={matrix: {pipeline.parallel: [2, 4]}}'
lamina sweep experiment.yaml -o r.sqlite -n 2 --set 'sweep={matrix: {pipeline.parallel: [1, 2, 3, 4]}}'
lamina sweep experiment.yaml -o r.sqlite -n 2 \
	--set 'sweep={matrix: {pipeline.retries: [0, 1], pipeline.parallel: [4, 2]}}' --only pipeline.retries=0
fails 1 lamina export r.sqlite 2>missing | cut -d, -f 1-4
cat missing >&2
fails 1 lamina export r.sqlite --all 2>/dev/null | cut -d, -f 1-4 | LC_ALL=C sort
lamina sweep experiment.yaml -o r.sqlite -n 2 --dry-run -j 1 \
	--set 'sweep={matrix: {pipeline.retries: [0, 1], pipeline.parallel: [4, 2]}}' | grep -v expected
fails 2 lamina sweep experiment.yaml -o r.sqlite --only pipeline.retries=0
fails 2 lamina sweep experiment.yaml --only workload.images=1
fails 2 lamina sweep experiment.yaml --shard 1/2
