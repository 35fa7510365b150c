/*
 * A command of the program: one row here, one file cmd_NAME.c. Its help, manual page and completions are made from
 * the row. Results go to standard output, words for people to standard error.
 */
#ifndef LAMINA_COMMAND_H
#define LAMINA_COMMAND_H /* private to cli */

#include "base/arena.h"
#include "base/check.h"
#include "base/diag.h"
#include "base/err.h"
#include "cli/options.h"
#include "cli/table.h"

enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,     /* failed in part, or the world failed: files, memory, an interrupt */
	CLI_WRONG = 2,      /* wrong input or usage */
	CLI_INFEASIBLE = 3, /* no plan satisfies the constraints */
};

struct cli;

struct command {
	const char *name;     /* NULL ends a table */
	const char *summary;  /* one line: lower case, no full stop */
	const char *operands; /* as in the usage line: "EXPERIMENT", "FILE..."; NULL for none */
	int operands_min;
	int operands_max;                 /* -1: any number */
	const char *description;          /* paragraphs separated by blank lines; lines are wrapped when printed */
	const char *examples;             /* one command a line */
	const struct option_row *options; /* NULL for none */
	/* Gets the operands only; returns an enum cli_exit. NULL where only subcommands can run. */
	int (*run)(struct cli *cli, int argc, char **argv);
	names_writer *operand_names;              /* words that completions offer, beside files; may be NULL */
	const struct command *const *subcommands; /* NULL-terminated list; NULL for none */
	bool hidden;
};

struct cli {
	const struct command *command;
	const char *name; /* "lamina run", for messages */
	struct options options;
	struct arena arena; /* lives as long as the command runs */
};

/* Parses and runs: the program's main() apart from the process's set-up. argv[0] is not looked at. */
int command_main(const struct command *program, int argc, char **argv);

/* "lamina run: message" on standard error, and where help is to be had; returns CLI_WRONG. */
int cli_wrong_usage(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);

/* "lamina run: message" on standard error; returns CLI_FAILED. */
int cli_failed(const struct cli *cli, const struct err *err);

/* Prints all entries on standard error; CLI_WRONG where there are errors, CLI_OK where there are only warnings. */
int cli_report(const struct cli *cli, struct diag *diag);

/* The value of OPTION_ROW_FORMAT. */
enum table_format cli_format(const struct cli *cli);

/* Likewise for what goes to a file (NULL: standard output): without --format, an ending .csv or .json decides. */
enum table_format cli_format_of(const struct cli *cli, const char *path);

/* To standard output, what controls a terminal left out. */
void cli_print(struct buf *text);

/* The entry called name, or NULL. */
const struct command *command_find(const struct command *const *list, const char *name);

#endif
