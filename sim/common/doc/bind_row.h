/* What the files of bind.h share about the rows of a table. */
#ifndef LAMINA_BIND_ROW_H
#define LAMINA_BIND_ROW_H /* private to doc */

#include "doc/bind.h"

enum {
	BIND_FIELDS_MAX = 128,  /* rows of one table */
	BIND_COUNT_MAX = 10000, /* elements where the row says nothing */
};

/* A bound from here on is no bound: doubles end at 1.8e308, ints at 9.2e18. */
#define BIND_UNBOUNDED 9.2e18

/* The row's default as a node in the arena; scalars of text rows are taken as they stand. The row has one. */
struct yaml_node *bind_parse_fallback(const struct bind_field *field, struct diag_place place, struct arena *arena);

/* "unknown key 'prefixkey'" with the nearest known key, else with all of them. */
void bind_refuse_unknown(const struct bind_schema *schema, const char *key, const char *prefix, struct diag_place place,
			 struct diag *diag);

#endif
