/* Finds platforms and profiles by name or path, reads each once, and lends them to every point of a sweep. */
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "scenario/platform_file.h"
#include "scenario/resolve.h"
#include "scenario/trace_file.h"

#define PRESETS "configs/frameworks"

void library_init(struct library *library, struct arena *arena)
{
	*library = (struct library){.arena = arena};
}

static bool is_path(const char *name)
{
	size_t length = strlen(name);
	return strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".yaml") == 0);
}

/* "a, b or c": all names in a data folder. */
static const char *list_names(const char *folder, struct arena *arena)
{
	size_t count;
	char **names = data_file_list(folder, ".yaml", arena, &count);
	struct buf text;
	buf_init(&text);
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", names[i]);
	const char *list = arena_strdup(arena, buf_text(&text));
	buf_release(&text);
	return list;
}

/* Every point of a sweep asks for the same; the folders are searched when a name changes. */
static const char *found_before(const struct library_found *last, const char *name)
{
	return last->name && strcmp(last->name, name) == 0 ? last->path : NULL;
}

/* A path is taken from the experiment's folder; a name is looked up in the data folder. */
static const char *find_path(struct library *library, struct library_found *last, const char *folder, const char *kind,
			     const char *name, struct diag_place place, struct diag *diag)
{
	if (is_path(name))
		return file_resolve(place.file, name, library->arena);
	if (found_before(last, name))
		return last->path;
	char *found = data_file_find(arena_printf(library->arena, "%s/%s.yaml", folder, name), library->arena);
	if (found) {
		*last = (struct library_found){.name = arena_strdup(library->arena, name), .path = found};
		return found;
	}
	size_t count;
	char **names = data_file_list(folder, ".yaml", library->arena, &count);
	const char *meant = did_you_mean(name, (const char *const *)names, count);
	if (meant)
		diag_error(diag, place, "there is no %s '%s'; did you mean '%s'?", kind, name, meant);
	else
		diag_error(diag, place, "there is no %s '%s' in %s/; give a path to a .yaml file or one of %s", kind,
			   diag_excerpt(name, library->arena), folder, list_names(folder, library->arena));
	return NULL;
}

/* The file's text; a file that cannot be read is reported where it is named. */
static const char *read_text(struct library *library, const char *path, size_t count, struct diag_place place,
			     struct diag *diag, size_t *length)
{
	struct err err;
	char *text;
	if (count == LIBRARY_FILES_MAX) {
		diag_error(diag, place, "one experiment can use at most %d platforms and %d profiles",
			   LIBRARY_FILES_MAX, LIBRARY_FILES_MAX);
		return NULL;
	}
	if (!file_read(path, YAML_BYTES_MAX, library->arena, &text, length, &err)) {
		diag_error(diag, place, "%s", err.text);
		return NULL;
	}
	return text;
}

/* Names a platform with its changes, so that every variant is read once. */
static void write_key(const char *path, const struct platform_changes *changes, struct buf *out)
{
	buf_add(out, path);
	if (!changes)
		return;
	buf_printf(out, "#%s#", changes->region);
	if (changes->values)
		yaml_write(changes->values, out);
}

static const struct platform *find_variant(const struct library *library, const char *key)
{
	for (size_t i = 0; i < library->platform_count; i++) {
		if (strcmp(library->platforms[i].key, key) == 0)
			return library->platforms[i].platform;
	}
	return NULL;
}

static const struct platform *read_variant(struct library *library, const char *path, const char *key,
					   const struct platform_changes *changes, struct diag_place place,
					   struct diag *diag)
{
	struct platform *platform = ARENA_NEW(library->arena, struct platform);
	size_t length;
	const char *text = read_text(library, path, library->platform_count, place, diag, &length);
	if (!text || !platform_parse(path, text, length, changes, library->arena, diag, platform))
		return NULL;
	library->platforms[library->platform_count++] =
		(struct library_platform){arena_strdup(library->arena, key), platform};
	return platform;
}

const struct platform *library_platform(struct library *library, const char *name,
					const struct platform_changes *changes, struct diag_place place,
					struct diag *diag)
{
	const char *path =
		find_path(library, &library->last_platform, "configs/platforms", "platform", name, place, diag);
	if (!path)
		return NULL;
	struct buf key;
	buf_init(&key);
	write_key(path, changes, &key);
	const struct platform *platform = find_variant(library, buf_text(&key));
	if (!platform)
		platform = read_variant(library, path, buf_text(&key), changes, place, diag);
	buf_release(&key);
	return platform;
}

