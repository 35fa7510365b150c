/* Reads a platform's YAML (configs/platforms/) into struct platform by table, and checks what belongs together. */
#ifndef LAMINA_PLATFORM_FILE_H
#define LAMINA_PLATFORM_FILE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/bind.h"
#include "platform/platform.h"

extern const struct bind_schema platform_schema;

/* What an experiment changes about a platform. */
struct platform_changes {
	const char *region; /* "": none; else one of the platform's `regions` */
	struct diag_place region_place;
	const struct yaml_node *values; /* parts of a platform, put over it last; NULL: none */
};

/*
 * From text in memory; file is its name in messages and outlives the platform, which lives in the arena, as do the
 * changes' values. changes may be NULL. False when errors were added to the diag.
 */
bool platform_parse(const char *file, const char *text, size_t length, const struct platform_changes *changes,
		    struct arena *arena, struct diag *diag, struct platform *out);

enum { PLATFORM_SOURCES_MAX = 1024, PLATFORM_SOURCES_DEPTH = 16 };

struct platform_source {
	const char *key;   /* dotted */
	const char *value; /* as written */
	const char *source;
};

/*
 * A platform's values with their sources, as its file says them: the comment on a value's line, else the comment lines
 * right above it, else what the key it stands under has. Read from the text, so that sources stay where people edit
 * them. The text must be a platform that platform_parse accepts.
 * *count gets their number; in file order.
 */
struct platform_source *platform_sources(const char *text, struct arena *arena, size_t *count);

#endif
