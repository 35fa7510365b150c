/*
 * Public measurements beside what Lamina predicts of them: experiments with `claims:` (experiment/claims.h), run
 * through the ordinary path, and a summary by mechanism. Bars are judged on measurements alone that took no part in
 * fitting; groups of them (below and above one vCPU, years) stand apart where their mean errors differ, since errors of
 * opposite signs cancel.
 */
#ifndef LAMINA_VALIDATION_H
#define LAMINA_VALIDATION_H

#include "experiment/claims.h"
#include "experiment/study.h"
#include "report/paper.h"

/* Which side of one vCPU a row's function is on. */
enum validation_side { VALIDATION_NO_SIDE, VALIDATION_BELOW, VALIDATION_ABOVE };

struct validation_row {
	const struct claim *claim;
	int side; /* enum validation_side */
};

/*
 * A set of a mechanism's rows: measurements that took no part in fitting, which the bar is for; of these, groups that
 * differ; measurements that did take part; what other simulators and documentation say.
 */
struct validation_line {
	const char *mechanism;
	const char *set;
	size_t rows;
	double bias_percent; /* mean error with its sign */
	double mean_abs_error_percent;
	double worst_error_percent;  /* signed, of the largest absolute error */
	double mean_spread_percent;  /* over rows with a known spread; NaN where there are none */
	const struct claim_bar *bar; /* NULL where there is none, and for other sets than the first */
};
extern const char validation_set_predicted[];
extern const char validation_set_fitted[];

struct validation_part {
	struct study study;
	struct claims claims;
};

struct validation {
	struct validation_part *parts;
	size_t part_count;
	struct validation_row *rows; /* of all parts, in their order */
	size_t row_count;
	const char **mechanisms; /* in order of first appearance */
	size_t mechanism_count;
	struct validation_line *lines; /* of the mechanisms, in their order */
	size_t line_count;
	struct claim_bars bars;
};

/*
 * Reads the experiments, with the overlays and values of `over`; one without claims is an error. All lives in the
 * arena. False when errors were added to the diag; *io_failed then tells an unreadable file from a wrong one.
 */
bool validation_load(const char *const *paths, size_t count, const struct load_request *over, struct arena *arena,
		     struct diag *diag, struct validation *out, bool *io_failed);

/* Adds the claims of the paper's experiments, which paper_run has simulated. */
void validation_add_paper(struct validation *validation, const struct paper *paper);

/* After study_run of every part: fills the claims' predictions, the rows and the lines. */
void validation_evaluate(struct validation *validation, struct arena *arena);

enum validation_verdict { VALIDATION_NO_BAR, VALIDATION_MET, VALIDATION_MISSED };
enum validation_verdict validation_judge(const struct validation_line *line);

#endif
