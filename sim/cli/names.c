#include "cli/names.h"

#include "base/data_file.h"
#include "deploy/emit.h"

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

void names_of_settings(struct buf *out)
{
	add_files("configs/platforms", "platform=", out);
	add_files("profiles", "profile=", out);
}
