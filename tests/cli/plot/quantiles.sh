# Quantiles along a key; in characters, where no file is wanted.
lamina plot "$ROOT/tests/cli/plot/seldom.yaml" quantiles -o q.pdf
cat q.csv
lamina plot "$ROOT/tests/cli/plot/seldom.yaml" quantiles --terminal
