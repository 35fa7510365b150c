/*
 * A sweep into a file of results, by processes that do one replication after the other while this one writes what they
 * have found, all of it in few transactions. What the file holds already is not done again. A replication that ends its
 * process is recorded as a failure of its point; all others go on.
 */
#ifndef LAMINA_CAMPAIGN_H
#define LAMINA_CAMPAIGN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "experiment/study.h"
#include "results/results.h"

struct campaign_counts {
	int64_t points; /* that were looked at */
	int64_t complete;
	int64_t failed;       /* now or before */
	int64_t replications; /* that were simulated now */
	int64_t unwritten;    /* of these, that the file has refused */
	int64_t reused;
	int64_t damaged;             /* of those in the file, that are simulated again */
	int64_t with_failed_records; /* complete points */
	int64_t cut_short;           /* complete points that a bound has stopped */
};

struct campaign_request {
	struct study *study; /* checked, with identity */
	struct results *results;
	const char *version;
	int jobs;
	bool force;
	bool retry_failed;
	bool fail_fast;
	const volatile sig_atomic_t *interrupt;
	double (*now_seconds)(void); /* a clock that never jumps */
	/* Which points are meant; NULL: all. */
	bool (*is_meant)(void *context, size_t point);
	void *meant_context;
	/* Called now and then. */
	void (*progress)(void *context, const struct campaign_counts *counts);
	void *progress_context;
};

enum campaign_end {
	CAMPAIGN_FINISHED,
	CAMPAIGN_INTERRUPTED,
	CAMPAIGN_FAILED_FAST,
	CAMPAIGN_STUCK, /* the file or the system refuses; err says how */
};

/* The file says from here on what it is about; points that it has keep their results. */
bool campaign_prepare(const struct campaign_request *request, const struct results_experiment *experiment,
		      struct err *err);

/* Whatever the end: what was finished is in the file, but for what it refuses. */
enum campaign_end campaign_run(const struct campaign_request *request, struct campaign_counts *counts, struct err *err);

#endif
