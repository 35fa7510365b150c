lamina help help
