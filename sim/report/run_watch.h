/*
 * One replication of a run, watched while it is simulated: how many calls, sandboxes and idle sandboxes there are over
 * time, and how long its records take. What a sweep's means do not tell.
 */
#ifndef LAMINA_RUN_WATCH_H
#define LAMINA_RUN_WATCH_H /* private to report */

#include <signal.h>

#include "base/arena.h"
#include "experiment/replicate.h"
#include "serving/outcome.h"

enum { WATCH_BINS = 512 };

/* Means over a stretch of time. */
struct watch_bin {
	double calls; /* under way on a sandbox, their cold starts included */
	double busy;  /* sandboxes that start or have a call */
	double idle;  /* sandboxes that have none */
};

struct run_watch {
	const char *setting; /* which point it is of those that are shown beside it: "parallel 4"; "": the only one */
	double bin_seconds;
	size_t bin_count;
	struct watch_bin bins[WATCH_BINS];
	bool has_sandboxes; /* false: the platform is a machine */
	struct outcome outcome;
};

/* Simulates the first replication of the job once more; false when it was interrupted. */
bool run_watch_simulate(const struct run_job *job, const volatile sig_atomic_t *interrupt, struct arena *arena,
			struct run_watch *out);

#endif
