lamina paper --profile no.yaml
