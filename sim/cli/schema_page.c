#include "cli/schema_page.h"

#include <math.h>

#include "base/arena.h"
#include "base/num.h"
#include "cli/scdoc.h"

static const char *const type_names[] = {
	[BIND_BOOL] = "true or false",
	[BIND_INT] = "whole number",
	[BIND_DOUBLE] = "number",
	[BIND_TEXT] = "text",
	[BIND_CHOICE] = "one of",
	[BIND_STRUCT] = "mapping",
	[BIND_DOUBLE_LIST] = "list of numbers",
	[BIND_INT_LIST] = "list of whole numbers",
	[BIND_TEXT_LIST] = "list of texts",
	[BIND_STRUCT_LIST] = "list of mappings",
	[BIND_STRUCT_MAP] = "mapping of names to mappings",
	[BIND_NODE] = "see below",
};

static void add_type(const struct bind_field *field, struct buf *out)
{
	buf_add(out, type_names[field->type]);
	if (field->type != BIND_CHOICE)
		return;
	for (size_t i = 0; field->choices[i]; i++)
		buf_printf(out, "%s%s", i == 0 ? " " : field->choices[i + 1] ? ", " : " or ", field->choices[i]);
}

static void add_bounds(const struct bind_field *field, struct buf *out)
{
	char low[NUM_TEXT_BYTES];
	char high[NUM_TEXT_BYTES];
	if (isinf(field->max))
		buf_printf(out, ", at least %s", num_format_double(field->min, low));
	else if (field->min != 0 || field->max != 0)
		buf_printf(out, ", %s to %s", num_format_double(field->min, low), num_format_double(field->max, high));
}

static void add_fields(const struct bind_schema *schema, const char *prefix, struct arena *arena, struct buf *out)
{
	struct buf text;
	buf_init(&text);
	for (const struct bind_field *field = schema->fields; field->key; field++) {
		buf_clear(&text);
		add_type(field, &text);
		add_bounds(field, &text);
		if (field->required)
			buf_add(&text, ", required");
		else if (field->fallback && field->fallback[0] && field->type != BIND_STRUCT)
			buf_printf(&text, ", default %s", field->fallback);
		char *name = arena_printf(arena, "%s%s", prefix, field->key);
		buf_add_char(out, '*');
		scdoc_escape(name, out);
		buf_add(out, "* (");
		scdoc_escape(buf_text(&text), out);
		buf_add(out, ")\n\t");
		scdoc_escape(field->help, out);
		buf_add(out, ".\n\n");
		bool is_named = field->type == BIND_STRUCT_MAP || field->type == BIND_STRUCT_LIST;
		if (field->schema)
			add_fields(field->schema, arena_printf(arena, "%s.%s", name, is_named ? "NAME." : ""), arena,
				   out);
	}
	buf_release(&text);
}

void schema_page_write(const struct document_kind *kind, struct buf *out)
{
	struct arena arena;
	arena_init(&arena);
	buf_printf(out, "lamina-%s(5)\n\n# NAME\n\nlamina-%s - %s\n\n# DESCRIPTION\n\n", kind->name, kind->name,
		   kind->summary);
	scdoc_escape(kind->description, out);
	buf_add(out,
		"\n\n# KEYS\n\nNested keys are written with dots, as --set and sweeps spell them; NAME stands for any "
		"name.\n\n");
	add_fields(kind->schema, "", &arena, out);
	buf_add(out, "# SEE ALSO\n\n*lamina*(1), *lamina-schema*(1)\n");
	arena_release(&arena);
}
