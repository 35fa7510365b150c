/* An experiment with all points of its sweep resolved, ready to be simulated: what commands and figures share. */
#ifndef LAMINA_STUDY_H
#define LAMINA_STUDY_H

#include "experiment/replicate.h"
#include "experiment/sweep.h"
#include "scenario/experiment_file.h"
#include "scenario/resolve.h"

struct study_request {
	struct load_request load;
	bool with_sweep;        /* every point of the sweep; false: one point, the sweep is left aside */
	bool is_check;          /* points are checked one by one and none is kept: there will be no jobs */
	double profile_spreads; /* profiles are moved by so many of their spreads (profile_shift) */
	/* Override the experiment's own where the pointer is set. */
	const int64_t *seed;
	const int64_t *replications;
	/* Points know who they are (run_job.identity); each is shown once, in order, where it has no mistakes. */
	bool with_identity;
	void (*shown)(void *context, size_t point, const struct run_job *job); /* may be NULL */
	void *show_context;
};

/* Luck that is asked for instead of the experiment's. */
struct study_luck {
	bool has_seed;
	int64_t seed;
	int64_t replications; /* 0: the experiment's */
};

struct study {
	struct experiment experiment;
	struct yaml_node *root;
	struct library library;
	struct sweep sweep;
	struct study_luck luck;
	bool with_identity;
	struct run_job *jobs;      /* one per point; NULL after a check */
	double least_replications; /* of all points together */
};

/*
 * Everything lives in the arena. *io_failed (may be NULL) tells an unreadable file from a wrong one. False when errors
 * were added to the diag.
 */
bool study_load(const struct study_request *request, struct arena *arena, struct diag *diag, struct study *out,
		bool *io_failed);

/*
 * One point, resolved into the arena: what does not fit into memory all at once is resolved when its turn comes. False
 * when errors were added to the diag.
 */
bool study_point(struct study *study, size_t point, struct arena *arena, struct diag *diag, struct run_job *out);

/*
 * Resolves and simulates some of the points, by their numbers, into jobs in the arena; the study was checked, so that
 * none has mistakes. False when interrupted.
 */
bool study_run_some(struct study *study, const size_t *points, size_t count, const struct run_control *control,
		    struct arena *arena, struct run_job **jobs);

/* Of very many points so many are simulated at a time: enough for every thread to be busy, few enough to be held. */
enum { STUDY_WINDOW_POINTS = 1024 };

/* Simulates every point; false when interrupted (results then hold what was finished). */
bool study_run(struct study *study, const struct run_control *control, struct arena *arena);

#endif
