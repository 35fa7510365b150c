lamina profile show --format json $ROOT/tests/fuzz/corpus/profile/two_functions.yaml
