#include "doc/dotted.h"

#include <string.h>

#include "base/buf.h"

bool dotted_split(struct dotted *dotted, const char *key, struct diag_place place, struct arena *arena,
		  struct diag *diag)
{
	*dotted = (struct dotted){0};
	const char *part = key;
	for (;;) {
		size_t length = strcspn(part, ".");
		if (length == 0) {
			diag_error(diag, place, "'%s' has an empty part; keys are joined by single dots",
				   diag_excerpt(key, arena));
			return false;
		}
		if (dotted->count == YAML_DEPTH_MAX) {
			diag_error(diag, place, "'%s' has more than %d parts", diag_excerpt(key, arena),
				   YAML_DEPTH_MAX);
			return false;
		}
		dotted->parts[dotted->count++] = arena_strndup(arena, part, length);
		if (part[length] == '\0')
			return true;
		part += length + 1;
	}
}

const char *dotted_prefix(const struct dotted *dotted, size_t count, struct arena *arena)
{
	CHECK(count >= 1);
	CHECK(count <= dotted->count);
	struct buf text;
	buf_init(&text);
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s%s", i > 0 ? "." : "", dotted->parts[i]);
	const char *prefix = diag_excerpt(buf_text(&text), arena);
	buf_release(&text);
	return prefix;
}
