#include "experiment/record_times.h"

#include "base/num.h"
#include "serving/simulate.h"

const double record_quantiles[RECORD_QUANTILES] = {0.50, 0.95, 0.99};

struct series {
	double *seconds;
	size_t count;
	size_t capacity;
};

static void keep(void *context, int64_t arrived_ns, int64_t taken_ns)
{
	struct series *series = context;
	if (series->count == RECORD_TIMES_MAX)
		return;
	if (series->count == series->capacity) {
		series->capacity = series->capacity > 0 ? 2 * series->capacity : 1024;
		series->seconds = mem_realloc(series->seconds, series->capacity * sizeof series->seconds[0]);
	}
	series->seconds[series->count++] = seconds_from_ns(taken_ns);
}

bool record_times_apply(const struct setting *setting)
{
	return setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE;
}

void record_times_analyse(const struct run_job *job, const volatile sig_atomic_t *interrupt, struct arena *arena,
			  struct record_times *out)
{
	struct series series = {.seconds = NULL};
	struct record_sink sink = {.completed = keep, .context = &series};
	struct simulate_options options = {.seed = job->seed, .interrupt = interrupt, .records = &sink};
	struct outcome outcome;
	simulate(job->setting, &options, arena, &outcome);
	*out = (struct record_times){.count = series.count};
	out->steady = steady_estimate(series.seconds, series.count, 0.95, arena);
	double *settled = series.seconds + out->steady.discarded;
	size_t left = series.count - out->steady.discarded;
	sample_quantiles_sort(settled, left);
	for (int i = 0; i < RECORD_QUANTILES; i++)
		out->quantiles[i] = sample_quantiles_estimate(settled, left, record_quantiles[i], 0.95);
	mem_free(series.seconds);
}
