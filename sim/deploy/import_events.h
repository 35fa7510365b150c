/*
 * What starts a function or a state machine: events that stand with it (SAM, serverless.yml), elsewhere resources that
 * name it.
 */
#ifndef LAMINA_IMPORT_EVENTS_H
#define LAMINA_IMPORT_EVENTS_H /* private to deploy */

#include "deploy/import_parts.h"

struct found_source {
	const char *kind;                   /* as in the experiment; NULL: none is like it */
	const char *type;                   /* in the tool's words */
	const struct yaml_node *settings;   /* of the event or the mapping */
	const struct yaml_node *parameters; /* of what a pipe reads; NULL: they stand in the settings */
	const char *schedule;               /* "rate(5 minutes)"; NULL */
	const struct yaml_node *queue;      /* settings of the queue or stream; NULL: elsewhere */
	const struct yaml_node *redrive;    /* a resource of its own that says what is dead; NULL */
	struct diag_place place;
};

struct source_list {
	struct found_source *items;
	size_t count;
	size_t most;
};

/* In the file's order; of a function, or of a machine. */
void import_find_events(const struct importing *importing, const struct imported_function *function,
			struct source_list *list);
void import_find_starts(const struct importing *importing, const struct inventory_item *machine,
			struct source_list *list);

/* The first of the paths that leads to something; NULL. */
const struct yaml_node *import_first_of(const struct yaml_node *settings, const char *const *paths, size_t count);

/* Whether a node's text means the item, or an alias of it. */
bool import_means(const struct importing *importing, const struct yaml_node *node, const struct inventory_item *item);

/* Whether some text at or below a node, which may be NULL, holds the word. */
bool import_says(const struct importing *importing, const struct yaml_node *node, const char *word);

/* A function's item with the name that it gets deployed by, which the Serverless Framework makes. */
struct inventory_item import_named_item(const struct imported_function *function);

#endif
