# Nor is anything run of what a file of results or an experiment holds: names, titles, swept texts.
cat >exp.yaml <<'Y'
apiVersion: lamina/v1
name: "50% {off} '';system('touch ran') \"y\""
platform: aws-lambda
workload: {images: 20}
functions: {f: {memory_mb: 512, work: {cpu_seconds: 0.4, memory_mb: 120}}}
replications: {min: 2}
sweep:
  matrix:
    title: ["50% off, ''a'' {b} _c_", "x\ny `touch ran` $(touch ran) \"q\"", "'';system('touch ran')#", "''''!touch ran"]
    platform: [aws-lambda, aws-lambda-2019]
Y
lamina plot exp.yaml key front bill time memory-used heat-map -o f 2>/dev/null
cut -d, -f1-3 f/key.csv
ls f/*.svg
lamina plot exp.yaml bill --terminal >/dev/null
[ -z "$(find . -name ran)" ]
