/*
 * One experiment on every platform that can run it, each with its own best setting under the same bounds, all on the
 * same luck:
 *
 *     enter    the experiment as each platform can run it, or why it cannot (steps.h)
 *     plan     each one's best setting: by the planner where its bounds hold, else by simulations (plan/shared_plan.h)
 *     measure  all of them: cost of a month and of 1,000 requests (of a run, for a batch), times, bands (measurement.h)
 *     solve    what nobody has published: the value up to which the platform is the cheapest
 *     cross    cost against load, and the loads at which the order changes (steps.h)
 *
 * A month has 730 hours. Steady traffic is simulated for as long as it takes to be measured, whatever the experiment's
 * own duration; traffic with a course of its own (daily, traces) as it stands.
 */
#ifndef LAMINA_COMPARE_H
#define LAMINA_COMPARE_H

#include "plan/plan.h"
#include "report/trust.h"

enum {
	COMPARE_PLATFORMS_MAX = 64,
	COMPARE_UNKNOWNS_MAX = 16,
	COMPARE_LOADS_MAX = 32,
	COMPARE_CROSSINGS_MAX = 64,
};

struct compare_request {
	struct yaml_node *root; /* of the experiment */
	const struct experiment *experiment;
	const char *const *platforms; /* by name or path; none: the experiment's, else those that are sold today */
	size_t platform_count;
	struct plan_request wanted; /* bounds, strategy, metric, shares and seed; what is planned is filled in here */
	bool is_stated;             /* no search: settings are the experiment's own */
	bool is_quick;              /* a fifth of the effort */
	const struct trust *trust;  /* NULL: no bands */
	const struct run_control *run;
};

enum contender_end {
	CONTENDER_ANSWERS,
	CONTENDER_AT_BEST,    /* with the best value of everything that nobody has published: a bound, no answer */
	CONTENDER_OVERLOADED, /* it cannot serve this load, or none of its settings keeps the bounds */
	CONTENDER_REFUSED,    /* the experiment cannot run there */
};
extern const char *const contender_end_names[]; /* "answers", "at best", "no setting", "refused", NULL */

/* A quantity that nobody has published, and up to which value the platform would be the cheapest. */
struct unknown_value {
	const char *key;  /* "price.usd_per_device_second" */
	const char *what; /* "a GPU second" */
	const char *unit; /* "USD", "s" */
	double best;      /* as it is simulated; infinite: it bounds nothing */
	bool is_solved;   /* cheapest up to `value`, all others that are unknown being at their best */
	double value;     /* infinite: whatever it is */
};

/* What a setting is measured to do at a load. Samples are of replications. */
struct measurement {
	const struct setting *setting;
	int64_t replications;
	struct run_result result;
	bool serves;         /* all but few records have results, in time, within the bounds */
	const char *why_not; /* else */
	bool is_stopped;     /* the load was not carried, and not followed to its end: no costs, no times */
	double *usd;         /* of a month, or of a run of a batch */
	double *thousand;    /* USD of 1,000 requests, or images of a batch */
	double *seconds;     /* of the metric that is bounded */
	double idle_usd;     /* of usd, mean: what is paid for without work */
};

/* A fleet of so many instances, simulated at the experiment's load. */
struct fleet_figures {
	int64_t instances; /* 0: was not */
	double usd;
	double seconds;
	double refused_share; /* of calls */
	bool is_stopped;      /* the load is not carried: no dollars, no seconds */
	bool serves;
};

/* Of a platform whose provider says how many instances it takes (platform/managed.h): what that arithmetic is worth. */
struct head_room {
	struct managed_demand demand;
	struct managed_capacity capacity;
	struct fleet_figures least;  /* without head room */
	struct fleet_figures with;   /* with it */
	struct fleet_figures needed; /* the fewest instances that keep the bounds */
};

struct contender {
	const char *name; /* as it was asked for */
	enum contender_end end;
	const char *reason; /* why it does not answer, or ""; */
	const char *notes;  /* what of the experiment was left out, or "" */
	struct yaml_node *root;
	struct experiment experiment;
	const struct platform *platform; /* NULL where there is none of this name */
	struct setting *setting;
	struct setting *best;
	size_t tried; /* settings simulated until it was found; 0: by the planner, or as stated */
	struct unknown_value unknowns[COMPARE_UNKNOWNS_MAX];
	size_t unknown_count;
	/* Of the best setting at the experiment's load; nothing after CONTENDER_REFUSED. */
	struct measurement measured;
	struct estimate usd;
	struct estimate thousand;
	struct trust_band usd_band;
	struct trust_band seconds_band;
	struct head_room head_room;
};

/* Of all contenders at one load. */
struct load_point {
	double load; /* requests a second, or images of a batch */
	double *usd; /* by contender, mean of a month or run; NaN: it does not answer */
	double *seconds;
	bool *serves;
};

/* Where one platform takes another's place as the cheaper one, or, of a batch over parallel jobs, as the faster one. */
struct crossing {
	size_t below; /* contender that is better at less */
	size_t above;
	double load;
	double low; /* 95 % interval, of the same luck */
	double high;
	double usd;       /* of both, there */
	bool is_cheapest; /* nobody is cheaper there: the best platform changes */
};

/* Of a batch: jobs at once from which one is faster than another, whatever jobs that one runs. */
struct faster_from {
	size_t faster;
	size_t slower;
	int64_t parallel; /* 0: never */
	int64_t of_sweep; /* the first of the experiment's own sweep over pipeline.parallel; 0: it has none */
};

struct comparison {
	struct contender *contenders;
	size_t count;
	bool is_served;  /* requests come over time */
	double load;     /* the experiment's own */
	size_t cheapest; /* of those that answer; == count: none does */
	size_t fastest;
	bool *ties_cheapest; /* by contender: each in the other's band */
	bool *ties_fastest;
	struct load_point loads[COMPARE_LOADS_MAX];
	size_t load_count; /* 0: the traffic's load cannot be changed */
	struct crossing crossings[COMPARE_CROSSINGS_MAX];
	size_t crossing_count;
	struct faster_from faster[COMPARE_CROSSINGS_MAX];
	size_t faster_count;
};

/* False when interrupted. The experiment was bound without mistakes; what is wrong for a platform stands in its row. */
bool compare_run(const struct compare_request *request, struct arena *arena, struct comparison *out);

#endif
