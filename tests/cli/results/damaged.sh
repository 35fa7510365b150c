# Pages full of rubbish and single wrong bytes: export says that the file is damaged or gives what it should; the next
# sweep keeps what is whole and simulates the rest again.
cp $ROOT/tests/data/*.yaml .
sweep() { lamina sweep experiment.yaml -n 2 -o "$@" --set 'sweep={matrix: {seed: {from: 1, to: 40, step: 1}}}'; }
sweep whole.sqlite 2>/dev/null
lamina export whole.sqlite >whole.csv
pages=$(($(stat -c %s whole.sqlite) / 4096))

# rubbish FILE OFFSET BYTES
rubbish() { head -c "$3" /dev/urandom | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

for ((page = 1; page < pages; page += pages / 12 + 1)); do
	for bytes in 4096 1; do
		cp whole.sqlite r.sqlite
		rm -f r.sqlite.damaged
		rubbish r.sqlite $((page * 4096 + (4096 - bytes) / 2)) $bytes
		if lamina export r.sqlite >now.csv 2>said; then
			cmp now.csv whole.csv
		else
			grep -q 'damaged' said || cat said
		fi
		sweep r.sqlite 2>said || { cat said; exit 1; }
		lamina export r.sqlite | cmp - whole.csv
	done
done

echo 'cut off:' >&2
head -c $((pages * 2048)) whole.sqlite >r.sqlite
fails 1 lamina export r.sqlite >/dev/null
sweep r.sqlite 2>/dev/null
lamina export r.sqlite | cmp - whole.csv
ls r.sqlite*
