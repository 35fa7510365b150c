cp "$ROOT/tests/data/profile.yaml" one.yaml
# conv1 is half as fast, which its repeats do not explain; fc2 a tenth slower, which they may.
sed -e 's/{images: 100, seconds: 0.5}/{images: 100, seconds: 0.25, spread_seconds: 0.005}/' \
	-e 's/{images: 100, seconds: 0.4}/{images: 100, seconds: 0.44, spread_seconds: 0.08}/' one.yaml > other.yaml
lamina profile compare one.yaml other.yaml
lamina profile compare one.yaml one.yaml
lamina profile compare --format csv one.yaml other.yaml
lamina profile compare --format json one.yaml other.yaml | head -20
