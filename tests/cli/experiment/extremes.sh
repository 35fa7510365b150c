# Numbers that no clock can hold end as what they are: too much, too long.
cp $ROOT/tests/data/platform.yaml .
cat > exp.yaml <<'X'
apiVersion: lamina/v1
name: x
platform: platform.yaml
workload: {images: 1000000000, images_per_record: 1000000000}
functions: {f: {work: {cpu_seconds: 1e6, threads: 64, download_mb: 1e6, cold_download_mb: 1e6, cold_cpu_seconds: 1e6}}}
X
fails 2 lamina run exp.yaml
fails 1 lamina run exp.yaml -n 1 --set functions.f.work.download_mb=0 >/dev/null
