/*
 * What any runtime does with a graph before it runs it:
 * - nodes whose outputs are constants, or that nobody needs, are dropped, and so are those that change nothing;
 * - a batch normalisation, or a factor or summand of each channel, goes into the weights and biases of the convolution
 *   before it (y = f (W x + b) + s is a convolution by f W and f b + s);
 * - an activation is computed with the convolution, product, sum or normalisation that makes its input.
 * A node says in `fused` what went into it.
 */
#ifndef LAMINA_OPTIMISE_H
#define LAMINA_OPTIMISE_H

#include "kernels/graph/graph.h"

/*
 * Changes the graph. Where a constant's values are not known, what is made of them is known by its shape, too. The
 * number of the file's nodes that were dropped or fused is returned.
 */
size_t graph_optimise(struct graph *graph, struct arena *arena);

#endif
