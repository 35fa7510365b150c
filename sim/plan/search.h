/*
 * The best plan of a space under bounds on time and cost: over all shapes, each solved to its optimum. Shapes are
 * taken in the order of a bound that costs little; one whose Lagrangian bound is no better than the best plan known
 * is done with. The answer tells how far from the optimum it can be at most.
 */
#ifndef LAMINA_SEARCH_H
#define LAMINA_SEARCH_H /* private to plan */

#include "plan/pipeline_shape.h"

struct search_goal {
	double usd_weight;
	double seconds_weight;
	double seconds_max; /* HUGE_VAL: no bound */
	double usd_max;
};

/*
 * What a simulation made of a shape's figures over the model's: time and cost as they count for the goal's weights
 * and for its bounds. 1 everywhere where nothing is known: then the search's bound holds for every simulation
 * (stage.h).
 */
struct search_factors {
	double seconds;
	double seconds_bound;
	double usd;
	double usd_bound;
	bool is_left_out; /* the shape is not to be considered */
};

struct search_request {
	const struct space *space;
	struct search_goal goal;
	const struct shape_list *shapes; /* to choose from; NULL: all that are worth looking at */
	/* Fills *out for a shape; may be NULL: all are 1. */
	void (*factors)(const void *context, const struct shape *shape, struct search_factors *out);
	const void *factors_context;
};

struct plan_choice {
	struct shape shape;
	size_t options[SETTING_FUNCTIONS_MAX]; /* in the record size's tables */
	double seconds;                        /* of the model: makespan, or time of a request */
	double usd;                            /* of a run */
};

struct search_answer {
	bool found;
	struct plan_choice choice;
	double objective;
	double bound; /* no plan within the bounds has an objective below this */
	size_t shape_count;
	size_t solved_count; /* shapes that had to be solved exactly */
};

void search(const struct search_request *request, struct search_answer *out);

/* The least seconds, and the least dollars, of any plan. False where the space has none. */
bool search_extremes(const struct space *space, double *least_seconds, double *least_usd);

/* A choice's seconds and dollars under the model, from its shape and options. */
void search_evaluate(const struct space *space, struct plan_choice *choice);

/* The goals that have no other bounds: least cost (then time), least time (then cost). */
struct search_goal search_cheapest(void);
struct search_goal search_fastest(void);

#endif
