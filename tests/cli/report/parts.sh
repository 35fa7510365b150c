# A workflow's steps are on its page, as `run` tells them; a file of results does not hold them, and its page says so.
cp "$ROOT/configs/workflows/photos.yaml" .
words() { sed -n "/<section id=\"$2\"/,/<\/section>/p" "$1" | sed 's/<[^>]*>/ /g' | grep '[^ ]'; }
lamina report photos.yaml -n 3 -o page.html
words page.html steps
lamina run photos.yaml -n 3 --format json >run.json 2>/dev/null
echo steps: $(grep -c '"critical_share"' run.json), rows: $(($(words page.html steps | wc -l) - 3))
lamina sweep photos.yaml -n 3 -o r.sqlite 2>/dev/null
lamina report r.sqlite | sed -n '/<section id="steps"/,/<\/section>/p' | sed 's/<[^>]*>/ /g' | grep '[^ ]'

# What a source of events tells has columns: the wait in the queue, messages a batch, dead letters.
cat >queue.yaml <<'END'
apiVersion: lamina/v1
name: queue
platform: aws-lambda
workload: {images: 500, arrivals: {kind: poisson, rate_per_second: 20}}
source: {kind: sqs, batch_size: 10, window_seconds: 1}
functions: {resize: {memory_mb: 512, work: {cpu_seconds: 0.4, memory_mb: 120}}}
sweep: {matrix: {source.batch_size: [5, 10]}}
END
lamina report queue.yaml -n 2 | sed -n '/<table id="points"/,/<\/thead>/p' | sed -n 's/.*<button[^>]*>\([^<]*\)<.*/\1/p'
