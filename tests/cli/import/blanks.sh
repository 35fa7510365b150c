# A blank is filled by what goes over the experiment, or by every point of a sweep; a text is none.
cat > app.yaml <<'YAML'
apiVersion: lamina/v1
name: blank
title: "blank"
platform: aws-lambda
workload: {images: blank}
functions:
  resize: {memory_mb: blank, work: {cpu_seconds: blank, memory_mb: 50}}
  store: {work: blank}
pipeline: {parallel: 0.5}
YAML
fails 2 lamina check app.yaml
echo 'workload: {images: 4}' > over.yaml
fails 2 lamina run app.yaml --with over.yaml --set functions.store.work='{cpu_seconds: 1}' --set pipeline.parallel=2
cat > swept.yaml <<'YAML'
base: app.yaml
pipeline: {parallel: 2}
workload: {images: 4}
functions: {store: {work: {wait_seconds: 1}}}
sweep: {matrix: {functions.resize.memory_mb: [256, 512]}, zip: [{functions.resize.work.cpu_seconds: [0.1, 0.2]}]}
YAML
lamina check swept.yaml
lamina sweep swept.yaml --replications 2 --format csv 2>/dev/null | wc -l
echo '# what does not sweep has no value for it'
fails 2 lamina run swept.yaml
