# Rows that no log can hold are left out with words; those at the edges of what one can are fitted.
row() {
	printf 'REPORT RequestId: 8f5-%s\tDuration: %s ms\tBilled Duration: %s ms\tMemory Size: %s MB\tMax Memory Used: 30 MB\n' "$@"
}
row 1 1e-300 1 128 > tiny.log
fails 2 lamina calibrate tiny.log
{
	row 1 0.001 0 128
	row 2 1e9 1000000000 1048576
	row 3 0.0001 0 128
} > far_apart.log
lamina calibrate far_apart.log > /dev/null
