/*
 * Blanks: the plain word `blank` where a value belongs that nobody has stated yet, as `lamina import` leaves them.
 * They are told with what each is and how it is filled; an overlay, --set or a sweep over the key fills it.
 */
#ifndef LAMINA_BLANK_H
#define LAMINA_BLANK_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/bind.h"

extern const char blank_word[];

/*
 * Takes all blanks out of an experiment's tree, so that binding finds its other mistakes; keys without which it would
 * find more get a value that stands in. Each is an error at its place, but where they are allowed, and where `sweep`
 * (NULL: none) sets the key at every point.
 */
void blank_set_aside(struct yaml_node *root, const struct bind_schema *schema, bool is_allowed,
		     const struct yaml_node *sweep, struct arena *arena, struct diag *diag);

#endif
