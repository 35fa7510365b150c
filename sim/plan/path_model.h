/*
 * What a workflow's time and cost are with other memories, learnt from its simulations.
 *
 * Each simulation tells what it took, and how much of that each function took on the critical path (critical_path.h):
 * were a function faster by a second a call, the workflow would be by so many calls on that path. With work that does
 * not change its way, time is a mean of sums and maxima of calls, and thus convex in what these take: it lies above
 * every plane that a simulation gives, luck and all (Kelley, "The cutting-plane method for solving convex programs",
 * J. SIAM 8, 1960). The planes together are the model; where a plan is proposed, a simulation adds one.
 *
 * Assumes that it is convex, which a map that runs fewer items at once than it has, and calls that share places, are
 * only nearly (Graham, "Bounds on multiprocessing timing anomalies", SIAM J. Appl. Math. 17, 1969).
 */
#ifndef LAMINA_PATH_MODEL_H
#define LAMINA_PATH_MODEL_H /* private to plan */

#include "plan/series_parallel.h"
#include "plan/time_cost_hull.h"

/* What one simulation tells. */
struct path_point {
	size_t *options; /* of each function, that it ran with */
	double seconds;
	double *calls; /* on the critical path, by function: seconds of the whole for each second of a call */
	double usd;
	double *visits;        /* by function */
	double usd_per_second; /* of `seconds`, beside what functions cost */
};

/* Of one function: options that mixtures cannot beat, by their place among all. */
struct path_corners {
	size_t *options;
	size_t count;
};

struct path_model {
	const struct sp_options *functions; /* by function */
	size_t function_count;
	struct path_corners *corners;
	struct path_point *points;
	size_t point_count;
	bool is_rough; /* answers come sooner and are hardly ever proven */
	struct arena *arena;
};

enum { PATH_POINTS_MAX = 32 };

struct path_answer {
	bool is_feasible;
	bool is_proven;  /* of the model */
	size_t *options; /* of each function */
	double seconds;
	double usd;
	double bound_usd; /* no plan of the model costs less */
};

void path_model_init(struct path_model *model, const struct sp_options *functions, size_t function_count,
		     struct arena *arena);

/* There may be PATH_POINTS_MAX. Its arrays must live as long as the model. */
void path_model_add(struct path_model *model, const struct path_point *point);

/* What the model has for these options. */
double path_model_seconds(const struct path_model *model, const size_t *options);
double path_model_usd(const struct path_model *model, const size_t *options);

/* By how much the model is above a simulation that it was learnt from, relative: it is not that convex. */
double path_model_doubt(const struct path_model *model);

/* The cheapest within so many seconds. The cost is that of the last point, moved. */
void path_model_cheapest(const struct path_model *model, double seconds_max, struct path_answer *out);

/* The fastest, and of these the cheapest; within so much money, which may be infinite. */
void path_model_fastest(const struct path_model *model, double usd_max, struct path_answer *out);

#endif
