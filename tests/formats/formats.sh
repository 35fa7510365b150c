#!/usr/bin/env bash
# What `lamina plan --emit` writes is read by the programs that it is for, or by validators of their formats: the AWS
# command line, Serverless, asl-validator, the CloudFormation specification, HCL's parser; and what `lamina schema`
# prints is used by a validator of JSON Schema. As TAP. Each also has to
# refuse the same fragment with a mistake in it. usage: formats.sh, after setup.sh beside it
set -u
cd "$(dirname "$0")/../.."
root=$PWD
if [[ ! -e build/formats/installed.json ]]; then
	echo "1..0 # SKIP tests/formats/setup.sh could not install the readers"
	exit 0
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lamina-formats.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cp tests/data/profile.yaml tests/data/platform.yaml "$scratch"
sed '/^sweep/,$d' tests/data/experiment.yaml >"$scratch/exp.yaml"

emits=()
for file in sam=sam.yaml serverless=serverless.yml terraform=vars.json cli=deploy.sh stepfunctions=machine.json \
	power-tuning=tuning.json infracost=usage.yml json=plan.json; do
	emits+=(--emit "$file")
done
cd "$scratch" || exit 1
"$root/build/release-gcc/lamina" plan exp.yaml --strategy memMax "${emits[@]}" >/dev/null || exit 1
"$root/build/release-gcc/lamina" plan exp.yaml --strategy memMax --set pipeline.parallel=64 \
	--emit stepfunctions=distributed.json >/dev/null || exit 1
for kind in $("$root/build/release-gcc/lamina" schema); do
	"$root/build/release-gcc/lamina" schema "$kind" >"schema-$kind.json" || exit 1
done
echo 'functions: {front: {memory_mb: 1024}, other: {work: {cpu_seconds: 1}}}' >over.yaml
sed -n '/^variable/,/^```$/{/^```$/d;p}' "$root/contrib/man/lamina-plan.more.scd" >main.tf
NODE_PATH=$root/build/formats/node_modules exec node "$root/tests/formats/formats.cjs" "$root/build/formats"
