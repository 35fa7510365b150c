# Requests of one and of four images tell what comes with each call: a call of eight is predicted. Times are those of a
# CNN on AWS Lambda (BATCH, SC'20): 1174 + 555.3 * B ms for B images.
report() {
	printf 'REPORT RequestId: %s\tDuration: %s ms\tBilled Duration: %s ms\tMemory Size: 3008 MB\tMax Memory Used: 900 MB\t\n' "$@"
}
report a 1729.3 1730 > one.log
report b 3395.2 3396 > four.log
cat > columns.csv <<- EOF
	@duration,@memorySize,@maxMemoryUsed,images,@log
	1729.3,3008000000,900000000,1,cnn
	3395.2,3008000000,900000000,4,cnn
EOF
lamina calibrate columns.csv -o by_column.yaml
lamina calibrate --function cnn=one.log --function cnn=four.log --images four.log=4 --format csv -o by_file.yaml
diff by_column.yaml by_file.yaml
cat > exp.yaml <<- EOF
	apiVersion: lamina/v1
	name: batches
	platform: aws-lambda-2020
	platform_values: {cpu: {speed_spread: 0}}
	workload: {images: 80, images_per_record: 8}
	pipeline: {parallel: 1, warm_sandboxes: 1}
	functions: {cnn: {memory_mb: 3008, work: {cpu_seconds: 1, per_call: {cpu_seconds: 9}}}}
	replications: {min: 2, max: 2}
EOF
lamina run exp.yaml --with by_column.yaml --format csv | awk -F, '$1 == "cnn" && $2 == "duration_mean_seconds" {
	print "eight images:", ($3 > 5.6164 * 0.99 && $3 < 5.6164 * 1.01 ? "5.6 s" : $3) }'
lamina calibrate columns.csv --experiment exp.yaml -o again.yaml > again.txt
lamina run exp.yaml --with again.yaml --format csv | awk -F, '$1 == "cnn" && $2 == "duration_mean_seconds" {
	print "over an experiment that states it:", ($3 > 5.6164 * 0.99 && $3 < 5.6164 * 1.01 ? "5.6 s" : $3) }'
fails 2 lamina calibrate one.log --images none.log=4
fails 2 lamina calibrate one.log --images 0
sed -i 's/,4,/,4.5,/' columns.csv
lamina calibrate columns.csv > /dev/null
