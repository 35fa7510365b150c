# What cannot be shown says why, and nothing is left.
cp "$ROOT"/tests/data/*.yaml .
lamina sweep experiment.yaml -n 1 -o r.sqlite 2>/dev/null
echo text >not.sqlite
ls >before
fails 2 lamina report r.sqlite --set seed=3 -o page.html
fails 2 lamina report r.sqlite --only platform=x -o page.html
fails 2 lamina report experiment.yaml --only pipeline.parallel=77 -o page.html
fails 2 lamina report -o page.html
fails 1 lamina report not.sqlite -o page.html
fails 1 lamina report none.sqlite -o page.html
fails 1 lamina report none.yaml -o page.html
fails 1 lamina report r.sqlite -o /dev/null/page.html
(ulimit -f 1; fails 1 lamina report r.sqlite -o page.html >/dev/null)
ls | diff before -

# Points that fail have no part in the answer.
fails 1 lamina report experiment.yaml -n 1 --set framework.memory_mb=5000 -o page.html
sed -n '/id="answer"/,/<\/section>/p' page.html
