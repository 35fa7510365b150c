#!/usr/bin/env bash
# What `lamina export` writes, and the file of results itself, read by DuckDB, which also makes Parquet of it. As TAP.
# usage: results.sh, after setup.sh beside it
set -u
cd "$(dirname "$0")/../.."
root=$PWD
if [[ ! -e build/formats/node_modules/@duckdb/node-api ]]; then
	echo "1..0 # SKIP tests/formats/setup.sh could not install DuckDB"
	exit 0
fi
lamina=$root/build/release-gcc/lamina
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lamina-duckdb.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cp tests/data/*.yaml "$scratch"
cd "$scratch" || exit 1
"$lamina" sweep experiment.yaml -n 3 -o r.sqlite 2>/dev/null || exit 1
for file in points.csv points.json points.jsonl; do
	"$lamina" export r.sqlite --functions -o "$file" || exit 1
done
"$lamina" export r.sqlite --rows bill -o bill.csv || exit 1
NODE_PATH=$root/build/formats/node_modules exec node "$root/tests/formats/results.cjs"
