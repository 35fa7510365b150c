# Time and cost along memory: the data, what the script says of them, and that the three images are there. A file of
# results and the experiment itself give the same.
lamina sweep "$ROOT/tests/cli/plot/seldom.yaml" -o r.sqlite 2>/dev/null
lamina plot r.sqlite memory -o from-file 2>/dev/null
cat from-file/memory.csv
sed -n '/^time_name/,/^$/p' from-file/memory.gp
head -c 5 from-file/memory.svg && echo
[ "$(head -c 4 from-file/memory.png | tail -c 3)" = PNG ]
[ "$(head -c 4 from-file/memory.pdf)" = %PDF ]
lamina plot "$ROOT/tests/cli/plot/seldom.yaml" memory -o from-experiment 2>/dev/null
cmp from-file/memory.csv from-experiment/memory.csv
cmp from-file/memory.svg from-experiment/memory.svg

# The script draws the same again, wherever it is.
cp from-file/memory.csv from-file/memory.gp .
LC_ALL=C.UTF-8 gnuplot memory.gp
cmp memory.svg from-file/memory.svg
