/*
 * What figures are made of: the gathered points of a sweep, from a file of results or simulated just now, one run that
 * was watched while it was simulated, and claims beside their predictions.
 */
#ifndef LAMINA_FIGURE_DATA_H
#define LAMINA_FIGURE_DATA_H

#include "base/arena.h"
#include "base/err.h"
#include "experiment/study.h"
#include "report/run_watch.h"
#include "report/validation.h"
#include "results/results.h"
#include "results/swept_value.h"

enum { FIGURE_POINTS_MAX = 20000 };

struct figure_point {
	int64_t ordinal;                  /* its place in the sweep, from 0 */
	const struct swept_value *values; /* by key */
	struct run_result result;         /* without samples */
};

struct figure_data {
	const char *name;        /* the experiment's */
	const char *const *keys; /* of its sweep */
	size_t key_count;
	struct figure_point *points; /* in the order of the sweep; those that failed or are not finished are left out */
	size_t point_count;
	int64_t left_out;
	bool is_batch;                       /* all records are there at once; false: they come over time */
	const struct run_watch *watch;       /* NULL: no single run was watched */
	const struct validation *validation; /* NULL: there are no claims */
};

/* The points that a sweep is about: all, or only where a key has one of the values given for it ("key=value"). */
struct figure_only {
	const char *const *pairs;
	size_t count;
};

/* Begins a sweep of so many points at most, from an experiment; add points as they are simulated. */
void figure_data_begin(struct figure_data *data, const struct study *study, size_t points_max, struct arena *arena);

/* A point of the study's sweep and its result, copied into the arena; one without replications is left out. */
void figure_data_add(struct figure_data *data, const struct study *study, size_t point, const struct run_job *job,
		     struct arena *arena);

/*
 * All finished points of a file of results among `only`, which was checked; the results must outlive the data. False
 * where the file cannot be read, is damaged, or has too many.
 */
bool figure_data_read(struct results *results, const struct figure_only *only, struct arena *arena,
		      struct figure_data *out, struct err *err);

/* A point's values of the swept keys, in the arena. */
const struct swept_value *figure_values_of(const struct study *study, size_t point, struct arena *arena);

/* Whether a name is a key's, or the end of it: "memory_mb". */
bool figure_key_is_meant(const char *key, const char *name);

/* Whether a point is among those that are asked for. False with err for a key that the sweep does not have. */
bool figure_only_check(const struct figure_only *only, const char *const *keys, size_t key_count, struct err *err);
bool figure_only_has(const struct figure_only *only, const char *const *keys, size_t key_count,
		     const struct swept_value *values);

#endif
