/*
 * Running a stretch of a graph's nodes: every tensor has its data where the memory plan, the file or the caller put
 * it, and nodes are run one by one, so that each can be timed.
 */
#ifndef LAMINA_EXECUTE_H
#define LAMINA_EXECUTE_H

#include "kernels/conv/isa.h"
#include "kernels/graph/lower.h"
#include "kernels/graph/memory_plan.h"
#include "kernels/tensor/team.h"

struct execution {
	const struct graph *graph;
	size_t first; /* of its nodes [first, last) */
	size_t last;
	struct kernel_choice kernels;
	struct lowered_graph lowered; /* what is run */
	struct memory_plan plan;      /* of that */
	struct value *values;         /* of every tensor, those of the graph first */
	const void **prepared;        /* of every node that is run, once execution_prepare was called; NULL before */
};

/*
 * Plans nodes [first, last), in the arena; has_inputs as in memory_plan_make. kernels may be NULL: OpenBLAS's. Lamina's
 * own run images in blocks of channels, and only where execution_prepare is called before the first node is run.
 */
void execution_init(struct execution *execution, const struct graph *graph, size_t first, size_t last, bool has_inputs,
		    const struct kernel_choice *kernels, struct arena *arena);

/* Gives the tensors that are made here their places in a block of plan.bytes; its alignment is that of a tensor. */
void execution_set_block(struct execution *execution, void *block);

/* Says where the data of an input, or of a constant whose values the file does not hold, is. Views follow. */
void execution_set_data(struct execution *execution, size_t tensor, void *data);

/*
 * Makes ready, in the arena, what nodes need to run on Lamina's own kernels: convolutions pack their filters. To be
 * called when constants have their data, whose values may not change afterwards; a second call does nothing, nor does
 * one where OpenBLAS's kernels are chosen.
 */
void execution_prepare(struct execution *execution, struct arena *arena);

/* Runs one node of the stretch, with what was put around it. Every tensor it uses must have its data. */
void execution_run_node(struct execution *execution, size_t node, struct team *team);

/* Whether there is anything to run: constants are there before, and views share their input's place. */
bool execution_has_work(const struct execution *execution, size_t node);

#endif
