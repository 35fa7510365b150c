/*
 * Which option each function of a series-parallel graph gets, so that the graph is done by a deadline and costs least:
 * every option takes so long and costs so much a visit, steps that follow each other add up, branches take as long as
 * the longest.
 *
 * The bound is that of convex mixtures of options: their time-cost hulls are added along series and over equal times of
 * branches (Fulkerson, "A network flow computation for project cost curves", Management Science 7, 1961, for linear
 * costs). Its prices of time say what each option costs beyond the bound; what costs more than the best plan known is
 * out, and what is left is put together exactly, block by block, without dominated parts. A function that several steps
 * call has one option for all of them: those are tried one by one, in the order of their bounds.
 *
 * Example: A takes 1 s for $4, 2 s for $2 or 4 s for $1; B takes 1 s for $3 or 3 s for $1. One after the other they
 * take 2 s for $7 at least, and then time where it saves most first: (2 s, $7), (3, 5), (5, 3), (7, 2). For a deadline
 * of 4 s the bound is thus $4, which no two options keep; the best that do cost $5. Beside each other, at the same time
 * each: (1 s, $7), (2, 4), (3, 2.5), (4, 2), where B at 2 s is half of either option.
 *
 * Who may call it: workflow_model.h, which makes such graphs of workflows, and workflow_plan.h.
 */
#ifndef LAMINA_SERIES_PARALLEL_H
#define LAMINA_SERIES_PARALLEL_H /* private to plan */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"

/* Of one function: times ascend, costs descend, so that none is worse than another in both. */
struct sp_options {
	const char *name;
	double *seconds;
	double *usd; /* of a visit */
	size_t count;
};

enum sp_kind { SP_TASK, SP_SERIES, SP_PARALLEL };

struct sp_node {
	enum sp_kind kind;
	double fixed_seconds; /* it takes these, and ... */
	double weight;        /* ... so many times what its option or its children take; above 0 */
	int32_t first_child;  /* -1: none */
	int32_t next;         /* of its parent's children; -1: none */
	size_t function;      /* of a task */
	double visits;
};

struct sp_graph {
	struct sp_options *functions;
	size_t function_count;
	struct sp_node *nodes;
	size_t node_count;
	int32_t root;
};

struct sp_answer {
	bool is_feasible;
	bool is_proven;  /* nothing cheaper keeps the deadline */
	size_t *options; /* of each function */
	double seconds;
	double usd;
	double bound_usd; /* no plan costs less */
};

/*
 * Leaves what is worth having of n options in any order, sorted; order[i] tells which the i-th was. Returns how many.
 */
size_t sp_options_sort(double *seconds, double *usd, size_t *order, size_t n);

/* What the graph takes with these options, and what it costs. */
double sp_seconds(const struct sp_graph *graph, const size_t *options);
double sp_usd(const struct sp_graph *graph, const size_t *options);

/* Everything lives in the arena. */
void sp_solve(const struct sp_graph *graph, double deadline_seconds, struct arena *arena, struct sp_answer *out);

/* The same problem as a mixed integer program in CPLEX LP format, which glpsol, cbc and others read. */
void sp_write_lp(const struct sp_graph *graph, double deadline_seconds, struct buf *out);

#endif
