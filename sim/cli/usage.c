/* Help is 80 columns whatever the terminal: it is also read in files and mails. The manual is scdoc(5). */
#include "cli/usage.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/num.h"
#include "cli/terminal.h"

/* Adds text word by word; column is where the cursor stands, later lines start at indent. Newlines start lines. */
static void wrap(struct buf *out, const char *text, int indent, int column)
{
	bool is_first = true;
	while (*text) {
		size_t length = strcspn(text, " \n");
		if (!is_first && column + 1 + (int)length > USAGE_COLUMNS) {
			buf_printf(out, "\n%*s", indent, "");
			column = indent;
			is_first = true;
		}
		if (!is_first)
			buf_add_char(out, ' ');
		column += (int)length + !is_first;
		buf_add_bytes(out, text, length);
		is_first = false;
		text += length;
		if (*text == '\n') {
			buf_printf(out, "\n%*s", text[1] == '\n' ? 0 : indent, "");
			column = indent;
			is_first = true;
			text++;
		} else if (*text == ' ') {
			text++;
		}
	}
	buf_add_char(out, '\n');
}

static void write_synopsis(const struct command *command, const char *name, const char *lead, struct buf *out)
{
	if (command->run)
		buf_printf(out, "%s%s [OPTION]...%s%s\n", lead, name, command->operands ? " " : "",
			   command->operands ? command->operands : "");
	if (command->subcommands)
		buf_printf(out, "%s%s COMMAND [OPTION]...\n", command->run ? "       " : lead, name);
}

/* "-f, --format FORMAT" */
static void spell_option(const struct option_row *row, struct buf *out)
{
	if (row->letter)
		buf_printf(out, "-%c, ", row->letter);
	buf_printf(out, "--%s%s%s", row->name, row->metavar ? " " : "", row->metavar ? row->metavar : "");
}

/* The help with what the table knows beside it: choices, default. */
static void explain_option(const struct option_row *row, struct buf *out)
{
	buf_add(out, row->help);
	if (row->choices) {
		buf_add(out, ":");
		for (size_t i = 0; row->choices[i]; i++)
			buf_printf(out, "%s%s", i == 0 ? " " : row->choices[i + 1] ? ", " : " or ", row->choices[i]);
	}
	if (row->kind == OPTION_LIST || row->kind == OPTION_PAIRS)
		buf_add(out, " (may be repeated)");
	if (row->fallback)
		buf_printf(out, " (default %s)", row->fallback);
}

enum { HELP_INDENT = 26 };

static void write_entry(const char *left, const char *right, struct buf *out)
{
	int width = terminal_text_width(left);
	buf_printf(out, "  %s", left);
	if (width + 4 > HELP_INDENT)
		buf_printf(out, "\n%*s", HELP_INDENT, "");
	else
		buf_printf(out, "%*s", HELP_INDENT - width - 2, "");
	wrap(out, right, HELP_INDENT, HELP_INDENT);
}

static void write_options(const struct option_row *rows, struct buf *out)
{
	struct buf left;
	struct buf right;
	buf_init(&left);
	buf_init(&right);
	buf_add(out, "\noptions:\n");
	for (; rows && rows->name; rows++) {
		if (rows->hidden)
			continue;
		buf_clear(&left);
		buf_clear(&right);
		spell_option(rows, &left);
		explain_option(rows, &right);
		write_entry(buf_text(&left), buf_text(&right), out);
	}
	write_entry("-h, --help", "print this and exit", out);
	buf_release(&left);
	buf_release(&right);
}

static void write_examples(const char *examples, struct buf *out)
{
	buf_add(out, "\nexamples:\n");
	for (const char *line = examples; *line;) {
		size_t length = strcspn(line, "\n");
		buf_printf(out, "  %.*s\n", (int)length, line);
		line += length + (line[length] == '\n');
	}
}

