#!/bin/sh
# Prints the version: what git describes, or what `git archive` wrote here (.gitattributes, export-subst).
archived='$Format:%(describe:tags)$'
commit='$Format:%h$'
cd "$(dirname "$0")/../.." || exit 1
case $archived in
'$'*) git describe --tags --always --dirty 2>/dev/null || echo unknown ;;
'') echo "$commit" ;;
*) echo "$archived" ;;
esac
