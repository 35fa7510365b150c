# Queries divide durations by 1000, or call them seconds; what they are divided by otherwise tells nothing. Sizes are
# known by short names, too.
lines() { lamina calibrate $1 --platform $ROOT/tests/data/platform.yaml --format csv | cut -d, -f2,5; }
printf '@duration / 1000,@memorySize / 1000 / 1000\n0.8,128\n0.4,256\n' >divided.csv
printf 'avg(@duration / 1000),max(@memorySize / 1e6)\n0.8,128\n0.4,256\n' >mean.csv
printf 'durationSeconds,Memory (MB)\n0.8,128\n0.4,256\n' >named.csv
printf 'duration_ms,mem,init_duration_in_seconds\n800,128,\n400,256,\n300,256,2\n' >short.csv
for log in divided mean named short; do
	echo $log
	lines $log.csv
done
printf '@duration / 60000,@memorySize\n0.8,128000000\n' >minutes.csv
fails 2 lamina calibrate minutes.csv
