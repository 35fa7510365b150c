/*
 * What the rows of a log say, function by function and memory size by memory size, in bounded memory: the fit needs
 * means and quantiles only. Rows that failed, or that hold a second init of unknown length, do not tell what the work
 * takes and are counted apart; peak memory at the size bought is censored.
 */
#ifndef LAMINA_LOG_SAMPLES_H
#define LAMINA_LOG_SAMPLES_H /* private to calibrate */

#include "base/arena.h"
#include "base/diag.h"
#include "calibrate/report_row.h"
#include "calibrate/sandbox_calls.h"
#include "calibrate/scatter.h"
#include "stats/histogram.h"
#include "stats/summary.h"

enum { SAMPLES_FUNCTIONS_MAX = 64, SAMPLES_SIZES_MAX = 256, SAMPLES_GROUPS_MAX = 2 * SAMPLES_SIZES_MAX };

/* Completed invocations at one memory size, warm or cold, of so many images each. */
struct sample_group {
	int64_t memory_mb;
	bool is_cold;
	int64_t images;             /* 0: the rows do not say */
	struct summary seconds;     /* handler time, without init */
	struct histogram times_ns;  /* the same, without averages */
	double center_seconds;      /* the mean, with the function's share of a tail instead of the group's */
	double body_variance;       /* of rows without a tail, relative to their mean; NaN where there is one or none */
	struct summary cpu_seconds; /* of rows that tell it */
};

struct function_samples {
	const char *name;
	struct sample_group *groups; /* by size, warm before cold, images */
	size_t group_count;
	int64_t completed;
	int64_t ended[REPORT_STATUSES]; /* invocations, by how they ended */
	int64_t failed;                 /* of these */
	int64_t broken_inits;           /* first inits that were broken off */
	double broken_init_seconds;     /* the longest of them */
	int64_t at_ceiling;
	int64_t averages;
	int64_t eras[BILLING_ERAS];
	double max_memory_mb;     /* the largest below the size bought; 0 where none is known */
	double ceiling_memory_mb; /* the largest size at which memory was at the ceiling; 0 for none */
	struct histogram init_ns;
	struct summary init_seconds;
	struct sandbox_table sandboxes; /* of warm rows that name theirs */
	struct scatter scatter;
	/* Of all completed rows that tell it; 10^6 bytes. */
	struct summary received_mb;
	struct summary sent_mb;
};

struct log_samples {
	struct arena *arena;
	struct function_samples functions[SAMPLES_FUNCTIONS_MAX];
	size_t function_count;
	bool is_overflow_told;
};

void log_samples_init(struct log_samples *samples, struct arena *arena);

/* Counts the row for function `name`. A function or size too many is left out, with one error in the diag. */
void log_samples_add(struct log_samples *samples, const char *name, const struct report_row *row, struct diag *diag);

/* Whether rows differ in their images. */
bool log_samples_have_images(const struct function_samples *samples);

/* "3 of 5 failed: 1 runtime exited, 2 unhandled errors; 1 first init broken off ..."; "" where all went well. */
const char *log_samples_endings(const struct function_samples *function, struct arena *arena);

/* Once all rows are there: puts times in order and measures how they scatter, on the platform's CPU. */
void log_samples_finish(struct log_samples *samples, const struct platform_cpu *cpu);

#endif
