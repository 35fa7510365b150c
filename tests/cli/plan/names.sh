# No name reaches gnuplot as a command, and a figure's name is one of files.
cat > exp.yaml <<'Y'
apiVersion: lamina/v1
name: "a'; system('touch ran') `touch ran` {/Bold b}\n\nsystem 'touch ran' \e[31m\u009b1m"
platform: aws-lambda-2019
workload: {images: 12}
functions: {f: {memory_mb: 512, work: {cpu_seconds: 2, memory_mb: 300}}}
Y
mkdir sub
for name in '|touch ran' '<touch ran' "it's \`touch ran\`" -e '~a' 'a"b;$(touch ran)' sub/plain; do
	lamina plan exp.yaml --quick --pareto --points 2 -n 2 -o "$name"
done
ls . sub
grep '^front_title' sub/plain.gp
fails 2 lamina plan exp.yaml --pareto -o $'a\nb'
fails 2 lamina plan exp.yaml --pareto -o sub/
lamina plan exp.yaml --quick --pareto --points 2 -n 2 -o front.csv
head -n 1 front.csv
lamina plan exp.yaml --quick -n 2 -o plan.json
grep -m 1 experiment plan.json
grep -m 1 memory_mb plan.json
