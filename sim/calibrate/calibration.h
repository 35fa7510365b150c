/*
 * A user's own functions, from their logs, as parts of an experiment: what each one's work takes, how long a new
 * sandbox initialises and how much memory it needs. The overlay states work instead of layers (functions.NAME.work), so
 * that transfers that the logs cannot tell apart are in its waiting time.
 */
#ifndef LAMINA_CALIBRATION_H
#define LAMINA_CALIBRATION_H

#include "base/buf.h"
#include "calibrate/log_samples.h"
#include "calibrate/work_fit.h"
#include "platform/platform.h"

struct calibrated_function {
	const char *name;
	const struct function_samples *samples;
	struct work_fit fit;
	double variation;        /* of requests, beyond the spread of sandboxes' speed; 0 where the logs do not say */
	double memory_mb;        /* peak; 0 where the logs do not say */
	bool is_memory_at_least; /* it was at the size bought: the true peak may be higher */
	bool has_layers;         /* the experiment's function names layers, which the overlay must clear */
};

struct calibration {
	const struct platform *platform;
	int64_t images; /* of each logged request: work is stated per image */
	struct calibrated_function functions[SAMPLES_FUNCTIONS_MAX];
	size_t function_count;
};

/*
 * Fits every function that has a completed row; the others, and what the rows say against the platform, are warnings.
 * False, with a diag error, where none is left.
 */
bool calibration_solve(const struct log_samples *samples, const struct platform *platform, int64_t threads,
		       int64_t images, struct diag *diag, struct calibration *out);

/* Why a parameter was not fitted, in a few words. */
const char *calibration_reason(enum work_parameter parameter, const struct platform *platform, struct arena *arena);

/* The overlay that --with takes, with what was fitted and how well in comments. */
void calibration_write(const struct calibration *calibration, const char *version, struct arena *arena,
		       struct buf *out);

#endif
