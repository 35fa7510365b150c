cat > exp.yaml <<'Y'
apiVersion: lamina/v1
name: two
platform: aws-lambda-2019
workload: {images: 12}
defaults: {memory_mb: 1024}
functions: {f: {work: {cpu_seconds: 2, memory_mb: 300}}, g: {work: {cpu_seconds: 1, memory_mb: 200}}}
Y
echo '# every number has its reason'
lamina plan exp.yaml --deadline 12 --format json | grep -E '"(what|reason|verdict)"'
echo '# the deadline holds, in enough replications'
lamina plan exp.yaml --deadline 12 --quick | perl -ne 'print $1 >= 95 ? "it does\n" : "it does not\n" if /^Within 12 s in ([\d.]+) %/'
echo '# known plans stand beside it, in CSV too'
lamina plan exp.yaml --deadline 12 --quick --format csv | cut -d, -f1 | head -5
echo '# the same bytes for any number of threads'
lamina plan exp.yaml --budget 0.0012 -j 1 > one.txt
lamina plan exp.yaml --budget 0.0012 -j 3 | cmp - one.txt && echo same
echo '# a month, and what it is now'
lamina plan exp.yaml --quick --runs-per-month 1000 | grep -c 'USD a month of 1000 runs (now '
