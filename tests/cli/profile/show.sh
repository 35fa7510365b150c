lamina profile show $ROOT/tests/fuzz/corpus/profile/two_functions.yaml
