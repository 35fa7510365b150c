/*
 * The paper, end to end: fits the two free numbers, simulates its experiments (configs/paper), and sets every number of
 * the paper beside Lamina's. Kim and Lee, "Deep Learning Using Serverless Computing", Kookmin University, 2019.
 */
#ifndef LAMINA_PAPER_H
#define LAMINA_PAPER_H

#include "experiment/claims.h"
#include "experiment/fit.h"
#include "experiment/study.h"
#include "profile/profile.h"

enum paper_part {
	PAPER_FIG3,
	PAPER_FIG4,
	PAPER_FIG5,
	PAPER_MECHANISMS,
	PAPER_PLATEAU,
	PAPER_GPU,
	PAPER_TABLE1,
	PAPER_TABLE2,
	PAPER_PARTS,
};

enum { PAPER_ROWS_MAX = 128 };

/* One line of the comparison. */
struct paper_row {
	const char *quantity;
	const char *unit; /* "yes" for statements: 1 holds, 0 does not */
	double paper;     /* NaN where the paper gives no number */
	double lamina;
	double half_width;      /* of lamina's 95 % interval; 0 where nothing is random */
	const char *kind;       /* "fitted", "predicted", "statement", "reported" */
	double profile_percent; /* most that lamina moves with the profile's times by one of their spreads */
};

struct paper {
	struct fit fit;
	struct study studies[PAPER_PARTS];
	struct claims claims[PAPER_PARTS];
	struct paper_row rows[PAPER_ROWS_MAX];
	size_t row_count;
	struct profile_doubts doubts; /* why the profile is not to be trusted; none: it is */
	uint64_t replications;        /* simulated, without the fit */
};

struct paper_request {
	const char *folder;  /* of the experiments */
	const char *profile; /* path or name; NULL: the experiments' own */
	struct run_control control;
};

/*
 * Runs everything and fills rows. Everything lives in the arena. False with diag errors, or (without any) when it was
 * interrupted.
 */
bool paper_run(const struct paper_request *request, struct arena *arena, struct diag *diag, struct paper *out);

/* 100 * (lamina / paper - 1); NaN where the paper gives no number or the row is a statement. */
double paper_row_error_percent(const struct paper_row *row);

/* "trusted" or "not trusted": what the comparison's column says of its profile. */
const char *paper_profile_word(const struct paper *paper);

/* paper_rows.c: the comparison, from claims and from what only this paper says. */
void paper_fill_rows(struct paper *paper, struct arena *arena);

/* The GPU's run over this many images, which must be one of the sweep's. */
const struct run_result *paper_gpu_at(const struct paper *paper, int64_t images);

/* paper_files.c: one CSV per artefact and the comparison (paper.csv), written into folder. */
bool paper_write_files(const struct paper *paper, const char *folder, struct err *err);

/* paper_files.c: draws the figures (SVG and PNG) into folder, data and script beside each. */
bool paper_draw(const struct paper *paper, const char *folder, struct err *err);

#endif
