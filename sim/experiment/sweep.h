/*
 * The points of an experiment's `sweep:`: the cartesian product of `matrix` (first key slowest) and of the groups of
 * `zip` (whose lists advance together), less `exclude` (subset match), then the extra `points`. A list may be written
 * as {from, to, step} or {from, to, factor}, both ends included; its values
 * have the 12 significant digits that people write.
 */
#ifndef LAMINA_SWEEP_H
#define LAMINA_SWEEP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/yaml.h"
#include "scenario/experiment_file.h"

enum { SWEEP_KEYS_MAX = 32, SWEEP_POINTS_MAX = 100000 };

struct sweep_point {
	const struct yaml_node **values; /* by index in keys; NULL where the point does not set the key */
};

struct sweep {
	const char **keys;
	size_t key_count;
	struct sweep_point *points;
	size_t point_count;
};

/* Expands; an experiment without sweep has one point that sets nothing. False when errors were added to the diag. */
bool sweep_expand(const struct experiment *experiment, struct arena *arena, struct diag *diag, struct sweep *out);

/* The experiment at a point: root is copied and the point's values are put over it. */
bool sweep_bind_point(const struct sweep *sweep, size_t point, const struct yaml_node *root, const char *path,
		      struct arena *arena, struct diag *diag, struct experiment *out);

/* A value as it is printed in results: a scalar's text, or flow YAML. */
const char *sweep_value_text(const struct yaml_node *value, struct arena *arena);

#endif
