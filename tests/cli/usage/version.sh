lamina --version
