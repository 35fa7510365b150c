lamina profile nowhere.yaml
