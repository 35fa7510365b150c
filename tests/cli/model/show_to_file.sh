# The format follows the file's name; what cannot be written is said before anything is read, and a full disk loses nothing.
lamina model show alexnet-h1 -o layers.csv
head -3 layers.csv
lamina model show alexnet-h1 -o all.json
sed -n 2,4p all.json
fails 1 lamina model show alexnet-h1 -o nowhere/layers.csv
fails 1 lamina model show alexnet-h1 --format csv -o /dev/full >kept.csv
cmp layers.csv kept.csv
