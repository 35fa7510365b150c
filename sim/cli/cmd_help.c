/* `lamina help [COMMAND]...`: what --help prints, for people who type it the other way round. */
#include <stdio.h>

#include "base/buf.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/usage.h"

/* "lamina", "lamina run", ...: the manual has a page for each. */
static void add_names(const struct command *command, const char *name, struct cli *cli, struct buf *out)
{
	buf_printf(out, "%s\n", name);
	for (const struct command *const *c = command->subcommands; c && *c; c++)
		if (!(*c)->hidden)
			add_names(*c, arena_printf(&cli->arena, "%s %s", name, (*c)->name), cli, out);
}

static void command_names(struct buf *out)
{
	for (const struct command *const *c = lamina_program.subcommands; *c; c++)
		if (!(*c)->hidden)
			buf_printf(out, "%s%s", out->length > 0 ? " " : "", (*c)->name);
}

static int run_help(struct cli *cli, int argc, char **argv)
{
	const struct command *command = &lamina_program;
	const char *name = command->name;
	for (int i = 0; i < argc; i++) {
		command = command_find(command->subcommands, argv[i]);
		if (!command)
			return cli_wrong_usage(cli, "there is no command '%s %s'", name, argv[i]);
		name = arena_printf(&cli->arena, "%s %s", name, argv[i]);
	}
	struct buf text;
	buf_init(&text);
	if (options_flag(&cli->options, "names"))
		add_names(command, name, cli, &text);
	else if (options_flag(&cli->options, "man"))
		usage_write_man(command, name, &text);
	else
		usage_write_help(command, name, &text);
	cli_print(&text);
	buf_release(&text);
	return CLI_OK;
}

static const struct option_row options[] = {
	{.name = "man", .kind = OPTION_FLAG, .help = "print the manual page's source (scdoc)", .hidden = true},
	{.name = "names", .kind = OPTION_FLAG, .help = "print the names of all commands", .hidden = true},
	OPTION_END,
};

const struct command cmd_help = {
	.name = "help",
	.summary = "explain a command",
	.operands = "[COMMAND]...",
	.operand_names = command_names,
	.operands_max = -1,
	.description = "Prints what the command's --help prints; without COMMAND, the list of commands.",
	.examples = "lamina help\n",
	.options = options,
	.run = run_help,
};
