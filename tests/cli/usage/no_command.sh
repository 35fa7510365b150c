lamina
