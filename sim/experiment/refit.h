/*
 * Cross-validation: one experiment is left out, the numbers that it shares with others are fitted to these, and it is
 * predicted with them. Where rows were watched while a mechanism was chosen, this is the honest error.
 *
 * An experiment is a source (who measured, and when), whatever files its rows are in. Each source left in counts the
 * same, however many rows it has: the mean over sources of the mean squared logarithm of predicted over measured is
 * made least by a simplex (Nelder and Mead, GSL) in the parameters' logarithms, with the same luck in every evaluation.
 *
 * Left out are also rows whose outcome the experiment's own statements were chosen for (kind: stated): their error says
 * nothing of what is shared.
 */
#ifndef LAMINA_REFIT_H
#define LAMINA_REFIT_H

#include "experiment/claims.h"
#include "experiment/fit.h"

enum { REFIT_SOURCES_MAX = 32 };

struct refit {
	const char *name;
	struct bind_texts mechanisms;
	struct bind_structs parameters; /* struct fit_parameter */
};

struct refits {
	struct refit *items;
	size_t count;
};

/* The experiments that come with the program, or the user's. */
struct refit_request {
	const char *const *paths;
	size_t path_count;
	const struct run_control *control;
};

/* Errors of one source's rows. */
struct refit_errors {
	size_t rows;
	double bias_percent;
	double mean_abs_percent;
	double worst_percent;
};

struct refit_result {
	const char *source;
	struct refit_errors before; /* with the platforms' numbers */
	struct refit_errors after;  /* with those that the others give */
	double *values;             /* of the refit's parameters */
};

/* What can be refitted, from its file. False when errors were added to the diag. */
bool refits_read(const char *path, struct arena *arena, struct diag *diag, struct refits *out, bool *io_failed);

/*
 * The sources of the refit's rows in the experiments; results get room for each, and *own is of those experiments that
 * have such rows. False when errors were added.
 */
bool refit_sources(const struct refit *refit, const struct refit_request *request, struct arena *arena,
		   struct diag *diag, struct refit_request *own, struct refit_result **results, size_t *count);

/* Fills the result of its source. False when errors were added to the diag, or when interrupted. */
bool refit_without(const struct refit *refit, const struct refit_request *request, struct arena *arena,
		   struct diag *diag, struct refit_result *result);

#endif
