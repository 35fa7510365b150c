/*
 * The times of records that arrive one after the other, from one long replication: its steady state. The warm-up is
 * left out, mean and quantiles get intervals that hold for records whose times depend on each other, and a run too
 * short for one of them says so. Replications tell how a whole run varies; this tells how requests vary once the
 * service has settled.
 */
#ifndef LAMINA_RECORD_TIMES_H
#define LAMINA_RECORD_TIMES_H

#include "base/buf.h"
#include "experiment/replicate.h"
#include "stats/steady.h"

enum { RECORD_TIMES_MAX = 1000000, RECORD_QUANTILES = 3 };

extern const double record_quantiles[RECORD_QUANTILES]; /* 0.50, 0.95, 0.99 */

/* "p50" */
void record_quantile_name(int quantile, char name[16]);

struct record_times {
	size_t count; /* records looked at: the first RECORD_TIMES_MAX that completed */
	size_t discarded;
	bool is_warming;
	double independent; /* records that these are worth */
	/* Seconds, of what the warm-up leaves, with 95 % intervals. */
	struct steady_estimate mean;
	struct steady_estimate quantiles[RECORD_QUANTILES];
	double share_5; /* what one in twenty do not exceed */
	double share_95;
};

/* Whether records arrive over time; where all come at once there is no steady state. */
bool record_times_apply(const struct setting *setting);

/* Simulates the job's first replication once more, watching its records. */
void record_times_analyse(const struct run_job *job, const volatile sig_atomic_t *interrupt, struct arena *arena,
			  struct record_times *out);

/* Which intervals are missing and what helps, one sentence; nothing where none is. */
void record_times_doubt(const struct record_times *times, struct buf *out);

#endif
