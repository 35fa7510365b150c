#include "experiment/point.h"

bool point_resolve(const struct yaml_node *root, const struct yaml_node *values, const char *path,
		   struct library *library, struct arena *arena, struct diag *diag, struct experiment *experiment,
		   struct setting *setting)
{
	struct yaml_node *copy = yaml_copy(root, arena);
	bool ok = true;
	for (const struct yaml_node *entry = values ? values->first : NULL; entry; entry = entry->next) {
		ok = bind_check_key(&experiment_schema, entry->key, entry->key_place, diag) &&
		     yaml_set_node(copy, entry->key, entry, entry->place, arena, diag) && ok;
	}
	return ok && experiment_bind(copy, path, arena, diag, experiment) &&
	       experiment_resolve(experiment, library, arena, diag, setting);
}
