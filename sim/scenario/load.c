#include "scenario/load.h"

#include <string.h>

static bool overlay_below(struct yaml_node *root, const struct yaml_node *part, const char *prefix, struct arena *arena,
			  struct diag *diag)
{
	bool ok = true;
	for (const struct yaml_node *child = part->first; child; child = child->next) {
		const char *key = prefix[0] ? arena_printf(arena, "%s.%s", prefix, child->key) : child->key;
		if (child->kind == YAML_MAP && child->count > 0)
			ok = overlay_below(root, child, key, arena, diag) && ok;
		else
			ok = yaml_set_node(root, key, child, child->place, arena, diag) && ok;
	}
	return ok;
}

bool experiment_overlay(struct yaml_node *root, const struct yaml_node *overlay, struct arena *arena, struct diag *diag)
{
	if (overlay->kind != YAML_MAP) {
		diag_error(diag, overlay->place, "an overlay must be a mapping, not %s", yaml_describe(overlay, arena));
		return false;
	}
	return overlay_below(root, overlay, "", arena, diag);
}

static bool apply_set(struct yaml_node *root, const char *pair, struct arena *arena, struct diag *diag)
{
	struct diag_place place = {.file = "--set"};
	const char *equals = strchr(pair, '=');
	if (!equals || equals == pair) {
		diag_error(diag, place, "'%s' is not KEY=VALUE", pair);
		return false;
	}
	char *key = arena_strndup(arena, pair, (size_t)(equals - pair));
	return bind_check_key(&experiment_schema, key, place, diag) &&
	       yaml_set(root, key, equals + 1, place, arena, diag);
}

bool experiment_load(const struct load_request *request, struct arena *arena, struct diag *diag,
		     struct yaml_node **root, struct experiment *out, bool *io_failed)
{
	size_t errors_before = diag->error_count;
	*root = yaml_read(request->path, arena, diag, io_failed);
	if (!*root)
		return false;
	if ((*root)->kind != YAML_MAP) {
		diag_error(diag, (*root)->place, "an experiment must be a mapping, not %s",
			   yaml_describe(*root, arena));
		return false;
	}
	for (size_t i = 0; i < request->overlay_count; i++) {
		struct yaml_node *overlay = yaml_read(request->overlays[i], arena, diag, io_failed);
		if (overlay)
			experiment_overlay(*root, overlay, arena, diag);
	}
	for (size_t i = 0; i < request->set_count; i++)
		apply_set(*root, request->sets[i], arena, diag);
	experiment_bind(*root, request->path, arena, diag, out);
	return diag->error_count == errors_before;
}
