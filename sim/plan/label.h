/*
 * Partial choices, stage by stage: the exact end of solve(). A label is a choice for the first stages with the times
 * and the cost that it has so far; of two labels the one that is no better in anything is dropped.
 */
#ifndef LAMINA_LABEL_H
#define LAMINA_LABEL_H

#include "plan/solve.h"

/* Times of a choice for the first stages. */
struct label_time {
	double first_seconds; /* the first wave has left them */
	double last_seconds;  /* the last wave has */
};

struct label_time label_time_after(const struct solve_task *task, const struct label_time *before, size_t stage,
				   size_t option);

/* What a stage pays under multipliers, and its least priced cost. */
struct label_price {
	double usd;
	double cold;
	double tail;
	double pass;
	size_t best;
	double least;
};

double label_priced(const struct label_price *price, const struct solve_stage *stage, size_t option);

/* The least of one figure over a stage's options. */
double label_least(const struct solve_stage *stage, const double *figure);

/* Takes the choice as the answer where it is within the task's bounds and better. */
void label_offer(const struct solve_task *task, const size_t *choice, struct solve_answer *answer);

/*
 * Enumerates every choice whose priced cost lies between `bound` (that of each stage's least) and the answer's
 * objective. Afterwards the answer is the optimum and its bound says so, unless a stage had more labels than
 * labels_max.
 */
void label_enumerate(const struct solve_task *task, const struct label_price *prices, double bound,
		     struct solve_answer *answer);

#endif
