/*
 * From the words of a command line to the function of a command. A command with subcommands and a run function of
 * its own runs the subcommand when its first word names one, and itself otherwise.
 */
#include "cli/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/version.h"
#include "cli/terminal.h"
#include "cli/usage.h"

enum { COMMANDS_MAX = 64, USAGE_TEXT_BYTES = 4096 };

const struct command *command_find(const struct command *const *list, const char *name)
{
	for (; list && *list; list++)
		if (strcmp((*list)->name, name) == 0)
			return *list;
	return NULL;
}

static void print_prefix(const struct cli *cli)
{
	const char *bold_red = terminal_has_colour(STDERR_FILENO) ? "\033[1;31m" : "";
	fprintf(stderr, "%s%s:%s ", bold_red, cli->name, *bold_red ? "\033[0m" : "");
}

static void point_to_help(const struct cli *cli)
{
	fprintf(stderr, "Try '%s --help'.\n", cli->name);
}

int cli_wrong_usage(const struct cli *cli, const char *format, ...)
{
	va_list args;
	print_prefix(cli);
	va_start(args, format);
	char text[USAGE_TEXT_BYTES];
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	printable_make(text, "");
	fprintf(stderr, "%s\n", text);
	point_to_help(cli);
	return CLI_WRONG;
}

int cli_failed(const struct cli *cli, const struct err *err)
{
	if (!err->is_unread) {
		print_prefix(cli);
		char text[ERR_TEXT_BYTES];
		memcpy(text, err->text, sizeof text);
		printable_make(text, "");
		fprintf(stderr, "%s\n", text);
	}
	return CLI_FAILED;
}

int cli_report(const struct cli *cli, struct diag *diag)
{
	fflush(stdout);
	diag_print(diag, stderr);
	return diag_has_errors(diag) ? CLI_WRONG : CLI_OK;
}

enum table_format cli_format(const struct cli *cli)
{
	return (enum table_format)options_choice(&cli->options, "format");
}

static bool ends_in(const char *path, const char *ending)
{
	size_t length = strlen(path);
	return length > strlen(ending) && strcasecmp(path + length - strlen(ending), ending) == 0;
}

enum table_format cli_format_of(const struct cli *cli, const char *path)
{
	if (!path || options_given(&cli->options, "format"))
		return cli_format(cli);
	return ends_in(path, ".csv") ? TABLE_CSV : ends_in(path, ".json") ? TABLE_JSON : cli_format(cli);
}

void cli_print(struct buf *text)
{
	if (text->length > 0)
		printable_make(text->text, "\n\t");
	fputs(buf_text(text), stdout);
}

static int unknown_command(const struct cli *cli, const char *word)
{
	const char *names[COMMANDS_MAX];
	size_t count = 0;
	for (const struct command *const *c = cli->command->subcommands; *c; c++) {
		CHECK(count < COMMANDS_MAX);
		names[count++] = (*c)->name;
	}
	const char *guess = did_you_mean(word, names, count);
	if (guess)
		return cli_wrong_usage(cli, "unknown command '%s'; did you mean '%s'?", word, guess);
	return cli_wrong_usage(cli, "unknown command '%s'", word);
}

static int print_help(const struct cli *cli)
{
	struct buf text;
	buf_init(&text);
	usage_write_help(cli->command, cli->name, &text);
	cli_print(&text);
	buf_release(&text);
	return CLI_OK;
}

static int run_with_operands(struct cli *cli, int argc, char **argv)
{
	const struct command *command = cli->command;
	if (!command->run && argc > 0)
		return unknown_command(cli, argv[0]);
	if (!command->run)
		return cli_wrong_usage(cli, "which command?");
	if (argc < command->operands_min)
		return cli_wrong_usage(cli, "%s is missing", command->operands);
	if (command->operands_max >= 0 && argc > command->operands_max)
		return cli_wrong_usage(cli, "'%s' is one operand too many", argv[command->operands_max]);
	return command->run(cli, argc, argv);
}

static int parse_and_run(struct cli *cli, int argc, char **argv)
{
	struct diag diag;
	int first_operand;
	diag_init(&diag);
	bool ok = options_parse(&cli->options, cli->command->options, cli->name, argc, argv, &first_operand,
				&cli->arena, &diag);
	int status;
	if (cli->options.help_wanted) {
		status = print_help(cli);
	} else if (!ok) {
		status = cli_report(cli, &diag);
		point_to_help(cli);
	} else {
		status = run_with_operands(cli, argc - first_operand, argv + first_operand);
	}
	diag_release(&diag);
	return status;
}

int command_main(const struct command *program, int argc, char **argv)
{
	struct cli cli = {.command = program};
	arena_init(&cli.arena);
	cli.name = arena_strdup(&cli.arena, program->name);
	while (argc > 1) {
		const struct command *next = command_find(cli.command->subcommands, argv[1]);
		if (!next)
			break;
		cli.command = next;
		cli.name = arena_printf(&cli.arena, "%s %s", cli.name, next->name);
		argc--;
		argv++;
	}
	int status;
	/* The program itself is not a command: a word that names none must not be taken for an operand. */
	if (cli.command == program && argc > 1 && argv[1][0] != '-')
		status = unknown_command(&cli, argv[1]);
	else if (cli.command == program && argc == 2 && strcmp(argv[1], "--version") == 0)
		status = printf("%s %s\n", program->name, lamina_version()) < 0 ? CLI_FAILED : CLI_OK;
	else
		status = parse_and_run(&cli, argc, argv);
	arena_release(&cli.arena);
	return status;
}
