/*
 * The planner's door: from an experiment and a goal to a plan, with what it was compared with and how far to trust it.
 * In this order:
 *
 *     the plans that people know by name are simulated (known_plan.h); a strategy that is one of them is done
 *     if wanted, the split of the network over functions is chosen (split.h)
 *     the best plan is searched for and simulated (planner.h), with provisioned sandboxes where they pay (provision.h)
 *     where nothing keeps the bounds, what comes nearest to them is
 *     its parallelism is refined (refine.h)
 *     all that may be better is simulated where that can be done (exhaustive.h), and its rivals (planner_rivals)
 *     if wanted, what beats the known plans, how the plan moves with its inputs (sensitivity.h), the whole front
 *     (pareto.h)
 *
 * No step changes what it is given; each returns its own results.
 *
 * Who may call it: any program; commands only print what it returns.
 */
#ifndef LAMINA_PLAN_H
#define LAMINA_PLAN_H

#include "plan/exhaustive.h"
#include "plan/known_plan.h"
#include "plan/pareto.h"
#include "plan/provision.h"
#include "plan/sensitivity.h"
#include "plan/split.h"

/* What is least. */
enum plan_strategy { STRATEGY_COST, STRATEGY_SPEED, STRATEGY_BALANCED, STRATEGY_MEM_MIN, STRATEGY_MEM_MAX };
extern const char *const plan_strategy_names[]; /* "cost", "speed", "balanced", "memMin", "memMax", NULL */

struct plan_request {
	/* What is planned: the experiment and what it resolves to. */
	const struct experiment *experiment;
	const struct setting *setting;
	struct library *library;
	/* What is wanted. */
	enum plan_strategy strategy;
	double cost_weight;         /* balanced: that of time is 1 - cost_weight */
	double seconds_max;         /* of what seconds_metric says; 0: no bound */
	double usd_max;             /* of a run; 0: no bound */
	const char *seconds_metric; /* of outcome_metrics */
	double quantile;            /* of latency, where requests come over time; 0: its mean */
	double headroom;            /* of memory above its peak, relative */
	double share;               /* of replications that must keep the bounds */
	double runs_per_month;      /* 0: as the experiment has it */
	/* How much is found out. */
	uint64_t seed;
	int64_t replications; /* of a trial; 0: as many as such an experiment needs, and long batches in part */
	bool wants_split;     /* also decide which neighbouring functions are one */
	bool wants_more;      /* also what beats the known plans, and how the plan moves with its inputs */
	size_t front_points;  /* deadlines along the time-cost front; 0: no front */
	const struct run_control *run;
};

enum plan_end {
	PLAN_FOUND,
	PLAN_INFEASIBLE,
	PLAN_INTERRUPTED,
	PLAN_REFUSED, /* the request cannot be planned for: the diag says why */
};

/* Memory sizes that people choose from. */
enum { PLAN_UNIFORM_MAX = 10 };

/* What comes nearest to bounds that no plan keeps, as simulated. */
struct plan_nearest {
	struct trial deadline; /* the fastest plan within the budget */
	struct trial budget;   /* the cheapest plan within the deadline */
	struct trial failing;  /* where no plan works at all: one of those */
};

/* A trial whose setting is NULL was not made. */
struct plan {
	struct search_goal goal;
	struct planner planner; /* what was learnt: the factors of the model */
	struct planner_answer answer;
	struct trial best;
	double best_share;  /* of replications in which no rival is better */
	struct trial whole; /* the plan once as it is, where trials are of excerpts */
	struct trial known[KNOWN_PLANS];
	struct dominators dominators[KNOWN_PLANS];
	struct rivals rivals;
	struct exhaustive exhaustive;
	struct provision provision;
	struct plan_nearest nearest; /* after PLAN_INFEASIBLE */
	struct split_answer split;   /* where it was wanted */
	struct sensitivity_row sensitivity[SENSITIVITY_ROWS];
	size_t sensitivity_count;
	struct pareto *front;                   /* where it was wanted, with ... */
	struct trial uniform[PLAN_UNIFORM_MAX]; /* ... one size everywhere, all else as recommended */
};

/*
 * Fills *out, which lives as long as the arena. After PLAN_INFEASIBLE it holds what reason_infeasible (reason.h) tells
 * the cause from; a strategy that names a plan is infeasible where that plan does not keep the bounds.
 */
enum plan_end plan_run(const struct plan_request *request, struct arena *arena, struct diag *diag, struct plan *out);

/* The plan that a strategy names: KNOWN_PLANS where it names none, and one is searched for. */
enum known_plan plan_strategy_known(enum plan_strategy strategy);

#endif
