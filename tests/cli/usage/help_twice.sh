# Both spellings of the question get the same answer.
lamina --help >one
lamina help >two
cmp one two
