/*
 * A user's own functions, from their logs, as parts of an experiment: what each one's work takes, how long a new
 * sandbox initialises and how much memory it needs. The overlay states work instead of layers (functions.NAME.work).
 *
 * It replaces whatever takes time in the experiment's function, what was held at 0 included, so that nothing of what
 * the experiment assumed is added again. What is read from and written to the store stays, since no log tells it, but
 * takes no time of its own (work.transfers_take_time): the fitted CPU and waiting hold it.
 *
 * From log to overlay; each of these calls those that stand below it, and commands call the three at the margin:
 *
 *	report_log.c      opens a log, tells its spelling, and hands every row on
 *	  report_json.c, report_csv.c, report_text.c: the spellings; report_field.c: the names of their columns
 *	  report_stream.c   what stands around a report in its stream
 *	  report_row.c      a row is checked
 *	log_samples.c     takes rows, by function, memory size and start
 *	  scatter.c         how rows of one size differ, sandbox_calls.c: those of one sandbox
 *	calibration.c     fits each function's work and writes it
 *	  cpu_fit.c         of one size, where rows tell their CPU time
 *	  work_fit.c        of several sizes; linear_fit.c, work_search.c: where least squares alone do not come close
 *	  varying.c         whether CPU or waiting varies alone, and what of it sandboxes' speeds make
 *	  fit_data.c        what both are held to, by work_model.c
 */
#ifndef LAMINA_CALIBRATION_H
#define LAMINA_CALIBRATION_H

#include "base/buf.h"
#include "base/diag.h"
#include "calibrate/log_samples.h"
#include "calibrate/work_fit.h"
#include "scenario/experiment_file.h"
#include "serving/setting.h"

/* Whose the logs are. */
struct calibration_context {
	const struct platform *platform;
	const struct experiment *experiment; /* NULL for none, and so is the setting */
	const struct setting *setting;       /* the experiment's first */
	int64_t threads;                     /* of the parallel part; 0: as fits best */
	int64_t images;                      /* of a request, where rows do not say: work is stated per image */
};

struct calibrated_function {
	const char *name;
	const struct function_samples *samples;
	struct platform_cpu cpu; /* of its architecture, which the conditions point to */
	struct fit_conditions conditions;
	struct work_fit fit;
	const struct scatter *scatter; /* the samples', or that of what varies alone */
	double logged_cpu_seconds;     /* that the fit is made of; NaN where it is of sizes */
	double memory_mb;              /* peak; 0 where the logs do not say */
	bool is_memory_at_least;       /* it was at the size bought: the true peak may be higher */
	bool is_memory_at_most;  /* the smallest size, where the experiment assumed more and the logs do not say */
	const struct work *work; /* the experiment's; NULL where it does not know the function */
	bool has_layers;         /* the experiment's function names layers, which the overlay must clear */
	bool had_work;           /* it states work, which the overlay goes over ... */
	bool had_alternations;   /* ... with this in it, ... */
	bool had_per_call;       /* ... and with this */
};

struct calibration {
	const struct calibration_context *context;
	struct calibrated_function functions[SAMPLES_FUNCTIONS_MAX];
	size_t function_count;
};

/*
 * Fits every function that has a completed row; the others, and what the rows say against the platform, are warnings.
 * False, with a diag error, where none is left. The context must live as long as out.
 */
bool calibration_solve(const struct log_samples *samples, const struct calibration_context *context, struct diag *diag,
		       struct calibration *out);

/* The fitted request's time at the group's size. */
double calibration_predict(const struct calibrated_function *function, const struct sample_group *group);

/* Whether logs like these can tell such a parameter: what comes with each call takes rows that differ in images. */
bool calibration_tells(const struct calibrated_function *function, enum work_parameter parameter);

/* Why a parameter was not fitted, in a few words. */
const char *calibration_reason(enum work_parameter parameter, const struct calibrated_function *function,
			       struct arena *arena);

/* The overlay that --with takes, with what was fitted and how well in comments. */
void calibration_write(const struct calibration *calibration, const char *version, struct arena *arena,
		       struct buf *out);

#endif
