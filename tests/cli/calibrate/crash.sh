# What stands around the reports: crashes and errors, counted by reason, and a second init within a call.
report() {
	printf 'REPORT RequestId: %s\tDuration: %s ms\tBilled Duration: %s ms\tMemory Size: %s MB\tMax Memory Used: 90 MB\t\n' "$@"
}
{
	printf 'INIT_REPORT Init Duration: 9999.90 ms\tPhase: init\tStatus: timeout\n'
	printf 'INIT_REPORT Init Duration: 11000.00 ms\tPhase: invoke\tStatus: success\n'
	report a-1 11900.50 11901 1024
	report a-2 900.20 901 1024
	echo 'RequestId: a-3 Error: Runtime exited with error: exit status 1'
	report a-3 97.83 98 1024
	printf 'INIT_REPORT Init Duration: 9999.90 ms\tPhase: init\tStatus: timeout\n'
	report a-4 8000.00 8000 2048
	report a-5 450.30 451 2048
	printf '[ERROR] KeyError: 1\nTraceback (most recent call last):\n'
	report a-6 4.00 4 2048
} > f.log
lamina calibrate f.log -o mine.yaml
grep '^#' mine.yaml | tail -n +2
lamina calibrate f.log --format json | grep -A4 '"ending"'
