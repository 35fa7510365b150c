# Sourced by the tests of this folder: $root, $program (a Chromium), $scratch with the experiments, $pictures (a folder, or
# nothing). A machine that lacks what they need skips them.
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
pictures=${1:+$(realpath "$1")}
for program in chromium chromium-browser google-chrome ''; do
	command -v "$program" >/dev/null && break
done
if [[ -z $program ]]; then
	echo '1..0 # SKIP there is no Chromium; tests/browser/setup.sh installs it on Debian'
	exit 0
fi
if ! command -v node >/dev/null; then
	echo '1..0 # SKIP there is no node'
	exit 0
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lamina-browser.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
