# What a file calls itself does not reach a terminal's escape sequences, on no way.
cat > evil.yaml <<'Y'
apiVersion: lamina/v1
name: "evil\e[31m\u009b5m\r"
title: "t\e[31m"
platform: aws-lambda
workload: {images: 10}
functions: {"f\e[31m\u009b5m\r\x7f": {memory_mb: 512, work: {cpu_seconds: 0.4, memory_mb: 120}}}
sweep: {matrix: {pipeline.parallel: [1, 2]}}
Y
run() { "$@" >>printed 2>&1 || echo "status $?: ${*:2}"; }
for format in table csv json; do
	run lamina run evil.yaml -n 2 --format $format
	run lamina sweep evil.yaml -n 2 --format $format
	run lamina explain run evil.yaml -n 2 --format $format
	run lamina plan evil.yaml -n 2 --quick --format $format
done
run lamina run evil.yaml -n 2 --set failures.error_rate=1
run lamina plan evil.yaml -n 2 --deadline 0.001
run lamina plan evil.yaml -n 2 --quick --emit cli
run lamina run evil.yaml --set functions.x=3
run lamina run $'no\e[31m.yaml'
run lamina $'\e[31m'
LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' printed || echo clean
grep -m 1 evil printed
