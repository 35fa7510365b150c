# Names are words: none is an element, an attribute or a script of the page, nor turns what stands behind it.
cp "$ROOT/tests/browser/hostile.yaml" .
lamina report hostile.yaml -o page.html
grep -c '<script' page.html
grep -o '<[a-z]*[^<>]* on[a-z]*=' page.html || echo 'no attribute of a name'
[ -z "$(LC_ALL=C grep -P '\xe2\x80[\xaa-\xae]|[\x00-\x08\x0b-\x1f\x7f]' page.html)" ]
grep '<h1>' page.html
sed -n '/id="origin"/,/<\/dl>/p' page.html | grep hostile
