/* A point that a campaign is at: what of it is there, what is asked for, what is still missing. */
#ifndef LAMINA_ACTIVE_POINT_H
#define LAMINA_ACTIVE_POINT_H /* private to results */

#include "experiment/study.h"
#include "results/results.h"

enum active_state {
	ACTIVE_UNUSED,
	ACTIVE_OPEN,     /* replications are missing */
	ACTIVE_COMPLETE, /* all are there; written with the next transaction, then unused */
};

struct active_point {
	enum active_state state;
	size_t point;
	struct arena arena; /* all of it */
	struct run_job job;
	struct results_point stored;
	struct sample *samples;
	double *seconds;
	bool *is_asked;
	int64_t planned;  /* replications that are wanted so far */
	int64_t next;     /* none before it is missing but those that were asked for */
	int64_t finished; /* of those planned */
	int64_t under_way;
	bool is_new;       /* its rows have to be put, or put again */
	bool is_forced;    /* what was there does not count */
	bool had_failures; /* that are to be forgotten */
	bool has_damage;   /* replications are to be forgotten */
	bool is_failed;
	const struct results_content *content; /* NULL: there was nothing */
};

struct active_rules {
	bool force;
	bool retry_failed;
};

/*
 * Resolves the point and reads what is there of it. Where nothing is missing it is complete at once; where it failed
 * before and is not tried again, is_failed. False where the file could not be read.
 */
bool active_point_begin(struct active_point *active, struct study *study, size_t point, struct results *results,
			const struct active_rules *rules, struct err *err);
void active_point_end(struct active_point *active);

/* The next replication to ask for; false where none is left for now. */
bool active_point_ask(struct active_point *active, int64_t *replication);

/* A replication is there; it may have completed the point, or asked for more. */
void active_point_add(struct active_point *active, int64_t replication, const struct sample *sample, double seconds);

/* Writes what has to stand before its replications: the point itself, less what does not count. */
bool active_point_put(struct active_point *active, struct results *results, struct err *err);

/* The result of all its replications; only of a complete one that has not failed. */
void active_point_result(struct active_point *active, struct run_result *out);

/* What the file holds of a job, as the study names it. */
void active_point_describe(const struct study *study, size_t point, const struct run_job *job, struct arena *arena,
			   struct results_point *out);

#endif
