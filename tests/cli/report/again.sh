# The command that a page names gives that page again, whatever is in its words.
cp "$ROOT"/tests/data/*.yaml .
cp experiment.yaml "it's \$(touch ran) & <b>.yaml"
lamina report "it's \$(touch ran) & <b>.yaml" -n 2 --set "name=it's \"\`touch ran\`\" & 'more'" --set seed=3 -j 1 -o page.html
command=$(sed -n 's/.*<dt>command<\/dt><dd><code><bdi>\(.*\)<\/bdi>.*/\1/p' page.html |
	sed "s/&lt;/</g; s/&gt;/>/g; s/&quot;/\"/g; s/&#39;/'/g; s/&amp;/\\&/g")
echo "$command"
eval "$command -o again.html"
cmp page.html again.html
[ ! -e ran ]
