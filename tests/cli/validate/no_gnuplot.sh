cp $ROOT/tests/cli/validate/claims.yaml exp.yaml
mkdir bin
ln -s "$(command -v lamina)" bin/lamina
ln -s "$(command -v cat)" bin/cat
PATH=$PWD/bin fails 1 lamina validate exp.yaml -f csv -o out > rows.csv
/bin/ls out
