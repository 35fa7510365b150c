/* Every row of the program's tables keeps the conventions that --help, manual and completions rely on. */
#include "cli/commands.h"

#include <ctype.h>

#include "base/buf.h"
#include "cli/usage.h"
#include "tests/tap.h"

static bool is_phrase(const char *text)
{
	size_t length = text ? strlen(text) : 0;
	bool starts_low = length > 1 && (!isupper((unsigned char)text[0]) || isupper((unsigned char)text[1]));
	return starts_low && text[length - 1] != '.' && !strchr(text, '\n');
}

static bool is_name(const char *text)
{
	return text && *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

static void check_option(const struct option_row *row, const struct option_row *rows, const char *name)
{
	bool has_value = row->kind != OPTION_FLAG;
	t_ok(is_name(row->name) && strcmp(row->name, "help") != 0, "%s --%s: name", name, row->name);
	t_ok(is_phrase(row->help), "%s --%s: help is a phrase in lower case", name, row->name);
	t_ok(has_value == (row->metavar != NULL), "%s --%s: a value has a name", name, row->name);
	t_ok((row->kind == OPTION_CHOICE) == (row->choices != NULL), "%s --%s: choices", name, row->name);
	t_ok(row->letter != 'h' && row->letter != ':' && row->letter != '?', "%s --%s: letter", name, row->name);
	for (const struct option_row *other = rows; other != row; other++) {
		if (row->letter && other->letter == row->letter)
			t_ok(false, "%s: -%c twice", name, row->letter);
		if (strcmp(other->name, row->name) == 0)
			t_ok(false, "%s: --%s twice", name, row->name);
	}
}

/* Parsing nothing CHECKs that every fallback is a value that the row accepts. */
static void check_fallbacks(const struct command *command, const char *name)
{
	char word[] = "lamina";
	char *argv[] = {word, NULL};
	struct arena arena = {0};
	struct diag diag;
	struct options options;
	int first_operand;
	diag_init(&diag);
	t_ok(options_parse(&options, command->options, name, 1, argv, &first_operand, &arena, &diag),
	     "%s: fallbacks are valid", name);
	diag_release(&diag);
	arena_release(&arena);
}

static void check_help(const struct command *command, const char *name)
{
	struct buf text;
	buf_init(&text);
	usage_write_help(command, name, &text);
	int column = 0;
	int widest = 0;
	for (const char *p = buf_text(&text); *p; p++) {
		column = *p == '\n' ? 0 : column + 1;
		widest = column > widest ? column : widest;
	}
	t_ok(widest <= USAGE_COLUMNS + 20, "%s: --help is narrow (%d columns)", name, widest);
	for (const struct option_row *row = command->options; row && row->name; row++) {
		char spelling[64];
		snprintf(spelling, sizeof spelling, "--%s", row->name);
		if (!row->hidden)
			t_has(buf_text(&text), spelling, name);
	}
	buf_release(&text);
}

static void check_command(const struct command *command, const char *name)
{
	t_ok(is_name(command->name), "%s: name", name);
	t_ok(is_phrase(command->summary), "%s: summary is a phrase in lower case", name);
	t_ok(command->description && strlen(command->description) > 40, "%s: description", name);
	t_ok(command->run || command->subcommands, "%s: can be run", name);
	t_ok((command->operands != NULL) == (command->operands_max != 0), "%s: operands have a name", name);
	t_ok(!command->run || command->examples, "%s: there are examples", name);
	t_ok(!command->examples || strncmp(command->examples, "lamina", 6) == 0, "%s: examples can be typed", name);
	for (const struct option_row *row = command->options; row && row->name; row++)
		check_option(row, command->options, name);
	check_fallbacks(command, name);
	check_help(command, name);
	for (const struct command *const *c = command->subcommands; c && *c; c++) {
		char full[128];
		snprintf(full, sizeof full, "%s %s", name, (*c)->name);
		t_ok(command_find(command->subcommands, (*c)->name) == *c, "%s: is there once", full);
		check_command(*c, full);
	}
}

int main(void)
{
	check_command(&lamina_program, lamina_program.name);
	return t_done();
}
