/* A growing text buffer: what is to be printed or written is built here first, so that nothing half-made leaves. */
#ifndef LAMINA_BUF_H
#define LAMINA_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/check.h"

struct buf {
	char *text; /* NUL-terminated once anything was added; NULL before */
	size_t length;
	size_t capacity;
};

void buf_init(struct buf *buf);
void buf_release(struct buf *buf);
void buf_clear(struct buf *buf); /* empties, keeps the memory */

void buf_add(struct buf *buf, const char *text);
void buf_add_bytes(struct buf *buf, const void *bytes, size_t count);
void buf_add_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *buf, const char *format, va_list args);

/* A word of a command line: as it is where a shell takes it so, else in single quotes. */
void buf_add_shell_word(struct buf *buf, const char *text);

/* The text, "" when empty; valid until the next call. */
const char *buf_text(const struct buf *buf);

/*
 * Makes question marks of control characters (C0, DEL, and C1 in UTF-8), but of those in `kept`: text from files and
 * arguments must not reach a terminal's escape sequences.
 */
void printable_make(char *text, const char *kept);

#endif
