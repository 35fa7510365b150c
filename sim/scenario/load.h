/* An experiment from its file, with overlays (later ones win) and single values (--set) put over it, in that order. */
#ifndef LAMINA_LOAD_H
#define LAMINA_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "scenario/experiment_file.h"

enum { LOAD_BASES_MAX = 8 };

struct load_request {
	const char *path;
	const char *const *overlays; /* YAML files with parts of an experiment */
	size_t overlay_count;
	const char *const *sets; /* "key=value" */
	size_t set_count;
	const struct yaml_node *over; /* put over the overlays, before the values; NULL for nothing */
};

/*
 * Reads, overlays and binds. *root gets the tree, which sweeps copy; it lives in the arena. *io_failed (may be NULL)
 * tells an unreadable file from a wrong one. False when errors were added to the diag.
 */
bool experiment_load(const struct load_request *request, struct arena *arena, struct diag *diag,
		     struct yaml_node **root, struct experiment *out, bool *io_failed);

#endif
