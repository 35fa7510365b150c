/* The order of the rows is the order of `lamina --help`: what a newcomer needs first comes first. */
#include "cli/commands.h"

/* clang-format off */
static const struct command *const commands[] = {
	&cmd_profile,
	&cmd_run,
	&cmd_sweep,
	&cmd_export,
	&cmd_plot,
	&cmd_report,
	&cmd_merge,
	&cmd_plan,
	&cmd_compare,
	&cmd_check,
	&cmd_fit,
	&cmd_validate,
	&cmd_explain,
	&cmd_calibrate,
	&cmd_import,
	&cmd_model,
	&cmd_infer,
	&cmd_paper,
	&cmd_record,
	&cmd_schema,
	&cmd_completion,
	&cmd_help,
	NULL,
};
/* clang-format on */

static const struct option_row options[] = {
	{.name = "version", .kind = OPTION_FLAG, .help = "print the version and exit"},
	OPTION_END,
};

const struct command lamina_program = {
	.name = "lamina",
	.summary = "simulate the cost and time of deep learning on serverless functions",
	.description =
		"Lamina answers, before anything is deployed: what will this network cost and how long will it take "
		"on serverless functions, and which memory should each function get? It times real kernels on this "
		"machine once, then simulates the rest.\n\n"
		"Results go to standard output, everything else to standard error. Exit status: 0 done, 1 failed in "
		"part or the world failed, 2 wrong input or usage, 3 no feasible plan. A reader that closes the pipe "
		"ends the program without a word, by SIGPIPE.",
	.options = options,
	.subcommands = commands,
};
