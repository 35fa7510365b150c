/*
 * What is kept of one replication, all of it in doubles: what a result is gathered from, whether the replication was
 * simulated just now or read from a file of results. The same samples in the same order give the same bits.
 */
#ifndef LAMINA_SAMPLE_H
#define LAMINA_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "serving/outcome.h"
#include "serving/setting.h"

/* Of one function, over all its calls in the replication. */
struct function_sample {
	double metrics[FUNCTION_METRICS];
	double failures[FAILURES];
	double phase_seconds[WORK_PHASES];
	double cause_seconds[CAUSES];
	double cause_usd[CAUSES];
};

/* Of one step of a workflow. */
struct step_sample {
	double metrics[STEP_METRICS];
};

struct sample {
	bool is_finished;
	enum outcome_end end;
	double metrics[METRICS];
	struct bill bill;
	double bytes_in;
	double bytes_out;
	struct function_sample *functions;
	struct step_sample *steps; /* of the setting's graph; NULL where nobody asks for them */
};

/* What does not vary between a point's replications. */
struct sample_function {
	const char *name;
	int64_t memory_mb;
	double peak_memory_mb;
};

/*
 * functions, and steps where it is not NULL, have room for all of the setting's. An outcome that was interrupted is not
 * finished.
 */
void sample_take(const struct setting *setting, const struct outcome *outcome, struct sample *out);

struct run_result;

/* The result of `count` finished replications, in their order; arrays in the arena, names not copied. */
void samples_gather(const struct sample *samples, int64_t count, const struct sample_function *functions,
		    size_t function_count, struct arena *arena, struct run_result *out);

/* One for each function of the setting, in the arena. */
struct sample_function *sample_functions_of(const struct setting *setting, struct arena *arena);

/* The means of samples that have steps, in the arena. */
void samples_gather_steps(const struct sample *samples, int64_t count, const struct graph *graph, struct arena *arena,
			  struct run_result *out);

struct replications;

/* Whether the rule asks for more than these first `done` replications, all of them finished. */
bool samples_want_more(const struct replications *rule, const struct sample *samples, int64_t done);

/* How many to add then: the same for any number of threads. */
int64_t samples_next_batch(const struct replications *rule, int64_t done);

#endif
