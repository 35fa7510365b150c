/* `lamina model`: networks, as files and as those that come with Lamina. */
#include "cli/cmd_model.h"

#include "cli/commands.h"

static const struct command *const subcommands[] = {&cmd_model_show, NULL};

const struct command cmd_model = {
	.name = "model",
	.summary = "inspect networks: their layers, work and size",
	.description = "A model is a YAML file that lists the layers of a network and how a pipeline splits them over "
		       "functions. Shapes, multiply-accumulates, parameters and bytes follow from the layers.",
	.subcommands = subcommands,
};
