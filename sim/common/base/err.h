/*
 * A failure of the world (a file that cannot be read, a full disk): the function returns false
 * and fills a struct err whose text can be printed as it is. Texts start in lower case, have no
 * full stop and name the subject in quotes.
 */
#ifndef LAMINA_ERR_H
#define LAMINA_ERR_H

#include <stdbool.h>

#include "base/check.h"

enum { ERR_TEXT_BYTES = 512 };

struct err {
	char text[ERR_TEXT_BYTES];
	bool is_unread; /* a pipe that nobody reads any more: there is nothing to say, and nobody to hear it */
};

/* Fills err (cut at ERR_TEXT_BYTES) and returns false, so that callers can `return err_set(...)`. */
bool err_set(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Puts "prefix: " before the text; returns false. */
bool err_prefix(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
