lamina hlep
