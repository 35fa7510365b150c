# Four sizes, an error, a timeout and a row at the memory's ceiling; the overlay goes into an experiment.
cp $ROOT/tests/data/profile.yaml $ROOT/tests/data/platform.yaml .
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
report() {
	printf 'REPORT RequestId: 8f5-%s\tDuration: %s ms\tBilled Duration: %s ms\tMemory Size: %s MB\tMax Memory Used: %s MB\t%s\n' "$@"
}
{
	report 1 14100.40 14200 256 121 'Init Duration: 150.25 ms'
	report 2 14060.40 14100 256 121 ''
	report 3 7110.40 7200 512 121 ''
	report 4 2100.40 2200 1792 121 ''
	report 5 1600.40 1700 3008 121 ''
	report 6 1620.40 1700 3008 121 ''
	report 7 900.00 900 512 121 'Status: error'
	report 8 3000.00 3000 128 128 ''
	echo '2019-09-01T00:00:00Z 8f5-8 Task timed out after 3.00 seconds'
} > shop-prod-FrontFunction.log
lamina calibrate shop-prod-FrontFunction.log --experiment exp.yaml -o mine.yaml
cat mine.yaml | tail -n +2
for pair in 256:14.06 512:7.11 1792:2.1 3008:1.61; do
	lamina run exp.yaml --with mine.yaml --set functions.front.memory_mb="${pair%:*}" --set workload.images=8000 --format csv |
		awk -F, -v want="${pair#*:}" '$1 == "front" && $2 == "duration_mean_seconds" {
			print want, (($3 > want * 0.98 && $3 < want * 1.02) ? "comes back" : $3) }'
done