const char *library_profile_path(struct library *library, const char *given, struct diag *diag)
{
	if (strpbrk(given, "/.") || access(given, F_OK) == 0)
		return given;
	return find_path(library, &library->last_profile, "profiles", "profile", given, (struct diag_place){0}, diag);
}

const struct profile *library_profile(struct library *library, const char *name, struct diag_place place,
				      struct diag *diag)
{
	const char *path = find_path(library, &library->last_profile, "profiles", "profile", name, place, diag);
	if (!path)
		return NULL;
	for (size_t i = 0; i < library->profile_count; i++) {
		if (strcmp(library->profiles[i]->path, path) == 0)
			return library->profiles[i];
	}
	struct profile *profile = ARENA_NEW(library->arena, struct profile);
	size_t length;
	const char *text = read_text(library, path, library->profile_count, place, diag, &length);
	if (!text || !profile_parse(path, text, length, library->arena, diag, profile))
		return NULL;
	profile_shift(profile, library->profile_spreads);
	return library->profiles[library->profile_count++] = profile;
}

const struct framework_preset *library_preset(struct library *library, const char *name, struct diag_place place,
					      struct diag *diag)
{
	const char *path = find_path(library, &library->last_preset, PRESETS, "framework", name, place, diag);
	if (!path)
		return NULL;
	for (size_t i = 0; i < library->preset_count; i++) {
		if (strcmp(library->presets[i]->path, path) == 0)
			return library->presets[i];
	}
	struct framework_preset *preset = ARENA_NEW(library->arena, struct framework_preset);
	size_t length;
	const char *text = read_text(library, path, library->preset_count, place, diag, &length);
	if (!text || !framework_preset_parse(path, text, length, library->arena, diag, preset))
		return NULL;
	return library->presets[library->preset_count++] = preset;
}

const struct plan_uncertainty *library_uncertainty(struct library *library, struct diag *diag)
{
	static const char relative[] = "configs/errors/planner.yaml";
	if (library->uncertainty)
		return library->uncertainty;
	struct diag_place place = {.file = relative};
	const char *path = data_file_find(relative, library->arena);
	struct plan_uncertainty *usual = ARENA_NEW(library->arena, struct plan_uncertainty);
	size_t length;
	if (!path) {
		diag_error(diag, place, "this file, which comes with the program, is missing");
		return NULL;
	}
	const char *text = read_text(library, path, 0, place, diag, &length);
	if (!text || !plan_uncertainty_parse(path, text, length, library->arena, diag, usual))
		return NULL;
	library->uncertainty = usual;
	return usual;
}

const char *library_preset_names(struct library *library)
{
	if (!library->preset_names)
		library->preset_names = list_names(PRESETS, library->arena);
	return library->preset_names;
}

void library_check_names(struct library *library, const struct yaml_node *root, struct diag *diag)
{
	const struct yaml_node *platform = yaml_get(root, "platform");
	const struct yaml_node *profile = yaml_get(root, "profile");
	if (platform && platform->kind == YAML_SCALAR && platform->text[0])
		library_platform(library, platform->text, NULL, platform->place, diag);
	if (profile && profile->kind == YAML_SCALAR && profile->text[0])
		library_profile(library, profile->text, profile->place, diag);
}

const struct trace *library_trace(struct library *library, const struct trace_request *request, struct diag *diag)
{
	struct trace_request *own = ARENA_NEW(library->arena, struct trace_request);
	*own = *request;
	own->path = file_resolve(request->place.file, request->path, library->arena);
	const char *key = arena_printf(library->arena, "%s#%s", own->path, request->function);
	for (size_t i = 0; i < request->column_count; i++)
		key = arena_printf(library->arena, "%s#%s", key, request->columns[i]);
	for (size_t i = 0; i < library->trace_count; i++) {
		if (strcmp(library->traces[i].key, key) == 0)
			return library->traces[i].trace;
	}
	if (library->trace_count == LIBRARY_FILES_MAX) {
		diag_error(diag, request->place, "one experiment can use at most %d traces", LIBRARY_FILES_MAX);
		return NULL;
	}
	struct trace *trace = ARENA_NEW(library->arena, struct trace);
	if (!trace_read(own, library->arena, diag, trace))
		return NULL;
	library->traces[library->trace_count++] = (struct library_trace){key, trace};
	return trace;
}
