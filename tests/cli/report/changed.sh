# Where the files behind results have changed or are gone, bands, advice and sources are left out, and the page says so.
cp "$ROOT"/tests/data/*.yaml .
lamina sweep experiment.yaml -n 2 -o r.sqlite 2>/dev/null
doubt() {
	lamina report r.sqlite -o page.html
	grep 'class="doubt"' page.html || echo no doubt
	echo "$(grep -c 'class="range"' page.html) bands, $(grep -c '<details>' page.html) to unfold"
}
doubt
sed -i 's/usd_per_gb_second: .*/usd_per_gb_second: 0.5/' platform.yaml
doubt
mv platform.yaml elsewhere
doubt

# Of a part of the points, the same sentences about these.
mv elsewhere platform.yaml
lamina report r.sqlite --only pipeline.parallel=1 -o part.html
grep -c '<tr data-p=' part.html
