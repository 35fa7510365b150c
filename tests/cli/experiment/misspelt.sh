# A name that there is none of is told with those that there are; a tab is called by its name.
cat > f.yaml <<'Y'
apiVersion: lamina/v1
name: f
platform: aws-lambda
workload: {images: 10}
functions: {resize: {memory_mb: 512, work: {cpu_seconds: 0.4}}, store: {memory_mb: 512, work: {cpu_seconds: 0.1}}}
Y
fails 2 lamina check f.yaml --set functions.resise.memory_mb=512
fails 2 lamina check f.yaml --set functions.resise.work.cpu_seconds=1
fails 2 lamina check f.yaml --set functions.encode.work.cpu_seconds=1
fails 2 lamina check f.yaml --set 'sweep={matrix: {functions.stor.memory_mb: [512, 1024]}}'
echo 'functions: {resise: {memory_mb: 1024}}' > over.yaml
fails 2 lamina check f.yaml --with over.yaml
lamina check f.yaml --set 'functions.encode={work: {cpu_seconds: 1}}' --set functions.encode.memory_mb=1024
fails 2 lamina check f.yaml --set profile=small --set platform=cloud
printf 'name: f\nworkload:\n\timages: 3\n' > tab.yaml
printf 'name: f\nworkload:\n  images: 3\n  \tparallel: 3\n' > deeper.yaml
printf 'name: f\ntitle: é @home\nworkload: @x\n' > at.yaml
for file in tab deeper at; do fails 2 lamina check $file.yaml; done
