/*
 * What --help prints, made from a command's row, and manual pages as scdoc(5) text: of a command from its row, of a
 * kind of file from the table that its reader binds it with.
 */
#ifndef LAMINA_USAGE_H
#define LAMINA_USAGE_H /* private to cli */

#include "base/buf.h"
#include "cli/command.h"
#include "doc/bind.h"

enum { USAGE_COLUMNS = 80 };

/* name is the full one: "lamina run". */
void usage_write_help(const struct command *command, const char *name, struct buf *out);

/* scdoc source of section 1. */
void usage_write_man(const struct command *command, const char *name, struct buf *out);

struct document_kind {
	const char *name; /* "experiment": the page is lamina-experiment(5) */
	const char *summary;
	const char *description; /* paragraphs, plain text */
	const struct bind_schema *schema;
};

/* scdoc source of section 5: every key by its dotted name, as --set and sweeps spell it. */
void schema_page_write(const struct document_kind *kind, struct buf *out);

/* Adds text to scdoc source so that every character of it means itself. */
void scdoc_escape(const char *text, struct buf *out);

#endif
