/* What is alive in a graph at a place between two nodes: what a cut there would have to carry over. */
#ifndef LAMINA_CROSSING_H
#define LAMINA_CROSSING_H

#include "kernels/graph/graph.h"

/*
 * The tensors that are made before this node (0: inputs only; node_count: outputs only) and needed from it on, in their
 * order; a view is its input. Constants cross nowhere. Returned is how many; the list is in the arena.
 */
size_t graph_crossing(const struct graph *graph, size_t node, size_t **tensors, struct arena *arena);

/* Whether each of them is one piece for every image, so that a record can hold it. */
bool graph_crosses_by_image(const struct graph *graph, const size_t *tensors, size_t count);

/* Elements of these tensors for one image; each is a float32 in a record. */
int64_t graph_crossing_elements(const struct graph *graph, const size_t *tensors, size_t count);

/* Bytes that are alive while a node runs: what it takes and makes, and what waits for later nodes. */
int64_t graph_live_bytes(const struct graph *graph, size_t node);

#endif
