cat > below.yaml <<'Y'
apiVersion: lamina/v1
name: below
platform: aws-lambda-2019
workload: {images: 3}
replications: {min: 1}
functions: {f: {memory_mb: 1792, work: {cpu_seconds: 1}}}
sweep: {matrix: {workload.images: [1, 2]}}
Y
cat > above.yaml <<'Y'
base: below.yaml
name: above
functions: {f: {memory_mb: 896}}
sweep: {matrix: {functions.f.memory_mb: [128, 256]}}
Y
echo 'functions: {f: {timeout_seconds: 7}}' > over.yaml
echo '# a sweep is merged with the one below it; its dotted keys stay whole'
lamina sweep above.yaml --dry-run --format csv
echo '# the function keeps the work of the file below'
lamina run above.yaml --format csv | grep -E '^f,(invocations|duration)|^run,invocations' | cut -d, -f1-3
echo '# an overlay goes over both, and --set over the overlay'
fails 1 lamina run above.yaml --with over.yaml --set functions.f.timeout_seconds=1 --format csv | grep '^f,failures' | cut -d, -f1-3
mkdir sub
echo '{base: ../above.yaml, name: nested}' > sub/nested.yaml
lamina check sub/nested.yaml
echo '# a function that is only named keeps all that the file below says'
echo 'functions: {f: {}}' > named.yaml
lamina run above.yaml --with named.yaml --format csv | grep -E '^f,(invocations|duration)' | cut -d, -f1-3
