lamina --help >/dev/full
