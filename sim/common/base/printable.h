/* Text from files and arguments must not reach a terminal's escape sequences. */
#ifndef LAMINA_PRINTABLE_H
#define LAMINA_PRINTABLE_H

/* Makes question marks of control characters (C0, DEL, and C1 in UTF-8), but of those in `kept`. */
void printable_make(char *text, const char *kept);

#endif
