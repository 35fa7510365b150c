cp "$ROOT/tests/data/profile.yaml" one.yaml
sed 's/name: \(conv1\|relu1\|fc2\)/name: other-\1/' one.yaml > strange.yaml
sed -e 's/images: 100/images: 101/' -e 's/images: 10,/images: 11,/' one.yaml > sizes.yaml
fails 2 lamina profile compare one.yaml strange.yaml
fails 2 lamina profile compare one.yaml sizes.yaml
fails 2 lamina profile compare one.yaml absent.yaml
