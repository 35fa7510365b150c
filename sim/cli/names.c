#include "cli/names.h"

#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "deploy/emit.h"
#include "report/figure.h"

static void add_files(const char *folder, const char *lead, struct buf *out)
{
	struct arena arena;
	size_t count;
	arena_init(&arena);
	char **names = data_file_list(folder, ".yaml", &arena, &count);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s%s", out->length > 0 ? " " : "", lead, names[i]);
	arena_release(&arena);
}

void names_of_platforms(struct buf *out)
{
	add_files("configs/platforms", "", out);
}

void names_of_profiles(struct buf *out)
{
	add_files("profiles", "", out);
}

void names_of_models(struct buf *out)
{
	add_files("configs/models", "", out);
}

void names_of_emit_formats(struct buf *out)
{
	for (const struct emit_format *format = emit_formats; format->name; format++)
		buf_printf(out, "%s%s", format == emit_formats ? "" : " ", format->name);
}

void names_of_figures(struct buf *out)
{
	for (const struct figure *figure = figures; figure->name; figure++)
		buf_printf(out, "%s%s", figure == figures ? "" : " ", figure->name);
}

void names_of_settings(struct buf *out)
{
	add_files("configs/platforms", "platform=", out);
	add_files("profiles", "profile=", out);
	add_files("configs/frameworks", "framework.preset=", out);
}

static void explain_unknown_model(const char *word, char *const *names, size_t count, struct arena *arena,
				  struct buf *message)
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

bool names_find_model(const char *word, struct arena *arena, const char **path, struct buf *message)
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
		explain_unknown_model(word, names, count, arena, message);
	else
		buf_printf(message,
			   "there is no model '%s': configs/models is neither beside the program nor in "
			   "$LAMINA_DATADIR",
			   word);
	return false;
}
