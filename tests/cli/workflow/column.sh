# The trace says which branch each request takes and how many items its map has; what it cannot say is told by line.
cat >trace.csv <<'END'
arrival_seconds,kind,pages
0,photo,3
10,video,0
20,photo,5
30,text,1
40,film,2
END
cat >column.yaml <<'END'
apiVersion: lamina/v1
name: column
platform: aws-lambda
workload: {arrivals: {kind: trace, trace: trace.csv}}
functions:
  one: {memory_mb: 512, work: {wait_seconds: 1}}
  two: {memory_mb: 512, work: {wait_seconds: 2}}
  page: {memory_mb: 512, work: {wait_seconds: 3}}
workflow:
  steps:
    - column: kind
      choice: [{is: photo, steps: [{task: one}]}, {is: [video, film], steps: [{task: two}]}, {}]
    - map: {items: {column: pages}, steps: [{task: page}]}
END
lamina run column.yaml 2>/dev/null | sed -n '/^Steps/,/^$/p' | awk '{print $1, $2, $3}'
sed 's/\[{is: photo, steps/[{is: foto, probability: 0.5, steps/; s/, {}\]/]/; s/column: pages/column: kind/' column.yaml >wrong.yaml
fails 2 lamina check wrong.yaml
sed 's/column: pages/column: lines/' column.yaml >lacking.yaml
fails 2 lamina check lacking.yaml
sed 's/is: photo/is: video/; s/, {}\]/, {}, {}]/' column.yaml >twice.yaml
fails 2 lamina check twice.yaml
sed '/column: kind/d; s/- column/-/; s/^      choice/    - choice/' column.yaml >without.yaml
fails 2 lamina check without.yaml
fails 2 lamina check column.yaml --set 'workload={images: 5}'
fails 2 lamina check column.yaml --set 'source={kind: sqs}'
