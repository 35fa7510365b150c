#include "cli/model_choice.h"

#include <string.h>

#include "base/data_file.h"
#include "base/diag.h"

static void explain(const char *word, char *const *names, size_t count, struct arena *arena, struct buf *message)
{
	buf_printf(message, "there is no model '%s'", word);
	const char **candidates = ARENA_ARRAY(arena, const char *, count);
	for (size_t i = 0; i < count; i++)
		candidates[i] = names[i];
	const char *guess = did_you_mean(word, candidates, count);
	if (guess)
		buf_printf(message, "; did you mean '%s'? Give a file's path or one of", guess);
	else
		buf_add(message, "; give a file's path or one of");
	for (size_t i = 0; i < count; i++)
		buf_printf(message, "%s %s", i ? "," : "", names[i]);
}

bool model_choice_find(const char *word, struct arena *arena, const char **path, struct buf *message)
{
	if (strpbrk(word, "/.") || strcmp(word, "-") == 0) {
		*path = word;
		return true;
	}
	*path = data_file_find(arena_printf(arena, "configs/models/%s.yaml", word), arena);
	if (*path)
		return true;
	size_t count;
	char **names = data_file_list("configs/models", ".yaml", arena, &count);
	if (count > 0)
		explain(word, names, count, arena, message);
	else
		buf_printf(message,
			   "there is no model '%s': configs/models is neither beside the program nor in "
			   "$LAMINA_DATADIR",
			   word);
	return false;
}
