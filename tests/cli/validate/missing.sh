lamina validate no_such.yaml
