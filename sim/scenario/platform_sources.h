/*
 * A platform's values with their sources, as its file says them: the comment on a value's line, else the comment lines
 * right above it, else what the key it stands under has. Read from the text, so that sources stay where people edit
 * them. The text must be a platform that platform_parse accepts.
 */
#ifndef LAMINA_PLATFORM_SOURCES_H
#define LAMINA_PLATFORM_SOURCES_H

#include <stddef.h>

#include "base/arena.h"

enum { PLATFORM_SOURCES_MAX = 1024, PLATFORM_SOURCES_DEPTH = 16 };

struct platform_source {
	const char *key;   /* dotted */
	const char *value; /* as written */
	const char *source;
};

/* *count gets their number; in file order. */
struct platform_source *platform_sources(const char *text, struct arena *arena, size_t *count);

#endif
