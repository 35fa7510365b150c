cp $ROOT/tests/data/*.yaml .
sed -i 's/max_mb: 3008/max_mb: 64/
	s/visible_vcpus: \[2\]/visible_vcpus: [2, 3]/
	s/value: \[0.17, 0.24, 0.57\]/value: [0.3, 0.2]/
	s/value: \[540, 600, 660\]/value: [540, 700, 660]/
	s/probability: \[0.1, 0.9\]/probability: [0.9, 0.1]/
	s/burst_mb_per_second: 212/burst_mb_per_second: 12/
	s/usd_per_gb_second/usd_per_gb_seconds/
	s/tmp_mb: 512/tmp_mb: -1/
	/timeout_seconds/d' platform.yaml
lamina check experiment.yaml
