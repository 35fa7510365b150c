cp $ROOT/tests/data/profile.yaml .
sed 's/^platform: .*/platform: platform.yaml/' $ROOT/tests/data/experiment.yaml > exp.yaml
sed 's/max_mb: 3008/max_mb: 64/
	s/visible_vcpus: \[2\]/visible_vcpus: [2, 3]/
	s/value: \[0.174, 0.244, 0.573\]/value: [0.3, 0.2]/
	s/value: \[540, 600, 660\]/value: [540, 700, 660]/
	s/burst_mb_per_second: 212/burst_mb_per_second: 12/
	s/usd_per_gb_second/usd_per_gb_seconds/
	s/^limits:/machine: {feed_seconds_per_image: 1, device_images_per_second: 1, batch_images: 1}\n&/' \
	$ROOT/configs/platforms/aws-lambda-2019.yaml > platform.yaml
lamina check exp.yaml