void usage_write_help(const struct command *command, const char *name, struct buf *out)
{
	write_synopsis(command, name, "usage: ", out);
	buf_add_char(out, '\n');
	wrap(out, command->description, 0, 0);
	if (command->subcommands) {
		buf_add(out, "\ncommands:\n");
		for (const struct command *const *c = command->subcommands; *c; c++)
			if (!(*c)->hidden)
				write_entry((*c)->name, (*c)->summary, out);
	}
	write_options(command->options, out);
	if (command->examples)
		write_examples(command->examples, out);
	if (command->subcommands)
		buf_printf(out, "\n'%s COMMAND --help' explains a command.\n", name);
}

static void write_man_options(const struct option_row *rows, struct buf *out)
{
	struct buf text;
	buf_init(&text);
	for (; rows && rows->name; rows++) {
		if (rows->hidden)
			continue;
		if (rows->letter)
			buf_printf(out, "*-%c*, ", rows->letter);
		buf_printf(out, "*--%s*", rows->name);
		if (rows->metavar) {
			buf_add(out, " ");
			scdoc_escape(rows->metavar, out);
		}
		buf_add(out, "\n\t");
		buf_clear(&text);
		explain_option(rows, &text);
		scdoc_escape(buf_text(&text), out);
		buf_add(out, ".\n\n");
	}
	buf_add(out, "*-h*, *--help*\n\tprint a summary and exit.\n\n");
	buf_release(&text);
}

static void write_man_commands(const struct command *command, struct buf *out)
{
	buf_add(out, "# COMMANDS\n\n");
	for (const struct command *const *c = command->subcommands; *c; c++)
		if (!(*c)->hidden)
			buf_printf(out, "*%s*\n\t%s.\n\n", (*c)->name, (*c)->summary);
}

/* "lamina run" is the page lamina-run(1). */
static void write_page_name(const char *name, struct buf *out)
{
	for (; *name; name++)
		buf_add_char(out, *name == ' ' ? '-' : *name);
}

static void write_man_end(const struct command *command, const char *name, struct buf *out)
{
	buf_add(out, "# EXIT STATUS\n\n"
		     "0 done; 1 failed in part, or a file could not be read or written; 2 wrong input or usage; "
		     "3 no feasible plan; SIGPIPE where the reader of standard output has gone.\n\n"
		     "# SEE ALSO\n\n");
	if (!strchr(name, ' ')) {
		for (const struct command *const *c = command->subcommands; *c; c++)
			if (!(*c)->hidden)
				buf_printf(out, "%s*%s-%s*(1)", c == command->subcommands ? "" : ", ", name,
					   (*c)->name);
		buf_add_char(out, '\n');
	} else {
		buf_add(out, "*lamina*(1)\n");
	}
}

void usage_write_man(const struct command *command, const char *name, struct buf *out)
{
	struct buf synopsis;
	buf_init(&synopsis);
	write_page_name(name, out);
	buf_add(out, "(1)\n\n# NAME\n\n");
	write_page_name(name, out);
	buf_printf(out, " - %s\n\n# SYNOPSIS\n\n", command->summary);
	write_synopsis(command, name, "", &synopsis);
	for (char *line = synopsis.text; *line;) {
		size_t length = strcspn(line, "\n");
		bool is_last = line[length + 1] == '\0';
		line[length] = '\0';
		scdoc_escape(line + strspn(line, " "), out);
		buf_add(out, is_last ? "\n" : "++\n");
		line += length + 1;
	}
	buf_add(out, "\n# DESCRIPTION\n\n");
	scdoc_escape(command->description, out);
	buf_add(out, "\n\n");
	if (command->subcommands)
		write_man_commands(command, out);
	buf_add(out, "# OPTIONS\n\n");
	write_man_options(command->options, out);
	if (command->examples)
		buf_printf(out, "# EXAMPLES\n\n```\n%s```\n\n", command->examples);
	write_man_end(command, name, out);
	buf_release(&synopsis);
}

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

void scdoc_escape(const char *text, struct buf *out)
{
	for (; *text; text++) {
		if (strchr("_*\\[<#~`", *text))
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
}
