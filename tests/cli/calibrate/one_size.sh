# Lambda Insights tells CPU time and traffic: one size tells work from waiting, and the overlay gives the time back.
cp $ROOT/tests/data/profile.yaml $ROOT/tests/data/platform.yaml .
event() {
	printf '{"event_type":"performance","function_name":"resize","request_id":"%s","cpu_total_time":%s,"duration":%s,"billed_duration":%s,"total_memory":896,"used_memory_max":141,"rx_bytes":3000000,"tx_bytes":250000}\n' "$@"
}
for i in 1 2 3; do event $i 200 700 700; done > events.log
cat > exp.yaml <<'END'
apiVersion: lamina/v1
name: one
platform: platform.yaml
workload: {images: 200}
pipeline: {parallel: 1}
functions:
  resize: {memory_mb: 896, work: {cpu_seconds: 9, wait_seconds: 9, memory_mb: 120}}
END
lamina calibrate events.log -e exp.yaml -o mine.yaml | grep -v peak
sed -n '/^functions/,$p' mine.yaml
lamina run exp.yaml --with mine.yaml --format csv | awk -F, '$2 == "duration_mean_seconds" {
	print (($3 > 0.69 && $3 < 0.71) ? "comes back" : $3) }'
# More CPU than the platform gives.
event 1 690 700 700 > busy.log
lamina calibrate busy.log -e exp.yaml 2>&1 >/dev/null
