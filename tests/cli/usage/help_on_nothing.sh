lamina help hlep
