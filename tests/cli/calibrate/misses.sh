# One size below and one above one vCPU tell parallel work where waiting would not do. Sizes that no work explains are
# named, and so is init that was billed by other rules than the platform's.
report() {
	printf 'REPORT RequestId: 8f5-%s\tDuration: %s ms\tBilled Duration: %s ms\tMemory Size: %s MB\tMax Memory Used: 90 MB\t%s\n' "$@"
}
{
	report 1 80.50 81 1024 ''
	report 2 36.20 37 4096 ''
} > both.log
lamina calibrate both.log
{
	report 1 100.00 100 512 ''
	report 2 400.00 400 1024 ''
	report 3 98.00 98 1769 ''
	report 4 98.00 98 1769 'Init Duration: 50.00 ms'
} > slow.log
lamina calibrate slow.log --format json -o mine.yaml | grep -B7 verdict
grep missed mine.yaml
