#!/usr/bin/env bash
# Installs Chromium from Debian, where it is missing and may be installed. Other distributions bring it in forms that
# run in no container; there whoever wants the test installs a browser, and otherwise it is left out.
set -euo pipefail
for program in chromium chromium-browser google-chrome; do
	command -v "$program" >/dev/null && exit 0
done
. /etc/os-release
if [[ $ID != debian ]]; then
	echo 'setup: no Chromium, and this is not Debian: tests/browser is left out' >&2
	exit 0
fi
if ((EUID == 0)); then
	as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	as_root=(sudo)
else
	echo 'setup: as root, run: apt-get install -y --no-install-recommends chromium' >&2
	exit 1
fi
echo 'setup: installing chromium' >&2
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
