/*
 * Quantities that nobody has published: `unknown` in a platform's file. They are set aside when the file is read and
 * refused only where a simulation needs them, with the key by which the user can supply a value.
 */
#ifndef LAMINA_UNKNOWN_H
#define LAMINA_UNKNOWN_H /* private to scenario */

#include "doc/bind.h"
#include "serving/setting.h"

/* Lists the dotted keys whose value is `unknown` and puts the least value that their row allows in its place. */
void unknown_set_aside(struct yaml_node *root, const struct bind_schema *schema, struct arena *arena,
		       struct bind_texts *keys);

/* Those of them that the setting needs. */
void unknown_needed(const struct setting *setting, bool has_profile, struct arena *arena, struct bind_texts *out);

/* False, with a diag error at place for each, where the setting needs an unknown quantity of its platform. */
bool unknown_check(const struct setting *setting, bool has_profile, struct diag_place place, struct diag *diag);

#endif
