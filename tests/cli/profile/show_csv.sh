lamina profile show --format csv $ROOT/tests/fuzz/corpus/profile/two_functions.yaml
