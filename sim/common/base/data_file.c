#include "base/data_file.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAMES_MAX = 1000 };

static bool is_there(const char *path)
{
	return access(path, R_OK) == 0;
}

/* Cuts the last component off; false where none is left. */
static bool go_up(char *folder)
{
	char *slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return false;
	*slash = '\0';
	return true;
}

/* Programs run from build/MODE/, tests from build/MODE/tests/KIND/, installed ones from PREFIX/bin. */
static char *search_above_program(const char *relative, struct arena *arena)
{
	char folder[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
	if (length < 0)
		return NULL;
	folder[length] = '\0';
	while (go_up(folder)) {
		char *installed = arena_printf(arena, "%s/share/lamina/%s", folder, relative);
		char *beside = arena_printf(arena, "%s/%s", folder, relative);
		if (is_there(installed))
			return installed;
		if (is_there(beside))
			return beside;
	}
	return NULL;
}

char *data_file_find(const char *relative, struct arena *arena)
{
	const char *chosen = getenv("LAMINA_DATADIR");
	if (chosen && *chosen) {
		char *path = arena_printf(arena, "%s/%s", chosen, relative);
		return is_there(path) ? path : NULL;
	}
	return is_there(relative) ? arena_strdup(arena, relative) : search_above_program(relative, arena);
}

static int compare_names(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;
	return strcmp(*x, *y);
}

char **data_file_list(const char *relative, const char *ending, struct arena *arena, size_t *count)
{
	*count = 0;
	char **names = ARENA_ARRAY(arena, char *, NAMES_MAX);
	char *path = data_file_find(relative, arena);
	DIR *folder = path ? opendir(path) : NULL;
	if (!folder)
		return names;
	struct dirent *entry;
	while ((entry = readdir(folder)) && *count < NAMES_MAX) {
		size_t length = strlen(entry->d_name);
		size_t tail = strlen(ending);
		if (length > tail && strcmp(entry->d_name + length - tail, ending) == 0)
			names[(*count)++] = arena_strndup(arena, entry->d_name, length - tail);
	}
	closedir(folder);
	qsort(names, *count, sizeof names[0], compare_names);
	return names;
}
