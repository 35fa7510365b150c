/*
 * Whether bands of nine tenths hold nine tenths: each experiment's judged rows of time and cost, held out one
 * experiment (a function of a file) after the other. A row's error in units of its mechanism's, as the other
 * experiments tell that, is what a band must be wide enough for; how many of these units hold nine tenths of all other
 * experiments' rows is the band it is held against (split conformal prediction: Lei, G'Sell, Rinaldo, Tibshirani,
 * Wasserman, "Distribution-free predictive inference for regression", J. Amer. Stat. Assoc. 113, 2018, by
 * experiments instead of rows).
 */
#ifndef LAMINA_HELD_OUT_H
#define LAMINA_HELD_OUT_H

#include "base/buf.h"
#include "report/validation.h"

struct held_out_mechanism {
	const char *name;
	size_t rows;
	double error_percent; /* root mean square of measured over predicted, less 1 */
	size_t held;          /* rows that other experiments speak of: not where there is one experiment only */
	size_t inside;        /* of these */
};

struct held_out {
	struct held_out_mechanism *mechanisms;
	size_t mechanism_count;
	size_t held;
	size_t inside;
	double deviations; /* of a mechanism's error, that hold nine tenths of all; NaN where nothing was held out */
};

/* After validation_evaluate. */
void held_out_evaluate(const struct validation *validation, struct arena *arena, struct held_out *out);

/* As trust_load reads it. */
void held_out_write(const struct held_out *held_out, struct buf *out);

#endif
