/*
 * Fits numbers of an experiment to measurements: its `fit:` names the parameters and the targets, each target a point
 * (`set:`), a metric, its measured value and how uncertain that value is. Non-linear least squares (GSL,
 * Levenberg-Marquardt) on errors in units of that spread, in the logarithm of each parameter, with the same luck in
 * every evaluation.
 */
#ifndef LAMINA_FIT_H
#define LAMINA_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "experiment/replicate.h"
#include "scenario/resolve.h"

enum { FIT_PARAMETERS_MAX = 8, FIT_TARGETS_MAX = 256 };

struct fit_parameter {
	const char *key; /* dotted, of the experiment */
	double start;
	double min;
	double max;
	double value;          /* fitted */
	double standard_error; /* NaN where there are no more targets than parameters */
	bool at_bound;
};

extern const struct bind_schema fit_parameter_schema;

struct fit_target {
	struct yaml_node *set; /* dotted keys and values; NULL for none */
	const char *metric;
	double value;
	double spread; /* standard error or rounding of value, in its unit */
	const char *source;
	double predicted; /* by the fitted parameters */
};

struct fit {
	struct fit_parameter *parameters;
	size_t parameter_count;
	struct fit_target *targets;
	size_t target_count;
	int iterations;
	bool converged;
};

/* Reads the experiment's `fit:`. False when errors were added to the diag (an experiment without one is an error). */
bool fit_read(const struct experiment *experiment, struct arena *arena, struct diag *diag, struct fit *out);

/* Fills value, standard_error and predicted. False when errors were added to the diag, or when interrupted. */
bool fit_solve(struct fit *fit, const struct yaml_node *root, const char *path, struct library *library,
	       const struct run_control *control, struct arena *arena, struct diag *diag);

/* The fitted values as an overlay that `--with` takes. */
struct buf;
void fit_write_overlay(const struct fit *fit, struct arena *arena, struct buf *out);

#endif
