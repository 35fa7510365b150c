mkdir folder
lamina check missing.yaml folder
