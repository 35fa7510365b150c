#include "cli/scdoc.h"

#include <string.h>

void scdoc_escape(const char *text, struct buf *out)
{
	for (; *text; text++) {
		if (strchr("_*\\[<#~`", *text))
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
}
