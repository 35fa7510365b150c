/*
 * Where the tensors of a stretch of nodes lie in one block of memory: a tensor lives from the node that makes it to the
 * last one that uses it, and those that never live at once may share their place. A view has its input's place, and so
 * has the output of an operator that works in place on a tensor that nobody needs any more. Places are given to the
 * largest tensors first, each as low as it goes (Pisarchyk and Lee, 2020, "Efficient memory management for deep neural
 * net inference", greedy by size). Constants have no place here, and what the caller brings (inputs) only
 * where it is asked for.
 */
#ifndef LAMINA_MEMORY_PLAN_H
#define LAMINA_MEMORY_PLAN_H

#include "kernels/graph/graph.h"

#define MEMORY_PLAN_NONE (-1)

struct memory_plan {
	size_t first; /* nodes [first, last) */
	size_t last;
	size_t *roots;    /* of every tensor of the graph: the tensor whose place it has; itself otherwise */
	int64_t *offsets; /* of every root, in bytes; MEMORY_PLAN_NONE: no place in the block */
	int64_t bytes;    /* of the block: the peak */
};

/*
 * The plan for these nodes, in the arena. Tensors that later nodes or the caller want live to the end. has_inputs: what
 * is made before the first node has a place, too, and may be overwritten after its last use.
 */
struct memory_plan memory_plan_make(const struct graph *graph, size_t first, size_t last, bool has_inputs,
				    struct arena *arena);

#endif
