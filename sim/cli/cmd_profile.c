/* `lamina profile MODEL`: measures a model on this machine. Its subcommands are in files of their own. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "base/num.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/graph_options.h"
#include "cli/interrupt.h"
#include "cli/names.h"
#include "cli/network_choice.h"
#include "cli/options.h"
#include "cli/result_file.h"
#include "cli/terminal.h"
#include "kernels/timing/host_speed.h"
#include "kernels/timing/profiler.h"

enum { IMAGES_MAX = 100000 };

/* What time is left to repeat in; what is needed is measured however long it takes. */
#define BUDGET_SECONDS 85.0
#define QUICK_BUDGET_SECONDS 22.0

/* Records of many images, as models of configs/models/ are served with; batches, as networks of ONNX files are. */
static const int64_t record_images[] = {1, 3, 10, 50, 100, 500, 1000};
static const int64_t quick_record_images[] = {1, 10, 100, 500};
static const int64_t batch_images[] = {1, 2, 4, 8, 16, 32, 64};
static const int64_t quick_batch_images[] = {1, 2, 4, 16};

/* What the options say, in the profiler's form. */
struct request {
	struct profiler_options options;
	int64_t images[PROFILER_SIZES_MAX];
	int64_t threads[PROFILER_THREADS_MAX];
	size_t *functions;
};

static void set_images(struct request *request, const int64_t *images, size_t count)
{
	memcpy(request->images, images, count * sizeof *images);
	request->options.image_count = count;
}

static bool take_images(const struct cli *cli, const struct timed_network *network, struct request *request,
			struct err *err)
{
	const char *list = options_text(&cli->options, "images");
	if (list) {
		request->options.images_are_wanted = true;
		return number_list_parse(list, 1, IMAGES_MAX, request->images, PROFILER_SIZES_MAX,
					 &request->options.image_count, err) ||
		       err_prefix(err, "--images");
	}
	bool is_quick = options_flag(&cli->options, "quick");
	if (network->chain && is_quick)
		set_images(request, quick_record_images, ARRAY_LEN(quick_record_images));
	else if (network->chain)
		set_images(request, record_images, ARRAY_LEN(record_images));
	else if (is_quick)
		set_images(request, quick_batch_images, ARRAY_LEN(quick_batch_images));
	else
		set_images(request, batch_images, ARRAY_LEN(batch_images));
	return true;
}

/* Powers of two and all cores: enough to see how work spreads. */
static size_t default_threads(int64_t threads[PROFILER_THREADS_MAX])
{
	int64_t cores = host_cores();
	size_t count = 0;
	if (cores > TEAM_THREADS_MAX)
		cores = TEAM_THREADS_MAX;
	for (int64_t n = 1; n < cores; n *= 2)
		threads[count++] = n;
	threads[count++] = cores;
	return count;
}

static bool take_threads(const struct cli *cli, struct request *request, struct err *err)
{
	const char *list = options_text(&cli->options, "threads");
	if (!list) {
		request->options.thread_count = default_threads(request->threads);
		return true;
	}
	if (!number_list_parse(list, 1, TEAM_THREADS_MAX, request->threads, PROFILER_THREADS_MAX,
			       &request->options.thread_count, err))
		return err_prefix(err, "--threads");
	if (request->threads[0] != 1)
		return err_set(err, "--threads: 1 is missing; every profile needs times for one thread");
	return true;
}

static bool name_function(const struct timed_network *network, const char *name, size_t *index, struct arena *arena,
			  struct err *err)
{
	const char **names = ARENA_ARRAY(arena, const char *, network->function_count);
	for (size_t i = 0; i < network->function_count; i++) {
		names[i] = network->functions[i].name;
		*index = i;
		if (strcmp(names[i], name) == 0)
			return true;
	}
	const char *guess = did_you_mean(name, names, network->function_count);
	return err_set(err, "--functions: model '%s' has no function '%s'%s%s%s", network->name, name,
		       guess ? "; did you mean '" : "", guess ? guess : "", guess ? "'?" : "");
}

static bool take_functions(const struct cli *cli, const struct timed_network *network, struct request *request,
			   struct arena *arena, struct err *err)
{
	size_t count;
	const char *const *names = options_list(&cli->options, "functions", &count);
	bool *wanted = ARENA_ARRAY(arena, bool, network->function_count);
	for (size_t i = 0; i < count; i++) {
		size_t index = 0;
		if (!name_function(network, names[i], &index, arena, err))
			return false;
		wanted[index] = true;
	}
	request->functions = ARENA_ARRAY(arena, size_t, network->function_count);
	for (size_t i = 0; i < network->function_count; i++)
		if (count == 0 || wanted[i])
			request->functions[request->options.function_count++] = i;
	return true;
}

static void show_progress(void *context, double done, const char *note)
{
	progress_update(context, done, note);
}

