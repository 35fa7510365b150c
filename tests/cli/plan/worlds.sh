# What a run charges and limits, the planner knows, and says.
long_test
cat > two.yaml <<'Y'
apiVersion: lamina/v1
name: two
platform: aws-lambda
workload: {images: 200}
pipeline: {parallel: 20}
functions:
  resize: {memory_mb: 512, work: {cpu_seconds: 0.4, download_mb: 2, upload_mb: 0.2, memory_mb: 120}}
  classify: {memory_mb: 3008, work: {cpu_seconds: 1.2, download_mb: 1, memory_mb: 900}}
Y
cat > api.yaml <<'Y'
apiVersion: lamina/v1
name: api
platform: aws-lambda
workload: {arrivals: {kind: poisson, rate_per_second: 0.002, duration_seconds: 400000}}
framework: {runtime: python3.12, package_mb: 50, memory_mb: 200}
functions: {api: {memory_mb: 1769, work: {cpu_seconds: 1, memory_mb: 400, init_cpu_seconds: 6}}}
Y
cat > tmp.yaml <<'Y'
apiVersion: lamina/v1
name: tmp
platform: aws-lambda
workload: {images: 5}
functions: {nlp: {memory_mb: 3008, work: {cold_download_mb: 746, tmp_mb: 746, cpu_seconds: 0.5, memory_mb: 1500}}}
Y
echo '# a reservation bounds jobs'
lamina plan two.yaml --quick --set functions.classify.reserved_concurrency=50 --format json |
	perl -0777 -ne '/"what": "parallel",\s*"value": "(\d+)/ && print $1 <= 50 ? "yes\n" : "no: $1\n"'
echo '# what is provisioned is in the cost of the model'
lamina plan two.yaml --quick --set functions.classify.provisioned_concurrency=3 --format json |
	perl -ne '/"usd_over_model": ([-\d.e]+)/ && print abs($1) < 0.02 ? "yes\n" : "no: $1\n"'
lamina plan api.yaml --latency p95=3 --quick --replications 20 --format json > api.json
perl -ne '/"usd_over_model": ([-\d.e]+)/ && print abs($1) < 0.05 ? "yes\n" : "no: $1\n"' api.json
echo '# provisioned sandboxes, snapshots and neither are compared'
grep -c -E '"what": "(provisioned|snapshots)"' api.json
lamina plan api.yaml --latency p95=3 --quick --replications 20 | grep -o -E '^snapshots yes: without them has no plan within the bounds'
echo '# /tmp is bought, or what is missing is named'
lamina plan tmp.yaml --deadline 60 --quick | grep '^/tmp'
lamina plan tmp.yaml --deadline 60 --quick --set functions.nlp.work.tmp_mb=11000 || echo "exit $?" >&2
echo '# a plan that is far from its model says so first, and is not called optimal'
slow='--set failures.straggler_rate=0.02 --set failures.straggler_slowdown=4' # which no model of means knows
lamina plan two.yaml --quick $slow > far.txt
head -1 far.txt | cut -d: -f1
grep -c -E 'Optimal|proven gap' far.txt || true
lamina plan two.yaml --quick $slow --format json | sed -n -E '2,4s/: "not proven.*/: .../p'
lamina plan two.yaml --quick $slow --format csv 2>&1 > /dev/null | cut -d: -f1-3
lamina plan two.yaml --quick $slow --emit json 2>&1 > /dev/null | cut -d: -f1-3
echo '# the last of many that start at once is a late one: the model knows'
lamina plan two.yaml --quick --strategy speed --set workload.images=500 --format json |
	perl -ne '/"(\w+)_over_model": ([-\d.e]+)/ && print abs($2) < 0.05 ? "$1 yes\n" : "$1 no: $2\n"'
echo '# so many records as of a day are planned by parts of them'
lamina plan two.yaml --deadline 20000 --quick --set workload.images=1000000 |
	perl -ne '$t = $1 if /^([\d.e+]+) s and/; print "in part\n" if /^Simulated in part: \d+ and (\d+) of 1000000/ && $1 < 10000;
		print abs($1 / $t - 1) < 0.02 ? "as the whole\n" : "not as the whole: $t $1\n" if /one whole run takes ([\d.e+]+) s/'
