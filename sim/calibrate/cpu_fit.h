/*
 * What a function does at one memory size, where its rows tell their CPU time (Lambda Insights): the rest of their
 * time is waiting. CPU time that one thread cannot take in the time logged is shared by several. Where the platform
 * gives less CPU than was logged, the time that was logged counts.
 */
#ifndef LAMINA_CPU_FIT_H
#define LAMINA_CPU_FIT_H /* private to calibrate */

#include "calibrate/work_fit.h"

struct cpu_fit {
	struct work_fit fit;
	double logged_cpu_seconds; /* mean of warm rows, of cold ones where there are no others */
};

/* False where the rows are of several sizes, or not all of them tell their CPU time: see work_fit_solve. */
bool cpu_fit_solve(const struct function_samples *samples, const struct fit_conditions *conditions,
		   struct cpu_fit *out);

#endif