static bool measure(struct timed_network *network, struct request *request, struct arena *arena, struct diag *diag,
		    struct profile *profile, struct err *err)
{
	struct progress progress;
	struct profiler_options *options = &request->options;
	options->images = request->images;
	options->threads = request->threads;
	options->functions = request->functions;
	options->lamina_version = lamina_version();
	options->progress = show_progress;
	options->progress_context = &progress;
	interrupt_catch();
	options->stop = interrupt_flag();
	progress_init(&progress, arena_printf(arena, "profiling %s", network->name), 1, true);
	bool ok = profiler_run(network, options, arena, diag, profile, err);
	progress_release(&progress);
	return ok;
}

static int write_profile(const struct cli *cli, const struct profile *profile, const char *path)
{
	struct buf text;
	buf_init(&text);
	profile_write(profile, &text);
	int status = result_file_write(cli, path, &text);
	buf_release(&text);
	return status;
}

static int profile_model(struct cli *cli, struct timed_network *network, struct diag *diag)
{
	struct request request = {.options.budget_seconds =
					  options_flag(&cli->options, "quick") ? QUICK_BUDGET_SECONDS : BUDGET_SECONDS};
	struct err err;
	if (!kernel_choice_take(cli, &network->kernels, &err) || !take_images(cli, network, &request, &err) ||
	    !take_threads(cli, &request, &err) || !take_functions(cli, network, &request, &cli->arena, &err))
		return cli_wrong_usage(cli, "%s", err.text);
	const char *path = options_text(&cli->options, "output");
	struct profile profile;
	bool ok = file_can_write(path, &err) && measure(network, &request, &cli->arena, diag, &profile, &err);
	cli_report(cli, diag);
	return ok ? write_profile(cli, &profile, path) : cli_failed(cli, &err);
}

static int run_profile(struct cli *cli, int argc, char **argv)
{
	struct timed_network network;
	struct diag diag;
	diag_init(&diag);
	int status = network_choice_open(cli, argv[0], false, &diag, &network);
	if (status == CLI_OK) {
		status = profile_model(cli, &network, &diag);
		timed_network_release(&network);
	}
	diag_release(&diag);
	return status;
}

static const struct option_row options[] = {
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .fallback = "-",
	 .help = "where the profile goes; - is standard output"},
	{.name = "quick",
	 .letter = 'q',
	 .kind = OPTION_FLAG,
	 .help = "fewer record sizes and repeats, about 45 s on 2 idle cores"},
	{.name = "images",
	 .letter = 'i',
	 .kind = OPTION_TEXT,
	 .metavar = "LIST",
	 .help = "images per record to measure (1,10,100); 1 to 1000 when absent, of an ONNX file to 64"},
	{.name = "threads",
	 .letter = 't',
	 .kind = OPTION_TEXT,
	 .metavar = "LIST",
	 .help = "threads to measure with (1,2,4); powers of two up to all cores when absent"},
	{.name = "functions",
	 .kind = OPTION_LIST,
	 .metavar = "NAME",
	 .help = "measure this function of the model only"},
	OPTION_ROW_DIMENSION,
	OPTION_ROWS_KERNELS,
	OPTION_END,
};

static const struct command *const subcommands[] = {&cmd_profile_show, &cmd_profile_compare, NULL};

const struct command cmd_profile = {
	.name = "profile",
	.summary = "time a model's real kernels on this machine, layer by layer",
	.operands = "MODEL",
	.operand_names = names_of_models,
	.operands_min = 1,
	.operands_max = 1,
	.description =
		"Runs every function of MODEL's pipeline as on a serverless platform: reads a record, decodes it to "
		"tensors, loads weights, computes layer by layer and serialises the output, over images per record and "
		"threads. Every phase and layer is timed by itself; peak memory is measured in processes of their own. "
		"MODEL is a file or the name of one of configs/models/. Of a file whose name ends in .onnx, batch "
		"normalisations are folded and activations fused first, and the profile says so; its weights need not "
		"be there.\n\n"
		"Memory is touched before it is timed; what a first touch costs is a number of its own. Everything is "
		"measured at least three times, however slow the machine, and again until medians are known to 1 % or "
		"the time is over: about 2 minutes on 2 idle cores. Nothing else should run meanwhile: what looks "
		"disturbed is measured again, and where that does not help, a warning says why the profile is not to "
		"be trusted. The format of the result is explained in profiles/README.md.",
	.examples = "lamina profile alexnet-h1 -o profiles/here.yaml\n"
		    "lamina profile --quick --images 10,100 my-model.yaml > quick.yaml\n"
		    "lamina profile show profiles/here.yaml\n"
		    "lamina profile compare profiles/here.yaml quick.yaml\n",
	.options = options,
	.run = run_profile,
	.subcommands = subcommands,
};
