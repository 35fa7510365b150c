lamina completion
