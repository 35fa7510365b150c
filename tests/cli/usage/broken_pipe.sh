# The reader goes away before anything is written.
mkfifo pipe
exec 3<>pipe 4>pipe
exec 3<&-
lamina --help >&4
