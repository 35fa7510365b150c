/* One point of an experiment by hand: values put over its tree by dotted key, then bound and resolved. */
#ifndef LAMINA_POINT_H
#define LAMINA_POINT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/yaml.h"
#include "scenario/resolve.h"

/*
 * A copy of root with every entry of the `values` mapping (dotted key: value; may be NULL) put over it, as a setting.
 * False when errors were added to the diag. *experiment (needed for seed and replications) is filled as well.
 */
bool point_resolve(const struct yaml_node *root, const struct yaml_node *values, const char *path,
		   struct library *library, struct arena *arena, struct diag *diag, struct experiment *experiment,
		   struct setting *setting);

#endif
