/*
 * Fn::ForEach of CloudFormation templates: entries of a map that are written once and stand for several.
 *
 * Source: CloudFormation template reference, Fn::ForEach ("Fn::ForEach::LOOP": [IDENTIFIER, [VALUES], {KEY: VALUE}];
 * ${IDENTIFIER} is the value, &{IDENTIFIER} its letters and digits, a Ref to it likewise).
 */
#ifndef LAMINA_FOR_EACH_H
#define LAMINA_FOR_EACH_H /* private to deploy */

#include "base/arena.h"
#include "doc/yaml.h"

/* Whether an entry's key begins a loop. */
bool for_each_is(const struct yaml_node *entry);

/*
 * A map of what the loop stands for, where values is what its list comes to (a list, or a text with commas); NULL where
 * it is no loop that can be followed. *left is how many nodes may still be made.
 */
const struct yaml_node *for_each_expand(const struct yaml_node *entry, const struct yaml_node *values,
					struct arena *arena, int64_t *left);

#endif
