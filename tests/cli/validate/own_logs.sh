# Four sizes of a function that computes 0.5 s and waits 0.2 s, the third slower: a size is predicted from the others,
# but not what is logged at one size alone (a cold start).
for size in 128:7110 256:3655 512:2110 1769:700; do
	for i in 1 2; do
		printf 'REPORT RequestId: 8f5-%s-%s\tDuration: %s ms\tBilled Duration: %s ms\tMemory Size: %s MB\tMax Memory Used: 100 MB\t\n' \
			${size%:*} $i ${size#*:} ${size#*:} ${size%:*}
	done
done > resize.log
printf 'REPORT RequestId: 8f5-cold\tDuration: 2400 ms\tBilled Duration: 2700 ms\tMemory Size: 512 MB\tMax Memory Used: 100 MB\tInit Duration: 300 ms\n' >> resize.log
lamina validate --with resize.log -o out
ls out
printf 'functions: {resize: {memory_mb: 512}}\n' > mine.yaml
printf 'apiVersion: lamina/v1\nname: t\nplatform: aws-lambda\nworkload: {images: 1}\nfunctions: {resize: {memory_mb: 128, work: {cpu_seconds: 0.1}}}\n' > exp.yaml
lamina validate exp.yaml --with mine.yaml --with resize.log -f csv | wc -l
fails 2 lamina validate exp.yaml exp.yaml --with resize.log
fails 1 lamina validate --with missing.log
# An overlay alone goes over the experiments: here it makes the wait twice as long.
cp $ROOT/tests/cli/validate/claims.yaml claims.yaml
printf 'functions: {f: {work: {wait_seconds: 2}}}\n' > twice.yaml
lamina validate claims.yaml --with twice.yaml -f json | grep predicted.: 
