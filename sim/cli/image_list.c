/* Folders are read whole and sorted before use: the order in which a file system lists them says nothing. */
#include "cli/image_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "kernels/record/record.h"

struct names {
	char **names;
	size_t count;
	size_t capacity;
};

void image_list_init(struct image_list *list, struct arena *arena)
{
	*list = (struct image_list){.arena = arena};
}

void image_list_release(struct image_list *list)
{
	mem_free(list->files);
	image_list_init(list, list->arena);
}

static void add_file(struct image_list *list, const char *path, int64_t label)
{
	if (list->count == list->capacity) {
		list->capacity = list->capacity > 0 ? 2 * list->capacity : 64;
		list->files = mem_realloc(list->files, list->capacity * sizeof *list->files);
	}
	list->files[list->count++] = (struct image_file){path, label};
}

static bool is_folder(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_jpeg_name(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && (strcasecmp(dot, ".jpg") == 0 || strcasecmp(dot, ".jpeg") == 0);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool read_folder(const char *path, struct names *names, struct arena *arena, struct err *err)
{
	*names = (struct names){0};
	DIR *folder = opendir(path);
	if (!folder)
		return err_set(err, "cannot read folder '%s': %s", path, strerror(errno));
	for (struct dirent *entry; (entry = readdir(folder));) {
		if (entry->d_name[0] == '.')
			continue;
		if (names->count == names->capacity) {
			names->capacity = names->capacity > 0 ? 2 * names->capacity : 64;
			names->names = mem_realloc(names->names, names->capacity * sizeof *names->names);
		}
		names->names[names->count++] = arena_printf(arena, "%s/%s", path, entry->d_name);
	}
	closedir(folder);
	if (names->count > 0)
		qsort(names->names, names->count, sizeof *names->names, compare_names);
	return true;
}

/* label is that of the class which the folder is, or RECORD_NO_LABEL where it may hold classes. */
static bool add_folder(struct image_list *list, const char *path, int64_t label, struct err *err)
{
	struct names names;
	if (!read_folder(path, &names, list->arena, err))
		return false;
	bool ok = true;
	int64_t classes = 0;
	for (size_t i = 0; ok && i < names.count; i++) {
		if (!is_folder(names.names[i])) {
			if (is_jpeg_name(names.names[i]))
				add_file(list, names.names[i], label);
		} else if (label == RECORD_NO_LABEL) {
			ok = add_folder(list, names.names[i], classes++, err);
		}
	}
	mem_free(names.names);
	return ok;
}

bool image_list_add(struct image_list *list, const char *path, struct err *err)
{
	if (!is_folder(path)) {
		add_file(list, path, RECORD_NO_LABEL);
		return true;
	}
	size_t before = list->count;
	if (!add_folder(list, path, RECORD_NO_LABEL, err))
		return false;
	return list->count > before || err_set(err, "folder '%s' holds no *.jpg or *.jpeg", path);
}
