/* What the commands that take an experiment share: its options, loading it, and running its points with progress. */
#ifndef LAMINA_EXPERIMENT_OPTIONS_H
#define LAMINA_EXPERIMENT_OPTIONS_H /* private to cli */

#include <pthread.h>

#include "base/buf.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "experiment/study.h"

#define OPTION_ROW_WITH \
	{ \
		.name = "with", .letter = 'w', .kind = OPTION_LIST, .metavar = "FILE", \
		.help = "put a file with parts of an experiment over it, before --set" \
	}
#define OPTION_ROW_JOBS \
	{ \
		.name = "jobs", .letter = 'j', .kind = OPTION_INT, .metavar = "N", .min = 1, .max = 256, \
		.help = "threads; by default one per processor; results do not depend on it" \
	}
#define OPTION_ROW_SEED \
	{ \
		.name = "seed", .kind = OPTION_INT, .metavar = "N", .min = 0, .max = 9e15, \
		.help = "the seed of all luck, instead of the experiment's" \
	}
#define OPTION_ROW_REPLICATIONS \
	{ \
		.name = "replications", .letter = 'n', .kind = OPTION_INT, .metavar = "N", .min = 1, .max = 100000, \
		.help = "replications of every point, instead of the experiment's" \
	}

/* The rows that every command of experiments begins with. */
#define OPTION_ROWS_EXPERIMENT \
	OPTION_ROW_FORMAT, OPTION_ROW_SET, OPTION_ROW_WITH, OPTION_ROW_REPLICATIONS, OPTION_ROW_SEED, OPTION_ROW_JOBS

/*
 * Loads the experiment named by the operand with the options above; with_sweep also expands its sweep (else it is one
 * point). Mistakes are printed; returns an enum cli_exit.
 */
int experiment_options_load(struct cli *cli, const char *path, bool with_sweep, struct study *out);

/* The same with a tree put over the experiment, before --set; NULL for nothing. */
int experiment_options_load_over(struct cli *cli, const char *path, bool with_sweep, const struct yaml_node *over,
				 struct study *out);

/* One point without a sweep, whose blanks are nobody's mistake: what is in their places counts for nothing. */
int experiment_options_load_with_blanks(struct cli *cli, const char *path, struct study *out);

/* Finds the mistakes of every point and keeps none, so that memory does not grow with their number. */
int experiment_options_check(struct cli *cli, const char *path, struct study *out);

/* The same; of a right experiment, *identities gets the identity of every point, in order. They live in the command. */
int experiment_options_identify(struct cli *cli, const char *path, struct study *out, struct digest **identities);

/* Threads by --jobs or by the number of processors. */
int experiment_options_jobs(const struct cli *cli);

/* Replications under way: threads, interrupts, progress over all that is replicated until the end. */
struct replicating {
	struct run_control control;
	pthread_mutex_t lock;
	struct progress progress;
	double total;
	size_t done;
};

void replicating_begin(struct replicating *replicating, const struct cli *cli, double total);

/* False, said on standard error, where it was interrupted. */
bool replicating_end(struct replicating *replicating, const struct cli *cli);

/* Simulates every job with progress and interrupts; false when interrupted (said on standard error). */
bool experiment_options_replicate(struct cli *cli, struct study *study);

/* How a JSON document about a platform begins: experiment (NULL: there is none), platform, version of Lamina. */
void experiment_options_write_head(const char *experiment, const char *platform, struct json *json);

/* The same of a replicated job, with its seed and how many replications there were. */
void experiment_options_write_job_head(const struct study *study, const struct run_job *job, struct json *json);

/* One line for people on what was simulated. */
void experiment_options_describe(const struct study *study, const struct setting *setting, struct buf *out);

/* What is to be said of results, and whether anything failed. */
struct judgement {
	const char *speaker;
	struct buf text;
	bool has_points;
	bool has_failures;
	bool lacks_intervals;
};

void judgement_init(struct judgement *judgement, const struct cli *cli, const struct study *study);
void judgement_add(struct judgement *judgement, const struct run_job *job, size_t point);

/* Says it on standard error; CLI_FAILED where a bound stopped a job or its records failed, else CLI_OK. */
int judgement_end(struct judgement *judgement);

/* CLI_FAILED, with a sentence on standard error, where a bound stopped a job or its records failed; else CLI_OK. */
int experiment_options_judge(struct cli *cli, const struct study *study);

#endif
