/*
 * Public measurements beside what Lamina predicts of them: experiments with `claims:` (experiment/claims.h), run
 * through the ordinary path, and a summary by mechanism over the claims that took no part in fitting.
 */
#ifndef LAMINA_VALIDATION_H
#define LAMINA_VALIDATION_H

#include "experiment/claims.h"
#include "experiment/study.h"
#include "report/paper.h"

/* How good a mechanism should be, and how good others are. */
struct validation_bar {
	const char *mechanism;    /* as claims call it; NULL ends the table */
	double error_percent;     /* mean absolute error that is good enough; 0: exact to the last printed digit */
	bool or_spread;           /* ... as is one within the measurements' own spread */
	double published_percent; /* NaN where nobody has published one */
	const char *published_by;
};
extern const struct validation_bar validation_bars[];

/* The rows of a mechanism; its errors are over those that took no part in fitting, NaN where there are none. */
struct validation_mechanism {
	const char *name;
	size_t rows;
	size_t judged; /* rows that took no part in fitting */
	double mean_abs_error_percent;
	double worst_error_percent;       /* signed, of the largest absolute error */
	double mean_spread_percent;       /* over judged rows with a known spread; NaN where there are none */
	const struct validation_bar *bar; /* NULL where there is none */
};

struct validation_part {
	struct study study;
	struct claims claims;
};

struct validation {
	struct validation_part *parts;
	size_t part_count;
	const struct claim **rows; /* of all parts, in their order */
	size_t row_count;
	struct validation_mechanism *mechanisms; /* in order of first appearance */
	size_t mechanism_count;
};

/*
 * Reads the experiments; one without claims is an error. Everything lives in the arena. False when errors were added
 * to the diag; *io_failed then tells an unreadable file from a wrong one.
 */
bool validation_load(const char *const *paths, size_t count, struct arena *arena, struct diag *diag,
		     struct validation *out, bool *io_failed);

/* Adds the claims of the paper's experiments, which paper_run has simulated. */
void validation_add_paper(struct validation *validation, const struct paper *paper);

/* After study_run of every part: fills the claims' predictions and the mechanisms. */
void validation_evaluate(struct validation *validation, struct arena *arena);

enum validation_verdict { VALIDATION_NO_BAR, VALIDATION_MET, VALIDATION_MISSED };
enum validation_verdict validation_judge(const struct validation_mechanism *mechanism);

#endif
