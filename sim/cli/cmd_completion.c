/*
 * `lamina completion SHELL`: what the shell offers after each command, from the same tables that parse it. Options
 * with choices offer their choices or names, operands their names; everything else completes file names.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "cli/command.h"
#include "cli/commands.h"

/* Called for the program and every command below it; name is the full one. */
typedef void visit(const struct command *command, const char *name, struct buf *out);

static void walk(const struct command *command, const char *name, visit *visitor, struct buf *out)
{
	struct arena arena;
	arena_init(&arena);
	visitor(command, name, out);
	for (const struct command *const *c = command->subcommands; c && *c; c++)
		if (!(*c)->hidden)
			walk(*c, arena_printf(&arena, "%s %s", name, (*c)->name), visitor, out);
	arena_release(&arena);
}

static void add_commands(const struct command *command, struct buf *out)
{
	const char *separator = "";
	for (const struct command *const *c = command->subcommands; c && *c; c++) {
		if ((*c)->hidden)
			continue;
		buf_printf(out, "%s%s", separator, (*c)->name);
		separator = " ";
	}
}

static void add_names(names_writer *names, struct buf *out)
{
	struct buf words;
	buf_init(&words);
	if (names)
		names(&words);
	buf_add(out, buf_text(&words));
	buf_release(&words);
}

static void add_choices(const struct option_row *row, struct buf *out)
{
	for (size_t i = 0; row->choices[i]; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : " ", row->choices[i]);
}

static void bash_words(const struct command *command, const char *name, struct buf *out)
{
	buf_printf(out, "\t'%s') words='", name);
	add_commands(command, out);
	if (command->subcommands && command->operand_names)
		buf_add_char(out, ' ');
	add_names(command->operand_names, out);
	buf_add(out, "' options='");
	for (const struct option_row *row = command->options; row && row->name; row++)
		if (!row->hidden)
			buf_printf(out, "--%s ", row->name);
	buf_add(out, "--help' ;;\n");
}

/* Also where a value has no words: what the command's operands are called is none. */
static void bash_values(const struct command *command, const char *name, struct buf *out)
{
	for (const struct option_row *row = command->options; row && row->name; row++) {
		if (row->kind == OPTION_FLAG || row->hidden)
			continue;
		buf_printf(out, "\t'%s --%s'", name, row->name);
		if (row->letter)
			buf_printf(out, " | '%s -%c'", name, row->letter);
		buf_add(out, ") words='");
		if (row->choices)
			add_choices(row, out);
		else
			add_names(row->names, out);
		buf_add(out, "' ;;\n");
	}
}

/*
 * Readline takes "=" for a word of its own (COMP_WORDBREAKS): a value behind it belongs to the option before it, or to
 * the key of --set, whose names then stand without their key.
 */
static void write_bash(struct buf *out)
{
	buf_add(out, "# bash completion of lamina, made by `lamina completion bash`\n"
		     "_lamina()\n{\n"
		     "\tlocal current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
		     "\tlocal command=lamina words='' options='' key='' word i last=$COMP_CWORD\n"
		     "\t_lamina_words()\n\t{\n\tcase $1 in\n");
	walk(&lamina_program, lamina_program.name, bash_words, out);
	buf_add(out, "\t*) return 1 ;;\n\tesac\n\t}\n"
		     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		     "\t\tword=${COMP_WORDS[i]}\n"
		     "\t\t[[ $word != -* ]] && _lamina_words \"$command $word\" && command=\"$command $word\"\n"
		     "\tdone\n"
		     "\t_lamina_words \"$command\"\n"
		     "\tif [[ $current == '=' ]]; then current='' last=$((last + 1)); fi\n"
		     "\tif [[ ${COMP_WORDS[last-1]} == '=' ]]; then\n"
		     "\t\tprevious=${COMP_WORDS[last-2]}\n"
		     "\t\tif [[ $previous != -* ]]; then key=$previous= previous=${COMP_WORDS[last-3]}; fi\n"
		     "\tfi\n"
		     "\tcase \"$command $previous\" in\n");
	walk(&lamina_program, lamina_program.name, bash_values, out);
	buf_add(out, "\t*) [[ $current != -* ]] || words=$options ;;\n\tesac\n"
		     "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$key$current\")\n"
		     "\t[[ -z $key ]] || COMPREPLY=(\"${COMPREPLY[@]#\"$key\"}\")\n"
		     "}\n"
		     "complete -o default -F _lamina lamina\n");
}

