/* `lamina sweep -o FILE.sqlite`: the sweep goes into a file of results, and on from what is there. */
#ifndef LAMINA_SWEEP_FILE_H
#define LAMINA_SWEEP_FILE_H /* private to cli */

#include <stdbool.h>

#include "cli/command.h"

/* Whether a path is to be a file of results: .sqlite, .sqlite3 or .db. path may be NULL. */
bool sweep_file_is(const char *path);

/* The options that only such a file has. */
#define OPTION_ROWS_SWEEP_FILE \
	{.name = "shard", \
	 .kind = OPTION_TEXT, \
	 .metavar = "I/N", \
	 .help = "only every Nth point, from the Ith on, into a file of its own; auto: as the scheduler says"}, \
		{.name = "only", \
		 .kind = OPTION_PAIRS, \
		 .metavar = "KEY=VALUE", \
		 .help = "only points where a swept key has this value; of a key that is given twice, either"}, \
		{.name = "retry-failed", .kind = OPTION_FLAG, .help = "try points again that failed before"}, \
		{.name = "force", .kind = OPTION_FLAG, .help = "simulate again what the file holds already"}, \
		{.name = "keep-going", \
		 .kind = OPTION_FLAG, \
		 .help = "go on after a point that fails, which is the default"}, \
		{.name = "fail-fast", .kind = OPTION_FLAG, .help = "stop at the first point that fails"}, \
		{.name = "any-version", \
		 .kind = OPTION_FLAG, \
		 .help = "go on with results that another version of Lamina has simulated"}, \
	{ \
		.name = "any-experiment", .kind = OPTION_FLAG, \
		.help = "make a file of another experiment into one of this; what both have is kept" \
	}

/* The command's body then; returns an enum cli_exit. */
int sweep_file_run(struct cli *cli, const char *experiment_path, const char *path);

/* CLI_WRONG, said, where such an option is given without such a file. */
int sweep_file_refuse_options(const struct cli *cli);

#endif
