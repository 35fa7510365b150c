/* `lamina plot` and `lamina report` ask for points alike. */
#include "cli/figure_source.h"

#include <stdio.h>

#include "base/num.h"
#include "cli/experiment_options.h"

static struct figure_only only_of(const struct cli *cli)
{
	struct figure_only only;
	only.pairs = options_list(&cli->options, "only", &only.count);
	return only;
}

static int refuse_experiment_options(const struct cli *cli)
{
	static const char *const names[] = {"set", "with", "replications", "seed", "jobs"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (options_given(&cli->options, names[i]))
			return cli_wrong_usage(cli, "--%s is for experiments; a file of results is as it is", names[i]);
	return CLI_OK;
}

int figure_source_read(struct cli *cli, const char *path, struct results **results, struct figure_data *data,
		       int *judged)
{
	struct err err;
	struct figure_only only = only_of(cli);
	int status = refuse_experiment_options(cli);
	if (status != CLI_OK)
		return status;
	*results = results_open(path, &err);
	if (!*results)
		return cli_failed(cli, &err);
	const struct results_experiment *experiment = results_experiment_of(*results);
	if (experiment->name && !figure_only_check(&only, experiment->keys, experiment->key_count, &err))
		return cli_wrong_usage(cli, "%s", err.text);
	if (!figure_data_read(*results, &only, &cli->arena, data, &err))
		return cli_failed(cli, &err);
	if (data->left_out == 0)
		return CLI_OK;
	fprintf(stderr, "%s: %lld points are missing or have failed; lamina sweep goes on where it stopped\n",
		cli->name, (long long)data->left_out);
	*judged = CLI_FAILED;
	return CLI_OK;
}

size_t *figure_source_choose(struct cli *cli, const struct study *study, size_t most, size_t *count)
{
	struct figure_only only = only_of(cli);
	struct err err;
	const struct sweep *sweep = &study->sweep;
	size_t *points = ARENA_ARRAY(&cli->arena, size_t, min_size(most, sweep->point_count));
	*count = 0;
	if (!figure_only_check(&only, sweep->keys, sweep->key_count, &err)) {
		cli_wrong_usage(cli, "%s", err.text);
		return NULL;
	}
	for (size_t i = 0; i < sweep->point_count; i++) {
		struct arena arena;
		arena_init(&arena);
		bool is_chosen =
			figure_only_has(&only, sweep->keys, sweep->key_count, figure_values_of(study, i, &arena));
		arena_release(&arena);
		if (is_chosen && *count == most) {
			cli_wrong_usage(cli, "more than %zu points are too many here: --only KEY=VALUE takes some",
					most);
			return NULL;
		}
		if (is_chosen)
			points[(*count)++] = i;
	}
	if (*count == 0)
		cli_wrong_usage(cli, "--only leaves no point");
	return *count > 0 ? points : NULL;
}

bool figure_source_simulate(struct cli *cli, struct study *study, const size_t *points, size_t count,
			    struct figure_data *data, int *judged)
{
	struct replicating replicating;
	struct judgement judgement;
	struct arena arena;
	bool finished = true;
	arena_init(&arena);
	judgement_init(&judgement, cli, study);
	replicating_begin(&replicating, cli,
			  study->least_replications * (double)count / (double)study->sweep.point_count);
	for (size_t first = 0; first < count && finished; first += STUDY_WINDOW_POINTS) {
		size_t window = min_size(count - first, STUDY_WINDOW_POINTS);
		struct run_job *jobs;
		finished = study_run_some(study, points + first, window, &replicating.control, &arena, &jobs);
		for (size_t i = 0; i < window; i++) {
			figure_data_add(data, study, points[first + i], &jobs[i], &cli->arena);
			judgement_add(&judgement, &jobs[i], points[first + i]);
		}
		arena_release(&arena);
	}
	finished = replicating_end(&replicating, cli) && finished;
	if (judgement_end(&judgement) != CLI_OK)
		*judged = CLI_FAILED;
	return finished;
}
