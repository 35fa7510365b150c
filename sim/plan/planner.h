/*
 * From a goal to a plan that was tried out. The search's optimum is simulated; what the simulation makes of the
 * model's time and cost becomes a factor of that shape (and, until they are tried themselves, of shapes like it), and
 * the search is repeated until it comes back with a plan that was already tried. The best of all tried plans that
 * keep the bounds in the wanted share of replications is recommended.
 *
 * Example: the search puts shape A at $1.00 and B at $1.05. Simulated, A costs $1.10: a factor of 1.1, which B is taken
 * to have as well until it is tried itself. A stays first, at $1.10 before $1.155, and has been tried: it is
 * recommended. Had it been too late for the deadline, B would be next where the factor of A's time leaves it in time.
 *
 * Every step takes what is known so far and returns what is known after it: a struct planner is a value that nobody
 * changes.
 */
#ifndef LAMINA_PLANNER_H
#define LAMINA_PLANNER_H /* private to plan */

#include "plan/trial.h"

enum { PLANNER_LESSONS_MAX = 64, PLANNER_RIVALS_MAX = 16 };

/* A trial that the model's factors come from, and what was tried before it. */
struct planner_lesson {
	struct trial trial;
	const struct planner_lesson *earlier; /* NULL: none */
};

struct planner {
	struct trial_control control; /* with the space, less what trials ruled out */
	struct search_goal goal;      /* bounds are of seconds_at and usd_at */
	const struct planner_lesson *latest;
	size_t lesson_count;
};

enum planner_end { PLANNER_FOUND, PLANNER_INFEASIBLE, PLANNER_INTERRUPTED };

struct planner_answer {
	enum planner_end end;
	struct trial best;
	double model_gap; /* how far the search's last optimum may be from the model's, relative */
	size_t shape_count;
	size_t searches;
	struct planner after; /* with what was learnt: best's choice is one of its space */
};

/* For a goal, with nothing learnt yet; or on in another space. */
struct planner planner_of(const struct trial_control *control, const struct search_goal *goal);
struct planner planner_in(const struct planner *planner, const struct space *space);

/* With one lesson more; where there are too many, the latest gives way. */
struct planner planner_with_lesson(const struct planner *planner, const struct trial *trial);

void planner_find(const struct planner *planner, struct planner_answer *out);

/* Factors of a shape as the trials so far suggest them: for search_request. */
void planner_factors(const void *planner, const struct shape *shape, struct search_factors *out);

/* Whether one of the lessons is of this choice. */
bool planner_has_tried(const struct planner *planner, const struct plan_choice *choice);

double planner_objective(const struct search_goal *goal, double seconds, double usd);

/* Whether a trial keeps the goal's bounds, and all its records have results. */
bool planner_is_allowed(const struct search_goal *goal, const struct trial *trial);

/* A plan that keeps the bounds beats one that does not; of two that do not, the faster one is nearer to it. */
bool planner_is_better(const struct search_goal *goal, const struct trial *a, const struct trial *b);

/* What the simulation makes of the model's time and cost, relative. */
struct planner_deviation {
	double seconds;
	double usd;
	bool is_large; /* more than PLANNER_DEVIATION in either: then the model's proof is of another world */
};
#define PLANNER_DEVIATION 0.05

struct planner_deviation planner_deviation_of(const struct trial *trial);

/* What could have been recommended instead differs in one thing. */
enum rival_kind { RIVAL_SIZE, RIVAL_PARALLEL, RIVAL_SCHEDULE, RIVAL_MEMORY };

struct rival {
	enum rival_kind kind;
	const char *what; /* "another record size", "conv1 at 1,856 MB" */
	struct trial trial;
	bool is_allowed;
};

struct rivals {
	struct rival items[PLANNER_RIVALS_MAX];
	size_t count;
	struct trial best; /* the plan that none of them does better than */
	struct planner after;
};

/*
 * The best plans with another record size, parallelism or schedule, and the neighbours in memory, tried on the plan's
 * own luck. Where one of them does better than the plan, it takes its place and rivals of its own, so that none does
 * in the end. False when interrupted.
 */
bool planner_rivals(const struct planner *planner, const struct trial *plan, struct rivals *out);

/* The allowed rival with the best objective, or NULL. */
const struct rival *planner_closest(const struct search_goal *goal, const struct rivals *rivals);

/* Share of replications in which the plan's objective is not above that of any allowed rival. */
double planner_best_share(const struct planner *planner, const struct rivals *rivals);

/* The best plan, of the model and its factors, for one record size alone. */
bool planner_best_of_size(const struct planner *planner, size_t size, struct plan_choice *out);

#endif
