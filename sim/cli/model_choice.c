#include "cli/model_choice.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/datadir.h"
#include "base/diag.h"

enum { NAMES_MAX = 200 };

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of the networks in a folder, sorted: its .yaml files without their ending. */
static size_t list_names(const char *folder, const char *names[NAMES_MAX], struct arena *arena)
{
	static const char ending[] = ".yaml";
	DIR *dir = opendir(folder);
	size_t count = 0;
	for (struct dirent *entry; dir && count < NAMES_MAX && (entry = readdir(dir));) {
		size_t length = strlen(entry->d_name);
		size_t stem = length - (sizeof ending - 1);
		if (length >= sizeof ending && strcmp(entry->d_name + stem, ending) == 0)
			names[count++] = arena_strndup(arena, entry->d_name, stem);
	}
	if (dir)
		closedir(dir);
	qsort(names, count, sizeof *names, by_text);
	return count;
}

static void explain(const char *word, const char *const *names, size_t count, struct buf *message)
{
	buf_printf(message, "there is no model '%s'", word);
	const char *guess = did_you_mean(word, names, count);
	if (guess)
		buf_printf(message, "; did you mean '%s'?", guess);
	else
		buf_add_char(message, ';');
	buf_add(message, " Give a file's path or one of");
	for (size_t i = 0; i < count; i++)
		buf_printf(message, "%s %s", i ? "," : "", names[i]);
}

bool model_choice_find(const char *word, struct arena *arena, const char **path, struct buf *message)
{
	if (strpbrk(word, "/.") || strcmp(word, "-") == 0) {
		*path = word;
		return true;
	}
	struct err err;
	char *found;
	if (datadir_find(arena_printf(arena, "configs/models/%s.yaml", word), arena, &found, &err)) {
		*path = found;
		return true;
	}
	char *folder;
	if (!datadir_find("configs/models", arena, &folder, &err)) {
		buf_add(message, err.text);
		return false;
	}
	const char *names[NAMES_MAX];
	size_t count = list_names(folder, names, arena);
	explain(word, names, count, message);
	return false;
}
