#include "scenario/load.h"

#include <string.h>

#include "base/file.h"
#include "scenario/function_name.h"

static bool is_map(const struct yaml_node *root, const char *what, struct arena *arena, struct diag *diag)
{
	if (root->kind == YAML_MAP)
		return true;
	diag_error(diag, root->place, "%s must be a mapping, not %s", what, yaml_describe(root, arena));
	return false;
}

/* The tree of a file put over the one its `base:` names; NULL with diag errors. */
static struct yaml_node *read_with_base(const char *path, int depth, struct arena *arena, struct diag *diag,
					bool *io_failed)
{
	struct yaml_node *root = yaml_read(path, arena, diag, io_failed);
	if (!root || !is_map(root, "an experiment", arena, diag))
		return NULL;
	const struct yaml_node *base = yaml_get(root, "base");
	if (!base || base->kind != YAML_SCALAR)
		return root;
	if (depth == LOAD_BASES_MAX) {
		diag_error(diag, base->place, "more than %d experiments stand on each other; is there a circle?",
			   LOAD_BASES_MAX);
		return NULL;
	}
	struct yaml_node *below =
		read_with_base(file_resolve(path, base->text, arena), depth + 1, arena, diag, io_failed);
	if (!below)
		return NULL;
	yaml_merge(below, root, arena);
	return below;
}

/* A profile has functions of its own, which are not known yet. */
static bool check_function(const struct yaml_node *root, const char *key, struct diag_place place, struct arena *arena,
			   struct diag *diag)
{
	const struct yaml_node *functions = yaml_get(root, "functions");
	if (yaml_get(root, "profile") || !functions || functions->kind != YAML_MAP)
		return true;
	const char **names = ARENA_ARRAY(arena, const char *, functions->count);
	size_t count = 0;
	for (const struct yaml_node *function = functions->first; function; function = function->next)
		names[count++] = function->key;
	return function_name_check_key(key, names, count, place, diag);
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
	return bind_check_key(&experiment_schema, key, place, diag) && check_function(root, key, place, arena, diag) &&
	       yaml_set(root, key, equals + 1, place, arena, diag);
}

bool experiment_load(const struct load_request *request, struct arena *arena, struct diag *diag,
		     struct yaml_node **root, struct experiment *out, bool *io_failed)
{
	size_t errors_before = diag->error_count;
	*root = read_with_base(request->path, 0, arena, diag, io_failed);
	if (!*root)
		return false;
	for (size_t i = 0; i < request->overlay_count; i++) {
		struct yaml_node *overlay = yaml_read(request->overlays[i], arena, diag, io_failed);
		if (overlay && is_map(overlay, "an overlay", arena, diag))
			yaml_merge(*root, overlay, arena);
	}
	if (request->over)
		yaml_merge(*root, request->over, arena);
	for (size_t i = 0; i < request->set_count; i++)
		apply_set(*root, request->sets[i], arena, diag);
	experiment_bind(*root, request->path, arena, diag, out);
	return diag->error_count == errors_before;
}
