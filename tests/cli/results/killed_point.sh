# Whoever is killed while it simulates a point (as the system does where memory runs out) costs that point alone.
cat >exp.yaml <<'END'
apiVersion: lamina/v1
name: long
platform: aws-lambda
workload: {images: 10}
functions: {f: {work: {cpu_seconds: 1}}}
pipeline: {parallel: 100}
replications: {min: 1}
limits: {events: 1000000000}
sweep: {matrix: {workload.images: [10, 9000000, 20]}}
END
lamina sweep exp.yaml -j 1 -o r.sqlite 2>said &
sweep=$!
until [[ $(lamina export r.sqlite 2>/dev/null | wc -l) == 2 ]]; do sleep 0.05; done
sleep 0.3
pkill -KILL -P $sweep
fails 1 wait $sweep
cat said
fails 1 lamina export r.sqlite --rows failures
fails 1 lamina export r.sqlite 2>/dev/null | cut -d, -f 1-3
