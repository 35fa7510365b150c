/* The manual page of a kind of file, made from the table that its reader binds it with. */
#ifndef LAMINA_SCHEMA_PAGE_H
#define LAMINA_SCHEMA_PAGE_H

#include "base/buf.h"
#include "doc/bind.h"

struct document_kind {
	const char *name; /* "experiment": the page is lamina-experiment(5) */
	const char *summary;
	const char *description; /* paragraphs, plain text */
	const struct bind_schema *schema;
};

/* scdoc source: every key by its dotted name, as --set and sweeps spell it. */
void schema_page_write(const struct document_kind *kind, struct buf *out);

#endif
