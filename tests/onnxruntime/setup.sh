#!/usr/bin/env bash
# Installs, into build/onnxruntime, the runtime that package-lock.json names: nothing where it is there already.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p build/onnxruntime
if cmp -s tests/onnxruntime/package-lock.json build/onnxruntime/installed.json; then
	exit 0
fi
cp tests/onnxruntime/package.json tests/onnxruntime/package-lock.json build/onnxruntime/
# The package's own script would fetch what GPUs need.
install() { (cd build/onnxruntime && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error); }
install || install # a registry may be busy once
cp tests/onnxruntime/package-lock.json build/onnxruntime/installed.json