/* zsh runs bash completions by its own bashcompinit: one description of the command line serves both. */
static void write_zsh(struct buf *out)
{
	buf_add(out, "#compdef lamina\n"
		     "autoload -U +X bashcompinit && bashcompinit\n");
	write_bash(out);
}

/* Every word of a command's name must have been typed: `record show` and `profile show` differ in the first. */
static void fish_condition(const char *name, struct buf *out)
{
	const char *word = strchr(name, ' ');
	if (!word)
		buf_add(out, "__fish_use_subcommand");
	for (const char *separator = ""; word; separator = "; and ") {
		size_t length = strcspn(++word, " ");
		buf_printf(out, "%s__fish_seen_subcommand_from %.*s", separator, (int)length, word);
		word = strchr(word, ' ');
	}
}

static void add_quoted(struct buf *out, const char *text)
{
	buf_add_char(out, '\'');
	for (; *text; text++)
		buf_printf(out, *text == '\'' ? "\\%c" : "%c", *text);
	buf_add_char(out, '\'');
}

static void fish_lines(const struct command *command, const char *name, struct buf *out)
{
	for (const struct command *const *c = command->subcommands; c && *c; c++) {
		if ((*c)->hidden)
			continue;
		buf_add(out, "complete -c lamina -n '");
		fish_condition(name, out);
		buf_printf(out, "' -f -a %s -d ", (*c)->name);
		add_quoted(out, (*c)->summary);
		buf_add_char(out, '\n');
	}
	if (command->operand_names) {
		buf_add(out, "complete -c lamina -n '");
		fish_condition(name, out);
		buf_add(out, "' -a '");
		add_names(command->operand_names, out);
		buf_add(out, "'\n");
	}
	for (const struct option_row *row = command->options; row && row->name; row++) {
		if (row->hidden)
			continue;
		buf_add(out, "complete -c lamina -n '");
		fish_condition(name, out);
		buf_printf(out, "' -l %s", row->name);
		if (row->letter)
			buf_printf(out, " -s %c", row->letter);
		if (row->kind != OPTION_FLAG)
			buf_add(out, " -r");
		if (row->choices || row->names) {
			buf_add(out, row->choices ? " -f -a '" : " -a '");
			if (row->choices)
				add_choices(row, out);
			else
				add_names(row->names, out);
			buf_add_char(out, '\'');
		}
		buf_add(out, " -d ");
		add_quoted(out, row->help);
		buf_add_char(out, '\n');
	}
}

static void write_fish(struct buf *out)
{
	buf_add(out, "# fish completion of lamina, made by `lamina completion fish`\n");
	walk(&lamina_program, lamina_program.name, fish_lines, out);
}

struct shell {
	const char *name;
	void (*write)(struct buf *out);
};

static const struct shell shells[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};

enum { SHELL_COUNT = ARRAY_LEN(shells) };

static void shell_names(struct buf *out)
{
	for (size_t i = 0; i < SHELL_COUNT; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : " ", shells[i].name);
}

static int run_completion(struct cli *cli, int argc, char **argv)
{
	for (size_t i = 0; i < SHELL_COUNT; i++) {
		if (strcmp(argv[0], shells[i].name) != 0)
			continue;
		struct buf out;
		buf_init(&out);
		shells[i].write(&out);
		cli_print(&out);
		buf_release(&out);
		return CLI_OK;
	}
	return cli_wrong_usage(cli, "SHELL must be bash, zsh or fish, not '%s'", argv[0]);
}

const struct command cmd_completion = {
	.name = "completion",
	.summary = "print completions for a shell",
	.operands = "SHELL",
	.operand_names = shell_names,
	.operands_min = 1,
	.operands_max = 1,
	.description =
		"Prints a script that makes SHELL (bash, zsh or fish) complete lamina's commands, options and their "
		"choices.",
	.examples = "lamina completion bash > ~/.local/share/bash-completion/completions/lamina\n"
		    "lamina completion fish > ~/.config/fish/completions/lamina.fish\n",
	.run = run_completion,
};
