/* Dotted keys ("functions.conv1.memory_mb") of --set and sweeps, in parts. A part is never empty. */
#ifndef LAMINA_DOTTED_H
#define LAMINA_DOTTED_H /* private to doc */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/yaml.h"

struct dotted {
	const char *parts[YAML_DEPTH_MAX]; /* in the arena */
	size_t count;                      /* at least 1 */
};

/* False, with a diag error at place, for an empty part or more than YAML_DEPTH_MAX parts. */
bool dotted_split(struct dotted *dotted, const char *key, struct diag_place place, struct arena *arena,
		  struct diag *diag);

/* The first count parts with their dots, cut for messages; in the arena. */
const char *dotted_prefix(const struct dotted *dotted, size_t count, struct arena *arena);

#endif
