#include "scenario/pipeline_split.h"

#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "profile/profile_split.h"

static bool refuse(const struct yaml_node *node, struct diag *diag)
{
	diag_error(diag, node->place,
		   "'split' must be names of layers in a list, a number of functions from 1 to %d, or auto",
		   PROFILE_SPLIT_MAX);
	return false;
}

static bool read_list(const struct yaml_node *node, struct arena *arena, struct diag *diag, struct profile_split *split)
{
	const char **layers = ARENA_ARRAY(arena, const char *, node->count);
	split->layers = layers;
	for (const struct yaml_node *item = node->first; item; item = item->next) {
		if (item->kind != YAML_SCALAR)
			return refuse(node, diag);
		layers[split->layer_count++] = item->text;
	}
	return split->layer_count > 0 || refuse(node, diag);
}

static bool read_split(const struct yaml_node *node, struct arena *arena, struct diag *diag,
		       struct profile_split *split)
{
	*split = (struct profile_split){.is_auto = false};
	if (node->kind == YAML_LIST)
		return read_list(node, arena, diag, split);
	if (node->kind != YAML_SCALAR)
		return refuse(node, diag);
	split->is_auto = strcmp(node->text, "auto") == 0;
	bool is_count =
		num_parse_int64(node->text, &split->count) && split->count >= 1 && split->count <= PROFILE_SPLIT_MAX;
	return split->is_auto || is_count || refuse(node, diag);
}

/* The split as a text, to find one that was made before. */
static const char *key_of(const struct yaml_node *node, struct arena *arena)
{
	struct buf key;
	buf_init(&key);
	if (node->kind == YAML_SCALAR)
		buf_add(&key, node->text);
	for (const struct yaml_node *item = node->first; item; item = item->next)
		buf_printf(&key, "[%s]", item->kind == YAML_SCALAR ? item->text : "");
	const char *text = arena_strdup(arena, buf_text(&key));
	buf_release(&key);
	return text;
}

static const struct profile *cut(const struct profile *profile, const struct yaml_node *node, struct library *library,
				 struct diag *diag)
{
	struct profile_split split;
	struct err err;
	const char *key = key_of(node, library->arena);
	for (size_t i = 0; i < library->split_count; i++)
		if (library->splits[i].of == profile && strcmp(library->splits[i].key, key) == 0)
			return library->splits[i].profile;
	if (!read_split(node, library->arena, diag, &split))
		return NULL;
	struct profile *out = ARENA_NEW(library->arena, struct profile);
	if (!profile_split_apply(profile, &split, library->arena, out, &err)) {
		diag_error(diag, node->place, "%s", err.text);
		return NULL;
	}
	if (library->split_count < LIBRARY_FILES_MAX)
		library->splits[library->split_count++] = (struct library_split){profile, key, out};
	return out;
}

const struct profile *experiment_profile(const struct experiment *experiment, struct library *library,
					 struct diag *diag)
{
	const struct yaml_node *node = experiment->pipeline.split;
	if (experiment->profile[0] == '\0') {
		if (node)
			diag_error(diag, node->place, "'split' cuts a network, so the experiment needs a 'profile'");
		return NULL;
	}
	const struct profile *profile =
		library_profile(library, experiment->profile, bind_place(experiment->root, "profile"), diag);
	return profile && node ? cut(profile, node, library, diag) : profile;
}
