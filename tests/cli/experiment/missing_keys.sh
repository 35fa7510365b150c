printf 'title: nothing\n' > exp.yaml
lamina check exp.yaml
