# A plan as a page: the recommended one first, plans that are the same setting once, the planner's words, how to repeat it.
cp "$ROOT"/tests/data/*.yaml .
sed -i '/^sweep/,$d' experiment.yaml
lamina plan experiment.yaml --deadline 60 --quick -n 3 --report plan.html >words
sed -n '/<section id="question"/,/<section id="figures"/p' plan.html | sed 's/<[^>]*>/ /g' | grep '[^ ]' |
	sed -n '1,/In the planner/p'
sed -n '/<pre class="words"/,/<\/pre>/p' plan.html | sed 's/<[^>]*>//g; s/&#39;/'"'"'/g; s/&amp;/\&/g' | diff -B - words
grep -o '<th scope="row" data-v="[0-9]*">[^<]*' plan.html
grep '<dt>command' plan.html

# No plan, no page; what is there stays.
fails 3 lamina plan experiment.yaml --deadline 0.1 --quick --report plan.html >/dev/null 2>&1
fails 1 lamina plan experiment.yaml --deadline 60 --quick --report /dev/null/plan.html
grep -c '</html>' plan.html
