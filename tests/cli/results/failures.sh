# A point that needs more memory than there is costs that point alone, is recorded with its
# reason, and is not tried again until that is asked for.
bash -c 'ulimit -v 500000 && OPENBLAS_NUM_THREADS=1 lamina --version; exit $?' >/dev/null 2>&1 ||
	skip 'this program needs more memory to begin with'
cat >exp.yaml <<'END'
apiVersion: lamina/v1
name: hungry
platform: aws-lambda
workload: {images: 400}
functions: {f: {work: {cpu_seconds: 1}}}
replications: {min: 1}
sweep: {matrix: {pipeline.warm_sandboxes: [0, 1000000, 1, 2]}}
END
cp $ROOT/configs/platforms/aws-lambda.yaml .
fails 1 within_kb 500000 lamina sweep exp.yaml -j 1 -o r.sqlite
fails 1 lamina export r.sqlite --rows failures | sed -E 's/[0-9]+ bytes/N bytes/'
fails 1 lamina export r.sqlite 2>/dev/null | cut -d, -f 1-3
fails 1 lamina sweep exp.yaml -j 1 -o r.sqlite
lamina sweep exp.yaml -j 1 -o r.sqlite --retry-failed
lamina export r.sqlite --rows failures
lamina export r.sqlite | cut -d, -f 1-3
rm r.sqlite
fails 1 within_kb 500000 lamina sweep exp.yaml -j 1 -o r.sqlite --fail-fast
