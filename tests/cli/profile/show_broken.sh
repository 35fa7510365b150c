sed 's/seconds: 0.125/seconds: 0/; s/function: back/function: bak/' $ROOT/tests/fuzz/corpus/profile/two_functions.yaml > broken.yaml
lamina profile show broken.yaml
