lamina profile show $ROOT/tests/fuzz/corpus/profile/disturbed.yaml | sed '/^$/,$d' &&
	lamina profile show --format json $ROOT/tests/fuzz/corpus/profile/disturbed.yaml | sed -n '/"host"/,/"values"/p'
