/*
 * What a function does, from how long it took at several memory sizes. The model of a request's time at a size is
 *
 *	wait + single / rate(size, 1 thread) + parallel / rate(size, all threads)  (+ cold / rate(size, 1 thread))
 *
 * where a rate is the thread time that the platform's CPU quota lets through per second (cpu.h): memory / 1769 MB up
 * to one vCPU, above which one thread gains nothing. Means of each size are fitted relative to themselves, weighted by
 * their number of rows: GSL non-linear least squares (Levenberg-Marquardt) on ln(model / mean), for every choice of
 * parameters that are 0; the best fit without a negative parameter is taken. Work of the order of a
 * quota period ends in steps, so rates are then corrected to what the simulator's CPU gives and fitted again.
 *
 * A parameter that the sizes cannot tell apart from others (waiting at one size; parallel work below one vCPU) is not
 * fitted and stays at its default, 0.
 */
#ifndef LAMINA_WORK_FIT_H
#define LAMINA_WORK_FIT_H

#include "calibrate/log_samples.h"
#include "platform/cpu.h"

enum work_parameter {
	FIT_SINGLE,   /* CPU seconds that one thread does */
	FIT_WAIT,     /* seconds that no CPU hastens: network, other services, sleeping */
	FIT_PARALLEL, /* CPU seconds that all threads share */
	FIT_COLD,     /* more CPU seconds in a new sandbox's first request, one thread */
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

struct work_fit {
	struct fitted_parameter parameters[FIT_PARAMETERS];
	int64_t threads;     /* of the parallel part */
	double row_variance; /* of a row relative to its size's mean; 0 where each size has one row */
	double relative_rms; /* of ln(model / mean) over the sizes, weighted by rows */
	size_t group_count;
};

/* False where there is no completed row. threads: of the parallel part, at least 1. */
bool work_fit_solve(const struct function_samples *samples, const struct platform_cpu *cpu, int64_t threads,
		    struct work_fit *out);

/* The fitted request's time at a size as the simulator's CPU gives it, mean over where its periods begin. */
double work_fit_predict(const struct work_fit *fit, const struct platform_cpu *cpu, int64_t memory_mb, bool is_cold);

#endif
