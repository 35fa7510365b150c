# Profiles that come with Lamina are shown by their names, and a misspelt one is told which there are.
lamina profile show alexnet-amd-epyc --format csv | sed -n 2p | cut -d, -f1-5
lamina profile compare alexnet-amd-epyc $ROOT/profiles/alexnet-amd-epyc.yaml | head -n 1 | cut -d, -f2
fails 2 lamina profile show alexnet-amd-epic
fails 2 lamina profile show zebra
