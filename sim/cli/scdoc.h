/* Manual pages are written as scdoc(5) text. */
#ifndef LAMINA_SCDOC_H
#define LAMINA_SCDOC_H

#include "base/buf.h"

/* Adds text so that every character of it means itself. */
void scdoc_escape(const char *text, struct buf *out);

#endif
