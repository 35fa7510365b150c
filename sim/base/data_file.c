#include "base/data_file.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#ifndef LAMINA_DATADIR
#define LAMINA_DATADIR "/usr/local/share/lamina"
#endif

enum { NAMES_MAX = 1000 };

char *data_file_find(const char *relative, struct arena *arena)
{
	char program[4096];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	program[length > 0 ? length : 0] = '\0';
	const char *folder = file_directory(program, arena);
	/* Programs are built in build/MODE/, tests in build/MODE/tests/KIND/. */
	const char *const candidates[] = {
		relative,
		arena_printf(arena, "%s%s", folder, relative),
		arena_printf(arena, "%s../../%s", folder, relative),
		arena_printf(arena, "%s../../../../%s", folder, relative),
		arena_printf(arena, "%s/%s", LAMINA_DATADIR, relative),
	};
	for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
		if (access(candidates[i], R_OK) == 0)
			return arena_strdup(arena, candidates[i]);
	}
	return NULL;
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
