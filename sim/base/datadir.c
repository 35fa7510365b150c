#include "base/datadir.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_there(const char *path)
{
	return access(path, R_OK) == 0;
}

/* Cuts the last component off; false where there is none left. */
static bool go_up(char *folder)
{
	char *slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return false;
	*slash = '\0';
	return true;
}

static char *search_upwards(const char *relative, struct arena *arena)
{
	char folder[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
	if (length < 0)
		return NULL;
	folder[length] = '\0';
	while (go_up(folder)) {
		char *installed = arena_printf(arena, "%s/share/lamina", folder);
		if (is_there(arena_printf(arena, "%s/configs", installed)))
			return arena_printf(arena, "%s/%s", installed, relative);
		if (is_there(arena_printf(arena, "%s/configs", folder)))
			return arena_printf(arena, "%s/%s", folder, relative);
	}
	return NULL;
}

bool datadir_find(const char *relative, struct arena *arena, char **path, struct err *err)
{
	const char *chosen = getenv("LAMINA_DATADIR");
	bool is_chosen = chosen && *chosen;
	char *found = is_chosen ? arena_printf(arena, "%s/%s", chosen, relative) : search_upwards(relative, arena);
	if (!found)
		return err_set(err, "cannot find '%s': neither beside the program nor in $LAMINA_DATADIR", relative);
	if (!is_there(found))
		return err_set(err, "cannot find '%s': no '%s': %s", relative, found, strerror(errno));
	*path = found;
	return true;
}
