#include "report/run_watch.h"

#include <string.h>

#include "base/num.h"
#include "serving/simulate.h"

/*
 * A run's length is known when it is over: bins begin narrow, and each time that the run has left the last one behind,
 * neighbours become one of double width.
 */
struct recorder {
	struct run_watch *watch;
	int64_t bin_ns;
	int64_t last_ns;
};

enum { FIRST_BIN_NS = 1000000 };

static void widen(struct recorder *recorder)
{
	struct watch_bin *bins = recorder->watch->bins;
	for (size_t i = 0; i < WATCH_BINS; i++) {
		struct watch_bin merged = {0};
		for (size_t k = 2 * i; k < 2 * i + 2 && k < WATCH_BINS; k++) {
			merged.calls += bins[k].calls;
			merged.busy += bins[k].busy;
			merged.idle += bins[k].idle;
		}
		bins[i] = merged;
	}
	recorder->bin_ns *= 2;
}

/* Adds numbers that hold from one time to the other to the bins between; bins hold numbers times nanoseconds. */
static void add_stretch(struct recorder *recorder, int64_t from_ns, int64_t to_ns, const struct watch_bin *all_along)
{
	while (to_ns > recorder->bin_ns * WATCH_BINS)
		widen(recorder);
	recorder->last_ns = max_int64(recorder->last_ns, to_ns);
	while (from_ns < to_ns) {
		int64_t bin = from_ns / recorder->bin_ns;
		int64_t end_ns = min_int64(to_ns, (bin + 1) * recorder->bin_ns);
		double ns = (double)(end_ns - from_ns);
		struct watch_bin *into = &recorder->watch->bins[bin];
		into->calls += ns * all_along->calls;
		into->busy += ns * all_along->busy;
		into->idle += ns * all_along->idle;
		from_ns = end_ns;
	}
}

static void record_span(void *context, const struct span *span)
{
	/* Phases and their causes lie within visits. */
	if (span->kind == SPAN_COLD_START || span->kind == SPAN_VISIT)
		add_stretch(context, span->start_ns, span->end_ns, &(struct watch_bin){.calls = 1});
}

static void record_sandboxes(void *context, int64_t from_ns, int64_t to_ns, int64_t busy, int64_t idle)
{
	add_stretch(context, from_ns, to_ns, &(struct watch_bin){.busy = (double)busy, .idle = (double)idle});
}

static void finish(const struct recorder *recorder)
{
	struct run_watch *watch = recorder->watch;
	watch->bin_seconds = seconds_from_ns(recorder->bin_ns);
	watch->bin_count = (size_t)div_ceil_int64(recorder->last_ns, recorder->bin_ns);
	for (size_t i = 0; i < watch->bin_count; i++) {
		/* The last one is shorter. */
		int64_t end_ns = min_int64(((int64_t)i + 1) * recorder->bin_ns, recorder->last_ns);
		double ns = (double)(end_ns - (int64_t)i * recorder->bin_ns);
		watch->bins[i].calls /= ns;
		watch->bins[i].busy /= ns;
		watch->bins[i].idle /= ns;
	}
}

bool run_watch_simulate(const struct run_job *job, const volatile sig_atomic_t *interrupt, struct arena *arena,
			struct run_watch *out)
{
	*out = (struct run_watch){.setting = "", .has_sandboxes = job->setting->platform->kind == PLATFORM_FUNCTIONS};
	struct recorder recorder = {.watch = out, .bin_ns = FIRST_BIN_NS};
	struct span_sink spans = {.span = record_span, .context = &recorder};
	struct sandbox_watch sandboxes = {.stretch = record_sandboxes, .context = &recorder};
	struct simulate_options options = {
		.seed = job->seed,
		.sink = &spans,
		.sandboxes = &sandboxes,
		.interrupt = interrupt,
	};
	simulate(job->setting, &options, arena, &out->outcome);
	finish(&recorder);
	return out->outcome.end != OUTCOME_INTERRUPTED;
}
