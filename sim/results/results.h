/*
 * A file of results: one SQLite file per sweep, which is both what people query and what a sweep goes on from.
 *
 * A point is known by what it is (run_job.identity), never by its number, so that whatever is there is used again when
 * a sweep grows. Each point and each replication carries a checksum of its content, over all its tables; what does not
 * match it does not count. The journal is SQLite's rollback journal, which also works over a network; many may read,
 * one at a time writes, in short transactions. schema.c has the tables.
 */
#ifndef LAMINA_RESULTS_H
#define LAMINA_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "experiment/replicate.h"
#include "experiment/sample.h"
#include "results/swept_value.h"
#include "scenario/identity.h"

struct results;

/* What a file is about. */
struct results_experiment {
	const char *name;
	const char *yaml; /* resolved: bases, overlays and --set are in it */
	struct digest digest;
	int64_t points; /* of its whole sweep */
	const char *const *keys;
	size_t key_count;
	const struct identity_source *sources; /* the files that its points stand on */
	size_t source_count;
};

/* A point of the experiment, or one of an earlier form of it (ordinal -1). */
struct results_point {
	int64_t id; /* in this file only */
	struct digest identity;
	int64_t ordinal; /* its place in the sweep, from 0 */
	int64_t seed;
	int64_t replications;             /* the least that are wanted */
	const struct swept_value *values; /* by key */
	const struct sample_function *functions;
	size_t function_count;
};

struct results_failure {
	int64_t replication;
	const char *reason;
};

/* What is kept of a point. */
struct results_content {
	struct results_point point;
	struct sample *samples; /* of the replications from 0 on; those that are not there are not finished */
	const char **versions;  /* that they were simulated by */
	double *seconds;        /* that this took */
	int64_t count;
	int64_t finished; /* of them */
	int64_t damaged;  /* that were there and did not match their checksum */
	bool is_point_damaged;
	const struct results_failure *failures;
	size_t failure_count;
};

/* Finished replications from the first on, without a gap: what a result is gathered from. */
int64_t results_finished_prefix(const struct results_content *content);

/* Opens to read; refuses what is no file of results, or one of a newer schema. */
struct results *results_open(const char *path, struct err *err);

/* Opens to write, or makes the file. *is_damaged: the file is one of results, but cannot be trusted. */
struct results *results_create(const char *path, bool *is_damaged, struct err *err);

void results_close(struct results *results);

/* Whether a failure told that the file itself is damaged. */
bool results_is_damaged(const struct results *results);

/* Whether the file is there and holds anything. */
bool results_exists(const char *path);

/* What it is about, in the file's own words; name is NULL in a new file. Lives as long as the results. */
const struct results_experiment *results_experiment_of(const struct results *results);

/* Reads that again: another program may have written meanwhile. */
bool results_refresh(struct results *results, struct err *err);

/* Of the version that has written the file last; "" in a new one. */
const char *results_version(const struct results *results);

/* From here on, or from then on: a transaction. A failure of results_end undoes all since. */
bool results_begin(struct results *results, struct err *err);
bool results_end(struct results *results, struct err *err);
void results_undo(struct results *results);

/*
 * Between them what is read is of one moment, and is read faster; others cannot write meanwhile, so it has to be short.
 * Not within a transaction.
 */
bool results_begin_reading(struct results *results, struct err *err);
void results_end_reading(struct results *results);

/* The file is about this from now on; points that are not put again have no place in its sweep. In a transaction. */
bool results_put_experiment(struct results *results, const struct results_experiment *experiment, const char *version,
			    struct err *err);

/* The id of a point, or 0. */
bool results_find(struct results *results, const struct digest *identity, int64_t *id, struct err *err);

/* Adds it, or takes its place; point->id is set. In a transaction. */
bool results_put_point(struct results *results, struct results_point *point, struct err *err);

/* Where it is there already, that one stays. In a transaction. */
bool results_put_sample(struct results *results, const struct results_point *point, int64_t replication,
			const struct sample *sample, const char *version, double seconds, struct err *err);

bool results_put_failure(struct results *results, int64_t point, int64_t replication, const char *reason,
			 struct err *err);

/* The figures of all its replications together, for the views. */
bool results_put_summary(struct results *results, int64_t point, const struct run_result *result, struct err *err);

/* Whether that is what the file holds of them. */
bool results_has_summary(struct results *results, int64_t point, const struct run_result *result, bool *has,
			 struct err *err);

/* Forgets a point's failures, a replication, all replications. In a transaction. */
bool results_drop_failures(struct results *results, int64_t point, struct err *err);
bool results_drop_sample(struct results *results, int64_t point, int64_t replication, struct err *err);
bool results_drop_samples(struct results *results, int64_t point, struct err *err);

/* All that is kept of a point, in the arena. */
bool results_read(struct results *results, int64_t id, struct arena *arena, struct results_content *out,
		  struct err *err);

/* Ids of the points that have a place in the sweep, in its order; with_others: then those that have none. */
bool results_list(struct results *results, bool with_others, struct arena *arena, int64_t **ids, size_t *count,
		  struct err *err);

/* Names of the functions of all points, in the order of their place and then by name. */
bool results_functions(struct results *results, struct arena *arena, const char ***names, size_t *count,
		       struct err *err);

/* Replications that are there of a point, whole or not, and whether it has failed. */
bool results_count(struct results *results, int64_t point, int64_t *replications, bool *is_failed, struct err *err);

/* How far it is, without reading the figures. */
struct results_progress {
	int64_t replications;
	int64_t failed_points;
	double seconds_per_replication; /* NaN where none was timed */
};
bool results_progress(struct results *results, struct results_progress *out, struct err *err);

#endif
