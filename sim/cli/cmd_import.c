/* `lamina import TEMPLATE`: an application that is deployed, or is to be, as an experiment. */
#include "base/version.h"
#include "cli/commands.h"
#include "cli/result_file.h"
#include "deploy/import.h"
#include "scenario/resolve.h"

static int read_and_write(struct cli *cli, struct import_request *request, struct diag *diag)
{
	struct buf text;
	bool io_failed = false;
	buf_init(&text);
	bool ok = import_template(request, &cli->arena, diag, &text, &io_failed);
	int status = cli_report(cli, diag);
	if (ok)
		status = result_file_write(cli, request->output, &text);
	buf_release(&text);
	return io_failed ? CLI_FAILED : status;
}

static int run_import(struct cli *cli, int argc, char **argv)
{
	struct library library;
	struct diag diag;
	struct import_request request = {
		.path = argv[0],
		.more_paths = (const char *const *)(argv + 1),
		.more_count = (size_t)argc - 1,
		.name = options_text(&cli->options, "name"),
		.platform_name = options_text(&cli->options, "platform"),
		.machine = options_text(&cli->options, "machine"),
		.output = options_text(&cli->options, "output"),
		.version = lamina_version(),
	};
	request.parameters = options_list(&cli->options, "parameter", &request.parameter_count);
	request.functions = options_list(&cli->options, "function", &request.function_count);
	int status = result_file_try(cli, request.output);
	if (status != CLI_OK)
		return status;
	diag_init(&diag);
	library_init(&library, &cli->arena);
	request.platform = library_platform(&library, request.platform_name, NULL,
					    (struct diag_place){.file = "--platform"}, &diag);
	status = request.platform ? read_and_write(cli, &request, &diag) : cli_report(cli, &diag);
	diag_release(&diag);
	return status;
}

static const struct option_row options[] = {
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "write the experiment there, instead of on standard output"},
	{.name = "platform",
	 .letter = 'p',
	 .kind = OPTION_TEXT,
	 .metavar = "NAME",
	 .names = names_of_platforms,
	 .fallback = "aws-lambda",
	 .help = "the experiment's platform, by name or file"},
	{.name = "name",
	 .kind = OPTION_TEXT,
	 .metavar = "WORD",
	 .help = "the experiment's name; by default the file's"},
	{.name = "parameter",
	 .kind = OPTION_PAIRS,
	 .metavar = "NAME=VALUE",
	 .help = "a parameter of the template, a variable, instead of its default"},
	{.name = "function",
	 .kind = OPTION_LIST,
	 .metavar = "NAME",
	 .help = "take this function, and of the others only those that are named likewise"},
	{.name = "machine",
	 .kind = OPTION_TEXT,
	 .metavar = "NAME",
	 .help = "the state machine that becomes the workflow, where there are several"},
	OPTION_END,
};

const struct command cmd_import = {
	.name = "import",
	.summary = "make an experiment of what is deployed: SAM, CDK, Serverless, Terraform, Step Functions",
	.operands = "TEMPLATE [TEMPLATE...]",
	.operands_min = 1,
	.operands_max = -1,
	.description =
		"Reads an AWS SAM or CloudFormation template (as AWS CDK leaves them in cdk.out, too), a "
		"serverless.yml, Terraform's JSON configuration (*.tf.json) or `terraform show -json`, a state machine "
		"in Amazon States Language, or what `aws lambda list-functions` prints, and writes an experiment: "
		"functions with memory, time-outs, /tmp, concurrency, architecture and runtime, and the state machine "
		"as the workflow; further templates have the functions that a machine by itself calls. Comments say "
		"where each value stands.\n\n"
		"Parameters, mappings, conditions, variables and locals are followed to their defaults. What the file "
		"cannot say is left 'blank', above all the work that functions do: `lamina check` lists what is blank "
		"and how it is filled, `lamina calibrate` fits work to logs, for --with. Functions keep their logical "
		"names, so that `lamina plan --emit` writes sizes for the same resources.",
	.examples = "lamina import template.yaml -o app.yaml\n"
		    "lamina check app.yaml\n"
		    "lamina calibrate resize.log classify.log -e app.yaml -o work.yaml\n"
		    "lamina plan app.yaml --with work.yaml --set workload.images=1000 --deadline 60 --emit sam\n",
	.options = options,
	.run = run_import,
};
