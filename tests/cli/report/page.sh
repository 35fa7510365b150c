# A page of an experiment, and the same of its file of results but for the command; it asks for nothing.
cp "$ROOT"/tests/data/*.yaml .
lamina report experiment.yaml -n 3 -o page.html
lamina report experiment.yaml -n 3 -j 1 | cmp - page.html
lamina sweep experiment.yaml -n 3 -o r.sqlite 2>/dev/null
lamina report r.sqlite -o results.html
fails 1 diff page.html results.html >changes
grep '^[<>]' changes

# What a reader sees above the figures, and below the table.
words() { sed -n "/<section id=\"$1\"/,/<section id=\"$2\"/p" page.html | sed 's/<[^>]*>/ /g' | grep '[^ ]'; }
words question figures
words bill sources
grep -c '<tr data-p=' page.html
grep -o '<figure class="chart" id="[a-z-]*"' page.html

# Nothing is fetched: no address but that of the empty icon.
grep -oiE '(src|href|srcset|action|data)="[^"]*"|url\([^)]*\)|@import' page.html
