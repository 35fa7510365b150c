# A neighbour's work, written into a profile that is otherwise the committed one.
sed 's/^  other_programs_cores: .*/  other_programs_cores: 1.8/' $ROOT/profiles/alexnet-h1-amd-epyc.yaml > busy.yaml
lamina paper --profile busy.yaml -o . --no-plots > table.txt &&
	sed -n '/^This profile/,$p' table.txt &&
	grep -c '  not trusted$' table.txt &&
	head -n 1 paper.csv &&
	grep 'memMin-1000, time' paper.csv | sed 's/.*,//'
