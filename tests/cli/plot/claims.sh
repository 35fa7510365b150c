# Predicted beside measured; an experiment without measured values has no such figure.
lamina plot "$ROOT/tests/cli/validate/claims.yaml" predicted errors -o f 2>/dev/null
cat f/errors.csv
sed -n '/^array mech/,/^$/p' f/errors.gp
cat f/predicted.csv
sed -n '/^array axes/,/^$/p' f/predicted.gp
fails 2 lamina plot "$ROOT/tests/cli/plot/two.yaml" errors -o g
