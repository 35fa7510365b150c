#!/usr/bin/env bash
# Runs a TAP test for prove, which shows no reason of a failure: where the test failed, everything that it printed but
# its passed lines goes to standard error in one piece. usage: prove --exec tests/reasons.sh TEST...
set -u
folder=$(mktemp -d "${TMPDIR:-/tmp}/lamina-test.XXXXXX")
trap 'rm -rf "$folder"' EXIT
"$@" 2>"$folder/errors" | tee "$folder/tap"
status=${PIPESTATUS[0]}
if ((status)) || grep -q -e '^not ok' -e '^Bail out' "$folder/tap"; then
	{
		echo
		echo "$* failed, status $status:"
		grep -v '^ok ' "$folder/tap"
		cat "$folder/errors"
	} >"$folder/reasons"
	cat "$folder/reasons" >&2
else
	cat "$folder/errors" >&2
fi
exit "$status"
