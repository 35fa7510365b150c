/*
 * A graph as Lamina's own kernels run it: convolutions, and what stands between them, on images in blocks of channels
 * (kernels/conv/blocks.h), as any runtime keeps them. What is put in between, from planes into blocks and back, is part
 * of the work of the node that needs it, so that nodes are timed, and cut, as before.
 */
#ifndef LAMINA_LOWER_H
#define LAMINA_LOWER_H

#include "kernels/conv/isa.h"
#include "kernels/graph/graph.h"

struct lowered_graph {
	struct graph graph;   /* has all tensors of the one that was lowered, under the same numbers, and more */
	const size_t *starts; /* of every node of that one, and behind the last: its first node here */
};

/*
 * Lowers nodes [first, last); the others stay as they are, as do all tensors that cross either end, and the graph's
 * outputs. Everything lives in the arena; the graph is not changed.
 */
struct lowered_graph graph_lower(const struct graph *graph, size_t first, size_t last, enum isa isa,
				 struct arena *arena);

/* The graph itself, in that form. */
struct lowered_graph graph_as_it_is(const struct graph *graph, struct arena *arena);

#endif
