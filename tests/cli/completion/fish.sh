lamina completion fish | grep -- '-l version'
lamina completion fish | grep -c 'subcommand_from record; and __fish_seen_subcommand_from show' | sed 's/^[1-9].*/record show has options/'
