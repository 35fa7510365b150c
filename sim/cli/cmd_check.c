/* `lamina check FILE...`: all mistakes of experiments, and nothing else. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/experiment_options.h"

static int run_check(struct cli *cli, int argc, char **argv)
{
	int worst = CLI_OK;
	for (int i = 0; i < argc; i++) {
		struct study study;
		int status = experiment_options_check(cli, argv[i], &study);
		size_t points = study.sweep.point_count;
		if (status == CLI_OK)
			printf("%s: %zu point%s, ok\n", argv[i], points, points == 1 ? "" : "s");
		worst = status > worst ? status : worst;
	}
	return worst;
}

static const struct option_row options[] = {
	OPTION_ROW_SET, OPTION_ROW_WITH, OPTION_ROW_REPLICATIONS, OPTION_ROW_SEED, OPTION_END,
};

const struct command cmd_check = {
	.name = "check",
	.summary = "find the mistakes of experiments without simulating them",
	.operands = "EXPERIMENT...",
	.operands_min = 1,
	.operands_max = -1,
	.description =
		"Reads the experiment, its platform and its profile, resolves every point of its sweep and prints "
		"every mistake as file:line:column. Exit status 2 says that there are some.",
	.examples = "lamina check configs/paper/*.yaml\n",
	.options = options,
	.run = run_check,
};
