#include "base/printable.h"

#include <string.h>

void printable_make(char *text, const char *kept)
{
	for (unsigned char *p = (unsigned char *)text; *p; p++) {
		if ((*p < ' ' || *p == 0x7f) && !strchr(kept, *p))
			*p = '?';
		if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			p[0] = p[1] = '?';
	}
}
