#include "cli/experiment_options.h"

#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/parallel.h"
#include "cli/interrupt.h"
#include "cli/progress.h"

static void override_replications(struct cli *cli, struct experiment *experiment)
{
	if (options_given(&cli->options, "seed"))
		experiment->seed = options_int(&cli->options, "seed");
	if (!options_given(&cli->options, "replications"))
		return;
	experiment->replications = (struct replications){
		.min = options_int(&cli->options, "replications"),
		.max = options_int(&cli->options, "replications"),
	};
}

/* Resolves every point. A mistake that all points share would be said once per point: stop after the first bad one. */
static void resolve_points(struct cli *cli, struct loaded *out, struct diag *diag)
{
	out->jobs = ARENA_ARRAY(&cli->arena, struct run_job, out->sweep.point_count);
	for (size_t i = 0; i < out->sweep.point_count && !diag_has_errors(diag); i++) {
		struct experiment *experiment = ARENA_NEW(&cli->arena, struct experiment);
		struct setting *setting = ARENA_NEW(&cli->arena, struct setting);
		if (!sweep_bind_point(&out->sweep, i, out->root, out->experiment.path, &cli->arena, diag, experiment))
			continue;
		override_replications(cli, experiment);
		if (!experiment_resolve(experiment, &out->library, &cli->arena, diag, setting))
			continue;
		out->jobs[i] = (struct run_job){
			.setting = setting,
			.seed = (uint64_t)experiment->seed,
			.replications = experiment->replications,
		};
	}
}

int experiment_options_load(struct cli *cli, const char *path, bool with_sweep, struct loaded *out)
{
	*out = (struct loaded){0};
	library_init(&out->library, &cli->arena);
	struct load_request request = {.path = path};
	request.overlays = options_list(&cli->options, "with", &request.overlay_count);
	request.sets = options_list(&cli->options, "set", &request.set_count);
	struct diag diag;
	diag_init(&diag);
	bool io_failed = false;
	if (experiment_load(&request, &cli->arena, &diag, &out->root, &out->experiment, &io_failed)) {
		if (!with_sweep)
			out->experiment.sweep = NULL;
		if (sweep_expand(&out->experiment, &cli->arena, &diag, &out->sweep))
			resolve_points(cli, out, &diag);
	}
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	return io_failed ? CLI_FAILED : status;
}

struct shared_progress {
	pthread_mutex_t lock;
	struct progress progress;
	size_t done;
};

static void count_replication(void *context)
{
	struct shared_progress *shared = context;
	pthread_mutex_lock(&shared->lock);
	progress_update(&shared->progress, (double)++shared->done, NULL);
	pthread_mutex_unlock(&shared->lock);
}

bool experiment_options_replicate(struct cli *cli, struct loaded *loaded)
{
	size_t count = loaded->sweep.point_count;
	double total = 0;
	for (size_t i = 0; i < count; i++)
		total += (double)loaded->jobs[i].replications.min;
	struct shared_progress shared = {.lock = PTHREAD_MUTEX_INITIALIZER};
	progress_init(&shared.progress, "replications", total, false);
	interrupt_catch();
	struct run_control control = {
		.jobs = options_given(&cli->options, "jobs") ? (int)options_int(&cli->options, "jobs")
							     : parallel_processors(),
		.interrupt = interrupt_flag(),
		.progress = count_replication,
		.progress_context = &shared,
	};
	bool finished = replicate(loaded->jobs, count, &control, &cli->arena);
	progress_release(&shared.progress);
	if (!finished)
		fprintf(stderr,
			"%s: interrupted after %zu of %.0f replications; what follows is of the finished ones\n",
			cli->name, shared.done, total);
	return finished;
}

void experiment_options_describe(const struct loaded *loaded, const struct setting *setting, struct buf *out)
{
	const struct experiment *experiment = &loaded->experiment;
	buf_printf(out, "%s: %lld images in %lld records on %s", experiment->name, (long long)setting->images,
		   (long long)setting->records, setting->platform->name);
	if (setting->platform->kind == PLATFORM_FUNCTIONS)
		buf_printf(out, ", %s x %lld", schedule_names[setting->schedule], (long long)setting->parallel);
	buf_add_char(out, '\n');
}

static const char *const end_texts[] = {
	[OUTCOME_COMPLETE] = "",
	[OUTCOME_EVENT_BUDGET] = "a replication reached limits.events; raise it, or simulate fewer records",
	[OUTCOME_HORIZON] = "a replication reached limits.horizon_seconds; raise it, or check that the work can finish",
	[OUTCOME_INTERRUPTED] = "",
};

int experiment_options_judge(struct cli *cli, const struct loaded *loaded)
{
	int status = CLI_OK;
	int failed = outcome_find_metric("failed_records");
	for (size_t i = 0; i < loaded->sweep.point_count; i++) {
		const struct run_result *result = &loaded->jobs[i].result;
		if (result->replications == 0)
			continue;
		if (end_texts[result->end][0]) {
			fprintf(stderr, "%s: point %zu: %s\n", cli->name, i + 1, end_texts[result->end]);
			status = CLI_FAILED;
		}
		if (result->metrics[failed].mean == 0)
			continue;
		status = CLI_FAILED;
		fprintf(stderr, "%s: point %zu: %.4g of %lld records failed:", cli->name, i + 1,
			result->metrics[failed].mean, (long long)loaded->jobs[i].setting->records);
		for (size_t f = 0; f < result->function_count; f++) {
			const struct function_result *function = &result->functions[f];
			if (function->out_of_memory > 0)
				fprintf(stderr, " %s ran out of memory (needs %.0f MB, has %lld)", function->name,
					function->peak_memory_mb, (long long)function->memory_mb);
			if (function->timeouts > 0)
				fprintf(stderr, " %s ran out of time %.4g times", function->name, function->timeouts);
		}
		fputc('\n', stderr);
	}
	return status;
}
