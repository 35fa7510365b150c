/* What the other end of a file descriptor can show. */
#ifndef LAMINA_TERMINAL_H
#define LAMINA_TERMINAL_H

#include <stdbool.h>

/* A terminal, where neither NO_COLOR (https://no-color.org: set and not empty) nor TERM=dumb says otherwise. */
bool terminal_has_colour(int fd);

/* Columns of the terminal; fallback where fd is none. */
int terminal_width(int fd, int fallback);

/* Columns that UTF-8 text takes: code points, without combining ones; wide (East Asian) ones count two. */
int terminal_text_width(const char *text);

#endif
