cat > exp.yaml <<'Y'
apiVersion: lamina/v1
name: "that's two"
platform: aws-lambda-2019
workload: {images: 12}
functions: {f: {work: {cpu_seconds: 2, memory_mb: 300}}, g: {work: {cpu_seconds: 1, memory_mb: 200}}}
Y
lamina plan exp.yaml --pareto --points 10 --format csv > front.csv
cut -d, -f3 front.csv | sort | uniq -c | awk '{print $2, ($1 > 1 ? "several" : "one")}'
echo '# along the front, time is bought with money'
awk -F, '$3 == "front" {if (NR > 2 && ($1 <= time || $2 >= usd)) print "no"; time = $1; usd = $2}' front.csv
lamina plan exp.yaml --pareto --points 5 -o figure
ls figure.*
grep -cF "'that'.\"'\".'s two'" figure.gp
