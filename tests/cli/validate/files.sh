cp $ROOT/tests/cli/validate/claims.yaml exp.yaml
lamina validate exp.yaml -f csv -o out/figures > rows.csv && cmp rows.csv out/figures/validation.csv && ls out/figures && sed -n "/^array mech/,/^$/p" out/figures/validation.gp
