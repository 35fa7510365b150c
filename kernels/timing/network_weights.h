/*
 * The parameters of a stretch of a graph's nodes in one block of memory, in the order in which nodes use them.
 * Synthetic ones are uniform with He's variance 2 / inputs (He, Zhang, Ren, Sun, 2015), so that values neither die out
 * nor explode over the layers; lists (biases, scales, variances) lie in [0.5, 1.5). Times and memory do not depend on
 * the values. A value depends on the seed, its tensor's name and its index only.
 */
#ifndef LAMINA_NETWORK_WEIGHTS_H
#define LAMINA_NETWORK_WEIGHTS_H

#include <stdint.h>

#include "base/err.h"
#include "kernels/graph/execute.h"

struct network_weights {
	size_t *tensors;  /* of the graph */
	int64_t *offsets; /* count + 1: where each one's values begin */
	size_t count;
	float *values;
	void *memory;
};

/* Memory for the parameters of nodes [first, last), zeroed. */
void network_weights_init(struct network_weights *weights, const struct graph *graph, size_t first, size_t last);
void network_weights_release(struct network_weights *weights);

/* Fills with seeded synthetic values. */
void network_weights_make(struct network_weights *weights, const struct graph *graph, uint64_t seed, struct team *team);

/* float32 bytes of all values: the size of a weights file. */
size_t network_weights_bytes(const struct network_weights *weights);

/* Fills from a weights file's bytes (the values as little-endian float32). False where the size is another. */
bool network_weights_load(struct network_weights *weights, const void *bytes, size_t byte_count, struct err *err);

/*
 * Lets the execution's nodes use these values; its graph may be bound to another number of images. False where its
 * parameters are others.
 */
bool network_weights_bind(const struct network_weights *weights, struct execution *execution, struct err *err);

#endif
