# Every kind of rows in every format, names that want to be more than names, and the views as Python sees them.
cp $ROOT/tests/data/*.yaml .
lamina sweep experiment.yaml -n 2 -o r.sqlite 2>/dev/null \
	--set 'sweep={matrix: {framework.name: ["a|b,\"c\" `d`", "\e[31mred\u009b\n"], pipeline.retries: [0, 1]}}'
for kind in points replications functions bill stages failures; do
	for format in csv json jsonl markdown; do
		lamina export r.sqlite --rows $kind --format $format >$kind.$format
		echo "$kind $format: $(wc -l <$kind.$format) lines"
	done
	[[ $kind == failures ]] || python3 - $kind <<-'END'
		import csv, json, sys
		kind = sys.argv[1]
		rows = list(csv.DictReader(open(kind + '.csv', newline='')))
		lines = [json.loads(line) for line in open(kind + '.jsonl')]
		assert lines == json.load(open(kind + '.json')) and len(lines) == len(rows) > 0
		text = lambda value: '' if value is None else value if isinstance(value, str) else None
		for row, line in zip(rows, lines):
		    assert list(row) == list(line)
		    for key, value in line.items():
		        assert text(value) == row[key] if text(value) is not None else float(row[key]) == value, (key, value)
		assert lines[0]['framework.name'] == 'a|b,"c" `d`' and lines[-1]['framework.name'] == '\x1b[31mred\x9b\n'
	END
done
cut -d'|' -f 2-5 functions.markdown | head -4 | cut -c 1-60
for file in o.csv o.json o.jsonl o.md; do
	lamina export r.sqlite -o $file
	head -c 1 $file
done
echo
python3 - <<-'END'
	import sqlite3
	file = sqlite3.connect('r.sqlite')
	for view in 'point_summary', 'replications', 'bill', 'stages':
	    rows = file.execute(f'SELECT * FROM {view}')
	    names = [column[0] for column in rows.description]
	    print(view, len(rows.fetchall()), names[:3], len(names) == len(set(names)))
	cost, bill, stages = file.execute('''SELECT (SELECT SUM(cost_usd) FROM point_summary), (SELECT SUM(usd) FROM bill),
	    (SELECT SUM(computing_usd) FROM stages)''').fetchone()
	print(abs(cost - bill) < 1e-9 * cost, 0 < stages < cost)
	print(file.execute('SELECT kind, length(hash) FROM source ORDER BY 1').fetchall())
	print(file.execute("SELECT type, COUNT(*) FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE"
	                   " 'sqlite_%' GROUP BY 1").fetchall())
END
