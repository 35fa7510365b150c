/*
 * The times of records that arrive one after the other, from one long replication: its steady state. The warm-up is
 * found and deleted, the mean gets an interval from batch means, quantiles get intervals that assume nothing about the
 * distribution, and a run too short to say anything says so. Replications tell how a whole run varies; this tells how
 * requests vary once the service has settled.
 */
#ifndef LAMINA_RECORD_TIMES_H
#define LAMINA_RECORD_TIMES_H

#include "experiment/replicate.h"
#include "stats/sample_quantiles.h"
#include "stats/steady.h"

enum { RECORD_TIMES_MAX = 1000000, RECORD_QUANTILES = 3 };

extern const double record_quantiles[RECORD_QUANTILES]; /* 0.50, 0.95, 0.99 */

struct record_times {
	size_t count;         /* records looked at: the first RECORD_TIMES_MAX that completed */
	struct steady steady; /* seconds */
	struct quantile_estimate quantiles[RECORD_QUANTILES]; /* seconds, of what the warm-up leaves, 95 % intervals */
};

/* Whether records arrive over time; where all come at once there is no steady state. */
bool record_times_apply(const struct setting *setting);

/* Simulates the job's first replication once more, watching its records. */
void record_times_analyse(const struct run_job *job, const volatile sig_atomic_t *interrupt, struct arena *arena,
			  struct record_times *out);

#endif
