#!/usr/bin/env bash
# Installs, into build/formats, the readers that package-lock.json names: nothing where they are there already.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p build/formats
if cmp -s tests/formats/package-lock.json build/formats/installed.json; then
	exit 0
fi
cp tests/formats/package.json tests/formats/package-lock.json build/formats/
install() { (cd build/formats && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error); }
install || install # a registry may be busy once
unzip -qo build/formats/node_modules/@aws-cdk/asset-awscli-v1/lib/layer.zip -d build/formats/aws
cp tests/formats/package-lock.json build/formats/installed.json
