lamina completion tcsh
