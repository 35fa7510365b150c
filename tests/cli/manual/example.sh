# The experiments in the manual are ones that work.
awk '/^```$/ { inside = !inside; count += inside; next } inside { print > "example" count ".yaml" }' \
	"$ROOT/contrib/man/lamina-experiment.more.scd"
lamina check example1.yaml
lamina sweep example1.yaml --format csv | wc -l
lamina check example2.yaml
