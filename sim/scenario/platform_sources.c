#include "scenario/platform_sources.h"

#include <stdbool.h>
#include <string.h>

/* An open key: what stands deeper belongs to it. */
struct level {
	size_t indent;
	const char *key;
	const char *source;
};

struct scan {
	struct arena *arena;
	struct level levels[PLATFORM_SOURCES_DEPTH];
	size_t depth;
	const char *above; /* comment lines since the last key, "" for none */
	struct platform_source *sources;
	size_t count;
};

static const char *trimmed(struct arena *arena, const char *text, size_t length)
{
	while (length > 0 && (*text == ' ' || *text == '#')) {
		text++;
		length--;
	}
	while (length > 0 && text[length - 1] == ' ')
		length--;
	return arena_strndup(arena, text, length);
}

static void scan_comment(struct scan *scan, const char *line, size_t length)
{
	const char *text = trimmed(scan->arena, line, length);
	scan->above = scan->above[0] ? arena_printf(scan->arena, "%s %s", scan->above, text) : text;
}

/* A comment begins at a # after a blank; quoted texts of platforms hold none. */
static size_t comment_offset(const char *line, size_t length)
{
	for (size_t i = 1; i < length; i++) {
		if (line[i] == '#' && line[i - 1] == ' ')
			return i;
	}
	return length;
}

/* The comment above the first key is about the whole file. */
static void scan_key(struct scan *scan, const char *line, size_t length, size_t indent)
{
	size_t end = comment_offset(line, length);
	const char *colon = memchr(line + indent, ':', end - indent);
	if (!colon)
		return;
	while (scan->depth > 0 && scan->levels[scan->depth - 1].indent >= indent)
		scan->depth--;
	const struct level *parent = scan->depth > 0 ? &scan->levels[scan->depth - 1] : NULL;
	const char *name = trimmed(scan->arena, line + indent, (size_t)(colon - line) - indent);
	const char *key = parent ? arena_printf(scan->arena, "%s.%s", parent->key, name) : name;
	const char *value = trimmed(scan->arena, colon + 1, end - (size_t)(colon + 1 - line));
	const char *source = trimmed(scan->arena, line + end, length - end);
	bool is_first = scan->count == 0 && scan->depth == 0;
	if (source[0] == '\0' && !is_first)
		source = scan->above;
	if (source[0] == '\0' && parent)
		source = parent->source;
	scan->above = "";
	if (value[0] != '\0' && scan->count < PLATFORM_SOURCES_MAX)
		scan->sources[scan->count++] = (struct platform_source){key, value, source};
	if (value[0] == '\0' && scan->depth < PLATFORM_SOURCES_DEPTH)
		scan->levels[scan->depth++] = (struct level){indent, key, source};
}

struct platform_source *platform_sources(const char *text, struct arena *arena, size_t *count)
{
	struct scan scan = {
		.arena = arena,
		.above = "",
		.sources = ARENA_ARRAY(arena, struct platform_source, PLATFORM_SOURCES_MAX),
	};
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		size_t indent = strspn(line, " ");
		if (indent >= length)
			scan.above = "";
		else if (line[indent] == '#')
			scan_comment(&scan, line, length);
		else
			scan_key(&scan, line, length, indent);
		line += length + (line[length] == '\n');
	}
	*count = scan.count;
	return scan.sources;
}
