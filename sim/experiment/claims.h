/*
 * What somebody measured, beside the experiment that should predict it: an experiment's `claims:` name a point of its
 * sweep (`at:`, a subset of the point's values), a metric, and the measured value with its unit, spread and source.
 * Each says whether it took part in fitting the model or is predicted by it. What many claims of a file share is said
 * once in its `claim_defaults:`.
 */
#ifndef LAMINA_CLAIMS_H
#define LAMINA_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>

#include "experiment/study.h"

/* A platform's number was fitted to it, or one that the experiment states itself was. */
enum claim_kind { CLAIM_PREDICTED, CLAIM_FITTED, CLAIM_STATED };
extern const char *const claim_kind_names[]; /* "predicted", "fitted", "stated", NULL */

/* What the value comes from: only measurements say whether the model is right. */
enum claim_basis { CLAIM_MEASUREMENT, CLAIM_SIMULATOR, CLAIM_DOCUMENTATION };
extern const char *const claim_basis_names[]; /* "measurement", "simulator", "documentation", NULL */

/*
 * What of the replications' values is held against the measured one. Where a single run was measured and its figure is
 * as skewed as the 99th percentile of a hundred calls, a few replications draw the mean away from what nearly all runs
 * show; the median is what one run differs least from (Gneiting, "Making and evaluating point forecasts", J. American
 * Statistical Association 106, 2011: absolute errors ask for medians, squared ones for means).
 */
enum claim_statistic { CLAIM_MEAN, CLAIM_MEDIAN };
extern const char *const claim_statistic_names[]; /* "mean", "median", NULL */

struct claim {
	const char *quantity; /* for people */
	const char *mechanism;
	const char *source;
	const char *unit;
	double measured;
	double spread; /* standard error or standard deviation of measured, in its unit; 0: not known */
	int kind;      /* enum claim_kind */
	int basis;     /* enum claim_basis */
	int statistic; /* enum claim_statistic */
	int64_t year;  /* of the measurement; 0: none */
	struct yaml_node *at;
	const char *function; /* whose metric; "" for the run's */
	const char *metric;
	double less;       /* taken off the metric, such as what is known of it anyway */
	double scale;      /* multiplies the rest, for other units */
	double round_up;   /* the value is rounded up to a multiple of this; 0: not rounded */
	size_t point;      /* found by claims_read */
	double predicted;  /* filled by claims_evaluate */
	double half_width; /* of predicted's 95 % interval */
};

struct claims {
	struct claim *items;
	size_t count;
};

/* Reads the study's claims and finds their points. False when errors were added to the diag. */
bool claims_read(const struct study *study, struct arena *arena, struct diag *diag, struct claims *out);

/* Holds the claims against what the study gave; study_run comes first. */
void claims_evaluate(const struct study *study, struct claims *claims);

/* How good a mechanism should be, and how good others are on the same rows. */
struct claim_bar {
	const char *mechanism;    /* as claims call it */
	double error_percent;     /* mean absolute error that is good enough; 0: exact to the last printed digit */
	bool or_spread;           /* ... as is one within the measurements' own spread */
	double published_percent; /* NaN where nobody has answered the same question */
	const char *published_by;
};

struct claim_bars {
	struct bind_structs items; /* struct claim_bar */
};

/*
 * Reads those that come with the program (configs/errors/validation.yaml). False when errors were added to the diag;
 * *io_failed then tells a file that cannot be read from a wrong one.
 */
bool claim_bars_read(struct arena *arena, struct diag *diag, struct claim_bars *out, bool *io_failed);

/* NULL where there is none. */
const struct claim_bar *claim_bar_of(const struct claim_bars *bars, const char *mechanism);

/* 100 * (predicted / measured - 1). */
double claim_error_percent(const struct claim *claim);

#endif
