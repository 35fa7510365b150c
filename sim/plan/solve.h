/*
 * The best memory sizes for one shape of a pipeline (record size, schedule and parallelism fixed): one option of each
 * stage, so that
 *
 *     objective = usd_weight * usd + seconds_weight * seconds
 *
 * is least under a bound on seconds and one on usd. usd is a sum over stages. seconds is the longest of a few sums
 * over stages, the paths through waves of records:
 *
 *     per record   sum of cold + tail
 *     pipelined    for every stage b:  cold of the stages to b, tail of b, pass of the stages behind b
 *
 * (cold: the first wave, tail: all others, pass: the last wave on its way out). Of all paths through a flow shop of
 * equal jobs those that change machines once are the longest where a cold visit takes no less than a warm one.
 *
 * Method: Lagrangian relaxation. Any multipliers >= 0 of paths and budget give a lower bound, because stages then
 * part and each takes its own cheapest option; the best multipliers are sought by Polyak's subgradient steps. Options
 * whose reduced cost exceeds the gap between that bound and the best known choice cannot be part of a better one.
 * What is left is enumerated stage by stage with dominance, which ends with the optimum, or, past labels_max, with
 * the gap. Sources: Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management
 * Science 27(1), 1981; Polyak, "Minimization of unsmooth functionals", USSR Comp. Math. 9(3), 1969.
 */
#ifndef LAMINA_SOLVE_H
#define LAMINA_SOLVE_H /* private to plan */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "serving/setting.h"

struct solve_stage {
	const double *cold_seconds;
	const double *tail_seconds;
	const double *pass_seconds;
	const double *usd;
	const double *step_usd; /* what stands is paid for by the makespan (stage_standing_usd); or NULL */
	const double *clock_usd;
	size_t count; /* options; > first */
	size_t first; /* those before it are none */
};

struct solve_task {
	struct solve_stage stages[SETTING_FUNCTIONS_MAX];
	double ready_seconds[SETTING_FUNCTIONS_MAX]; /* a stage's first wave begins no sooner */
	size_t stage_count;
	bool is_pipelined;
	double extra_seconds; /* in all settings alike */
	double least_seconds; /* limits on rates allow no less */
	double usd_weight;
	double seconds_weight;
	double seconds_max; /* HUGE_VAL: no bound */
	double usd_max;
	double step_seconds;        /* that step_usd are for */
	double clock_least_seconds; /* that clock_usd are for at least */
	double beside_usd;          /* for each second, whatever is chosen */
	double beat;                /* only an objective below this is of interest */
	size_t labels_max;          /* of one stage; 0: no enumeration, the bound and the best choice met on the way */
};

struct solve_answer {
	bool found; /* a choice within the bounds, with an objective below `beat` */
	size_t choice[SETTING_FUNCTIONS_MAX];
	double seconds;
	double usd;
	double objective;
	double bound; /* no choice within the bounds has an objective below this; HUGE_VAL: there is none */
};

/* Multipliers that were good for a similar task; all 0: none are known. */
struct solve_multipliers {
	double path[SETTING_FUNCTIONS_MAX];
	double usd;
};

/*
 * *start is where the search begins and gets where it ended. Of a task where something stands, only choices of the same
 * makespan can be compared by sums: search.c makes tasks without of it.
 */
void solve(const struct solve_task *task, struct solve_multipliers *start, struct solve_answer *out);

/* The least of one figure over a stage's options. */
double solve_least(const struct solve_stage *stage, const double *figure);

/* What a choice takes and costs. */
void solve_evaluate(const struct solve_task *task, const size_t *choice, double *seconds, double *usd);

#endif
