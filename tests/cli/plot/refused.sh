# What cannot be drawn says why, and nothing is left.
lamina sweep "$ROOT/tests/cli/plot/two.yaml" -n 1 -o r.sqlite 2>/dev/null
fails 2 lamina plot r.sqlite memroy -o f
fails 2 lamina plot r.sqlite record-size -o f.svg
fails 2 lamina plot r.sqlite memory key -o f.svg
fails 2 lamina plot r.sqlite -o f.svg
fails 2 lamina plot r.sqlite memory --time makespan -o f.svg
fails 2 lamina plot r.sqlite memory --x platform -o f.svg
fails 2 lamina plot r.sqlite memory --set name=x -o f.svg
fails 2 lamina plot r.sqlite memory -o f.svg --terminal
fails 2 lamina plot r.sqlite memory --only platform=x -o f.svg
fails 1 lamina plot none.sqlite memory -o f.svg
fails 1 lamina plot r.sqlite memory -o /dev/null/f.svg
fails 1 lamina plot none.yaml memory -o f.svg
ls

# Nor is anything where gnuplot is missing, but for what it would have read.
mkdir bin
ln -s "$(command -v lamina)" bin/lamina
PATH=$PWD/bin fails 1 lamina plot r.sqlite memory -o g.svg
ls

# A drawing that breaks off leaves the old image whole.
printf '#!/bin/sh\necho half >g.svg\nexit 1\n' >bin/gnuplot
chmod +x bin/gnuplot
echo whole >g.svg
PATH=$PWD/bin:$PATH fails 1 lamina plot r.sqlite memory -o g.svg
cat g.svg
lamina plot r.sqlite

# All figures are in the manual page.
lamina plot r.sqlite -f csv | tail -n +2 | cut -d, -f1 | while read -r figure; do
	grep -q "^\*$figure\*$" "$ROOT/contrib/man/lamina-plot.more.scd"
done
