lamina --help >&-
