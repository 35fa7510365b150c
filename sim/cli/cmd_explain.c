/* `lamina explain`: what results and platforms are made of. */
#include "cli/cmd_explain.h"

#include "cli/commands.h"

static const struct command *const subcommands[] = {&cmd_explain_run, &cmd_explain_platform, NULL};

const struct command cmd_explain = {
	.name = "explain",
	.summary = "say where time and money went, and where numbers come from",
	.description =
		"Every result of a simulation has its causes, and every number that it starts from has a source.",
	.subcommands = subcommands,
};
