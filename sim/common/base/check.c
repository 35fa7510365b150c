#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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
