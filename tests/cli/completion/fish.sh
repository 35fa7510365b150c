lamina completion fish | grep -- '-l version'
