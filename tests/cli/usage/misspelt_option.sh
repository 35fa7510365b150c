lamina help --hlep
