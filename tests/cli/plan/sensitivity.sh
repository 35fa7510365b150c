# Work that varies: the mean of a run is far below what 95 % of runs do not exceed, and that is what a deadline bounds.
cat > exp.yaml <<'Y'
apiVersion: lamina/v1
name: one
platform: aws-lambda-2019
workload: {images: 4}
functions: {f: {work: {cpu_seconds: 4, memory_mb: 100, variation: 0.3}}}
plan: {parallel: {from: 4, to: 4}, memory: {from_mb: 1792, to_mb: 1792}}
Y
lamina plan exp.yaml --deadline 7.6 --format json > plan.json
for change in -0.1 0.1; do
	echo "CPU speed $change: $(perl -0777 -ne '/"input": "CPU speed",\s*"change": '$change',.*?"still_allowed": (\w+)/s && print $1' plan.json)"
	cpu_seconds=$(perl -e "print 4 / (1 + $change)")
	status=0
	lamina plan exp.yaml --deadline 7.6 --quick --set functions.f.work.cpu_seconds="$cpu_seconds" > /dev/null 2>&1 || status=$?
	echo "planned with $cpu_seconds s: exit $status"
done
