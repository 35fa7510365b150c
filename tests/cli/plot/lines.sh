# Keys that do not lie along make lines; one image's name says its format.
lamina plot "$ROOT/tests/cli/plot/two.yaml" memory -o lines.svg
cat lines.csv
sed -n '/^time_name/,/^$/p' lines.gp
ls
