/* What check.h and err.h declare: the two ways in which a function says that it cannot go on. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool err_set(struct err *err, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	err->is_unread = false;
	return false;
}

bool err_prefix(struct err *err, const char *format, ...)
{
	char prefix[ERR_TEXT_BYTES / 2];
	char rest[ERR_TEXT_BYTES / 2 - 2];
	va_list args;
	va_start(args, format);
	vsnprintf(prefix, sizeof prefix, format, args);
	va_end(args);
	snprintf(rest, sizeof rest, "%s", err->text);
	snprintf(err->text, sizeof err->text, "%s: %s", prefix, rest);
	return false;
}

void check_failed(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: bug: check failed: %s\n", file, line, condition);
	abort();
}

void die(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("lamina: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}
