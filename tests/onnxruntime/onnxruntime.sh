#!/usr/bin/env bash
# Whole networks, run by Lamina and by onnxruntime on the same inputs: the answers are the same to 1e-4 of the largest
# one. As TAP. usage: onnxruntime.sh, after setup.sh beside it
set -u
cd "$(dirname "$0")/../.."
root=$PWD
if [[ ! -e build/onnxruntime/installed.json ]]; then
	echo "1..0 # SKIP tests/onnxruntime/setup.sh could not install onnxruntime"
	exit 0
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lamina-onnxruntime.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
NODE_PATH=$root/build/onnxruntime/node_modules node "$root/tests/onnxruntime/compare.cjs" "$root/build/release-gcc"
