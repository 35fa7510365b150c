/*
 * What a function does, from how long it took at several memory sizes. The model of a request's time at a size is
 *
 *	wait + single / rate(size, 1 thread) + parallel / rate(size, threads)
 *	(+ cold wait + cold / rate(size, 1 thread), in a new sandbox)
 *
 * where a rate is the thread time that the platform's CPU quota lets through per second (cpu.h): memory / 1769 MB up
 * to one vCPU, above which one thread gains nothing. Means of each size are fitted relative to themselves, weighted by
 * their number of rows: GSL non-linear least squares (Levenberg-Marquardt) on ln(model / mean), for every choice of
 * parameters that are 0; the best fit without a negative parameter is taken. Work of the order of a
 * quota period ends in steps, so rates are then corrected to what the simulator's CPU gives and fitted again; where
 * that does not come close, a simplex (Nelder-Mead) goes on from there over what the CPU gives itself.
 *
 * A parameter that the sizes cannot tell apart from others (waiting at one size; parallel work below one vCPU) is not
 * fitted and stays at its default, 0. Which of two that are alike is fitted, and how many threads share the parallel
 * part, is a choice: the first of a list of them is kept unless another one misses the means by clearly less.
 */
#ifndef LAMINA_WORK_FIT_H
#define LAMINA_WORK_FIT_H /* private to calibrate */

#include "calibrate/log_samples.h"
#include "platform/cpu.h"

enum work_parameter {
	FIT_SINGLE,    /* CPU seconds that one thread does */
	FIT_WAIT,      /* seconds that no CPU hastens: network, other services, sleeping */
	FIT_PARALLEL,  /* CPU seconds that all threads share */
	FIT_COLD,      /* more CPU seconds in a new sandbox's first request, one thread */
	FIT_COLD_WAIT, /* more seconds there that no CPU hastens */
	FIT_PARAMETERS,
};
extern const char *const work_parameter_names[FIT_PARAMETERS];

enum parameter_state {
	PARAMETER_UNIDENTIFIED, /* stays at its default */
	PARAMETER_FITTED,
	PARAMETER_AT_ZERO, /* a negative value would fit better, which nothing can be */
};

struct fitted_parameter {
	enum parameter_state state;
	double seconds;
	double standard_error; /* NaN where the rows do not tell */
};

/* What the rows ran on, and how they came. */
struct fit_conditions {
	const struct platform_cpu *cpu;
	double slowness;     /* CPU time over that of a nominal vCPU, mean over sandboxes */
	int64_t threads_min; /* of the parallel part, at least 1 */
	int64_t threads_max; /* preferred where fewer fit as well */
	int64_t in_row;      /* requests that follow each other on a sandbox; 1: each finds its quota whole */
	double gap_seconds;  /* between these */
};

/* Request times are means over so many requests, each with its own luck and beginning. */
enum { FIT_REQUESTS = 32 };

struct work_fit {
	struct fitted_parameter parameters[FIT_PARAMETERS];
	double factors[FIT_REQUESTS]; /* of the requests' CPU work; mean 1 */
	int64_t threads;              /* of the parallel part */
	double row_variance;          /* of a row relative to its size's mean; 0 where each size has one row */
	double relative_rms;          /* of ln(model / mean) over the sizes, weighted by rows */
};

/* No work yet, of requests that differ so much, but no less than their sandboxes' speeds do. */
void work_fit_init(struct work_fit *fit, const struct fit_conditions *conditions, int64_t threads, double row_variance);

/* False where there is no completed row, or where no work takes anything like the times of those that there are. */
bool work_fit_solve(const struct function_samples *samples, const struct fit_conditions *conditions,
		    struct work_fit *out);

/* The fitted request's time at a size as the simulator's CPU gives it, mean over where its periods begin. */
double work_fit_predict(const struct work_fit *fit, const struct fit_conditions *conditions, int64_t memory_mb,
			bool is_cold);

/* Whether the fit misses the group's mean by more than its rows' scatter, or where they tell none, by much. */
bool work_fit_misses(const struct work_fit *fit, const struct sample_group *group, double predicted_seconds);

#endif
