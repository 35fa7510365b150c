/*
 * Binds a YAML tree to C structs by table. A row of the table is a key: its type, range, unit, default and one
 * line of help; parsing, checking, "did you mean", the printed schema and the manual all follow from the row.
 * Unknown keys, wrong types, values out of range and missing keys are put into the diag, each at its place, and
 * binding goes on. The row macros take the key from the member's name, so file, struct and table cannot drift.
 */
#ifndef LAMINA_BIND_H
#define LAMINA_BIND_H

#include <float.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/yaml.h"

enum bind_type {
	BIND_BOOL,        /* bool: true | false */
	BIND_INT,         /* int64_t in [min, max] */
	BIND_DOUBLE,      /* double in [min, max]; integers are accepted */
	BIND_TEXT,        /* const char *, in the arena */
	BIND_CHOICE,      /* int: index into choices */
	BIND_STRUCT,      /* a nested struct by its own table */
	BIND_DOUBLE_LIST, /* struct bind_doubles */
	BIND_INT_LIST,    /* struct bind_ints */
	BIND_TEXT_LIST,   /* struct bind_texts */
	BIND_STRUCT_LIST, /* struct bind_structs: a list of mappings */
	BIND_STRUCT_MAP,  /* struct bind_structs: a mapping of names to mappings; sets the element's `name` */
	BIND_NODE,        /* struct yaml_node *: kept as it is, for tables that are not fixed (matrix keys) */
};

struct bind_doubles {
	double *values;
	size_t count;
};

struct bind_ints {
	int64_t *values;
	size_t count;
};

struct bind_texts {
	const char **values;
	size_t count;
};

struct bind_structs {
	void *items; /* array of the element struct */
	size_t count;
};

struct bind_field {
	const char *key;
	enum bind_type type;
	size_t offset;
	bool required;
	double min; /* numbers and list elements; both 0 means unbounded */
	double max;
	const char *fallback;             /* YAML text used when the key is absent; NULL leaves zeroed memory */
	const char *help;                 /* one line, with the unit */
	const char *const *choices;       /* BIND_CHOICE: NULL-terminated */
	const struct bind_schema *schema; /* BIND_STRUCT*: the nested table */
	size_t count_max;                 /* lists and maps: most elements; 0 means 10,000 */
	const char *text_key;             /* BIND_STRUCT: what a text in its place may have meant; may be NULL */
	bool is_label;                    /* for people and other tools: no part of what is meant (bind_write_bytes) */
};

struct bind_schema {
	const char *title;               /* "a platform", for messages */
	size_t bytes;                    /* sizeof the struct */
	const struct bind_field *fields; /* ends with a NULL key */
	size_t place_offset_plus_one; /* 1 + offset of the diag_place member that gets the mapping's place; 0: none */
	size_t name_offset_plus_one;  /* 1 + offset of const char *name, for BIND_STRUCT_MAP */
	/* Called after the fields of one struct are bound without errors, for checks between fields; may be NULL. */
	void (*check)(void *value, const struct yaml_node *node, struct diag *diag);
	/*
	 * Where files are put over others: the key that names the file below. A file that has it, or lacks the schema's
	 * first required key, is only a part of what is bound, and the JSON Schema asks nothing of it but in lists,
	 * which are replaced whole. NULL: every file is whole.
	 */
	const char *base_key;
	const char *open_word; /* a word that may stand for any value before it is bound ("unknown"); NULL: none */
};

/* clang-format off */
#define BIND_FIELD(type_name, member, kind, ...) \
	{ .key = #member, .type = (kind), .offset = offsetof(type_name, member), __VA_ARGS__ }
#define BIND_END { .key = NULL }
/* clang-format on */

/*
 * Fills *out (schema->bytes of memory, zeroed first) from the map. Strings and lists live in the arena. Returns
 * false when the diag has errors, be they older ones.
 */
bool bind_map(const struct bind_schema *schema, const struct yaml_node *map, void *out, struct arena *arena,
	      struct diag *diag);

/* The row for key, or NULL. */
const struct bind_field *bind_find_field(const struct bind_schema *schema, const char *key);

/* The place of key inside map for a later message about its value: the value's place, else the map's own. */
struct diag_place bind_place(const struct yaml_node *map, const char *key);

/*
 * Whether a dotted key can exist under the schema; where not, a diag error at place with "did you mean".
 * Names inside BIND_STRUCT_MAP are free. Used for --set and sweep keys.
 */
bool bind_check_key(const struct bind_schema *schema, const char *dotted_key, struct diag_place place,
		    struct diag *diag);

/* The schema as JSON Schema draft-07. */
struct buf;
void bind_write_json_schema(const struct bind_schema *schema, const char *id, struct buf *out);

#endif
