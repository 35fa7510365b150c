# Bandwidth that rises with memory is off until it is enabled; then a long read at 10 GB is several times as fast, at 1 GB not.
cat > exp.yaml << 'END'
apiVersion: lamina/v1
name: reads
platform: aws-lambda
workload: {images: 1}
pipeline: {warm_sandboxes: 1}
framework: {store_cpu_seconds_per_mb: 0}
functions: {read: {work: {download_mb: 3000, streamed: true, memory_mb: 100}}}
replications: {min: 5}
sweep: {matrix: {platform_values.network.is_enhanced: [false, true], defaults.memory_mb: [1024, 2048, 10240]}}
END
lamina sweep exp.yaml -f csv | awk -F, 'NR > 1 {printf "%s %s %.0f MB/s\n", $2, $3, 3000 / $5}'
fails 2 lamina run exp.yaml --set platform=aws-lambda-2025 --set platform_values.network.is_enhanced=true
