# Every mistake of a file in one go, each where it is.
cat > exp.yaml <<'X'
apiVersion: lamina/v2
name: [a, b]
platfrom: aws-lambda-2019
workload:
  images: -1
  images_per_record: 1.5
  images: 3
pipeline:
  schedule: pipelind
  parallel: "2"
defaults: {nonsense: 1}
framework: 5
functions:
  f:
    memory_mb: 9000000
    work: {cpu_seconds: -1, threads: two, downlod_mb: 3}
  g: {layers: conv1, work: {}}
replications: {min: 5, max: 3, until: {metric: makespan, half_width: 0.01}}
seed: -1
X
lamina run exp.yaml
