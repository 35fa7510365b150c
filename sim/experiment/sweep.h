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
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/yaml.h"
#include "scenario/experiment_file.h"

enum { SWEEP_KEYS_MAX = 32, SWEEP_POINTS_MAX = 1000000 };

/* Keys that advance together. */
struct sweep_axis {
	size_t keys[SWEEP_KEYS_MAX];
	const struct yaml_node **values[SWEEP_KEYS_MAX]; /* of every key, length of them */
	size_t key_count;
	size_t length;
};

/* Points are not held: a point's number, written in the mixed radix of the axes' lengths, tells its values. */
struct sweep {
	const char **keys;
	size_t key_count;
	struct sweep_axis *axes;
	size_t axis_count;
	uint32_t *kept; /* numbers of the product's points that `exclude` leaves, ascending; NULL: all */
	size_t kept_count;
	const struct yaml_node **extra; /* maps of the extra points, which come last */
	size_t point_count;
};

/* The value of a key at a point; NULL where the point does not set it. */
const struct yaml_node *sweep_value(const struct sweep *sweep, size_t point, size_t key);

/* Expands; an experiment without sweep has one point that sets nothing. False when errors were added to the diag. */
bool sweep_expand(const struct experiment *experiment, struct arena *arena, struct diag *diag, struct sweep *out);

/* The experiment at a point: root is copied and the point's values are put over it. */
bool sweep_bind_point(const struct sweep *sweep, size_t point, const struct yaml_node *root, const char *path,
		      struct arena *arena, struct diag *diag, struct experiment *out);

/* A value as it is printed in results: a scalar's text, or flow YAML. */
const char *sweep_value_text(const struct yaml_node *value, struct arena *arena);

#endif
