/* What the files of import.h share: the function list, and building the experiment's tree with comments. */
#ifndef LAMINA_IMPORT_PARTS_H
#define LAMINA_IMPORT_PARTS_H /* private to deploy */

#include "deploy/import.h"
#include "deploy/inventory.h"
#include "deploy/substitution.h"

struct imported_function {
	const struct inventory_item *item; /* NULL: a state machine calls it, and no file says more */
	const char *id;
	const char *name;          /* in the experiment */
	const char *deployed_name; /* NULL: not known */
	const char *runtime;       /* NULL: not known, or an image */
	struct diag_place runtime_place;
	bool is_image;
	bool is_used; /* by the state machine, or asked for */
};

enum { NESTED_MAX = 32 }; /* stacks in others, in all */

struct nested_stack {
	const char *path;
	const struct inventory_item *item; /* that names it */
	const struct inventory *inventory; /* NULL: it could not be read, which is told */
};

struct importing {
	const struct import_request *request;
	struct inventory inventory;
	struct substitution substitution;
	struct imported_function *functions;
	size_t function_count;
	size_t function_capacity;
	struct nested_stack nested[NESTED_MAX];
	size_t nested_count;
	struct arena *arena;
	struct diag *diag;
	struct yaml_node *root;
	const struct yaml_node *queue;    /* or stream, that the source reads; NULL: none that the file has */
	const struct yaml_node *start;    /* settings of the source; NULL: none */
	const struct yaml_node *standard; /* what keeps the machine from being express; NULL: nothing */
	bool starts_by_batch;             /* the machine is started with what is polled together */
};

/* "template.yaml:15"; "template.yaml" where there is no line. */
const char *import_place(struct diag_place place, struct arena *arena);

/* New last children; key is NULL in a list, comment may be. */
struct yaml_node *import_add(struct yaml_node *parent, enum yaml_kind kind, const char *key, const char *comment,
			     struct arena *arena);
void import_add_text(struct yaml_node *parent, const char *key, const char *text, const char *comment,
		     struct arena *arena);
void import_add_int(struct yaml_node *parent, const char *key, int64_t value, const char *comment, struct arena *arena);
void import_add_number(struct yaml_node *parent, const char *key, double value, const char *comment,
		       struct arena *arena);
void import_add_blank(struct yaml_node *parent, const char *key, const char *comment, struct arena *arena);

/* Lists a file's functions, with the names that they get. */
void import_list_functions(struct importing *importing, const struct inventory *inventory);

/* One that only a state machine names; the same for the same text. */
struct imported_function *import_unlisted_function(struct importing *importing, const char *id);

/*
 * `workload` and `source` of the experiment: what starts its first function, or its machine (NULL: there is none). What
 * starts others is told.
 */
void import_write_source(struct importing *importing, const struct inventory_item *machine);

bool import_starts_by_batch(const struct importing *importing, const struct inventory_item *machine);

/* `framework` and `functions` of the experiment, of those that are used. */
void import_write_functions(struct importing *importing);

#endif
