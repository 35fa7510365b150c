/* `lamina schema KIND`: what may stand in a file, for editors (JSON Schema) and for the manual. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "cli/commands.h"
#include "cli/usage.h"
#include "doc/bind.h"
#include "kernels/model/model.h"
#include "profile/profile.h"
#include "scenario/experiment_file.h"
#include "scenario/framework_file.h"
#include "scenario/platform_file.h"

static const struct document_kind kinds[] = {
	{"experiment", "what is served, on which platform, with which settings",
	 "An experiment names a platform and says which work is served by which functions. lamina run simulates it, "
	 "lamina sweep every point of its sweep. It is YAML 1.2 without anchors, aliases and tags.",
	 &experiment_schema},
	{"platform", "a cloud at a date: its sizes, limits, latencies and prices",
	 "A platform is a function service or a machine with a GPU, at a date, as data. In configs/platforms every "
	 "number has its source beside it. It is YAML 1.2 without anchors, aliases and tags.",
	 &platform_schema},
	{"profile", "measured cost of a model's layers and functions",
	 "A profile is all that a simulation knows of a network: the time of every layer and phase over images per "
	 "record and threads, peak memory, and reference speeds of the machine that measured. lamina profile writes "
	 "it; it may as well be written from another framework's measurements. It is YAML 1.2 without anchors, aliases "
	 "and tags.",
	 &profile_schema},
	{"framework", "what a language and a framework take beyond arithmetic",
	 "A framework is a preset of an experiment's framework: memory, import and package size, each with its source "
	 "beside it (configs/frameworks). It is YAML 1.2 without anchors, aliases and tags.",
	 &framework_preset_schema},
	{"model", "a neural network and how it is split over functions",
	 "A model lists a network's layers; shapes, work and parameters are inferred. It is YAML 1.2 without anchors, "
	 "aliases and tags.",
	 &model_schema},
};

enum { KIND_COUNT = ARRAY_LEN(kinds) };

static const struct document_kind *find_kind(const char *name)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static int print_names(void)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		printf("%s\n", kinds[i].name);
	return CLI_OK;
}

static int run_schema(struct cli *cli, int argc, char **argv)
{
	if (argc == 0)
		return print_names();
	const struct document_kind *kind = find_kind(argv[0]);
	if (!kind)
		return cli_wrong_usage(cli, "KIND must be experiment, platform, profile, framework or model, not '%s'",
				       argv[0]);
	struct buf out;
	buf_init(&out);
	if (options_flag(&cli->options, "man"))
		schema_page_write(kind, &out);
	else
		bind_write_json_schema(kind->schema, arena_printf(&cli->arena, "lamina-%s.schema.json", kind->name),
				       &out);
	cli_print(&out);
	buf_release(&out);
	return CLI_OK;
}

static void kind_names(struct buf *out)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : " ", kinds[i].name);
}

static const struct option_row options[] = {
	{.name = "man", .kind = OPTION_FLAG, .help = "print the manual page's source (scdoc)", .hidden = true},
	OPTION_END,
};

const struct command cmd_schema = {
	.name = "schema",
	.summary = "print what may stand in a file, as JSON Schema",
	.operands = "[KIND]",
	.operand_names = kind_names,
	.operands_max = 1,
	.description =
		"Prints the JSON Schema (draft 7) of a kind of file: experiment, platform, profile, framework or "
		"model. Editors with YAML support check and complete by it. Without KIND, the list of kinds.",
	.examples = "lamina schema experiment > lamina-experiment.schema.json\n",
	.options = options,
	.run = run_schema,
};
