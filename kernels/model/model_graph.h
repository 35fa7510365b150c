/* A chain of layers (model.h) as the graph that it is: one mechanism runs and times both. */
#ifndef LAMINA_MODEL_GRAPH_H
#define LAMINA_MODEL_GRAPH_H

#include "kernels/graph/graph.h"
#include "kernels/model/model.h"

/*
 * The graph for a batch of images, inferred, in the arena. Weights and biases are constants of which the shape is
 * known. ends gets, for every layer, the node after its last one. False when the diag has errors: too many images.
 */
bool model_graph_make(const struct model *model, int64_t images, struct arena *arena, struct diag *diag,
		      struct graph *graph, size_t *ends);

#endif
