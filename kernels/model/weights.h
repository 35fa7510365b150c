/*
 * Parameters of a stretch of layers (a function's, or the whole network's) in one block of memory, in the order of
 * the layers: a layer's weights, then its biases. Synthetic ones are uniform with He's variance 2 / inputs (He, Zhang,
 * Ren, Sun, 2015), so that values neither die out nor explode over the layers, and biases are 0: times and memory do
 * not depend on the values, outputs stay finite. A value depends on the seed, its layer's name and its index only.
 */
#ifndef LAMINA_WEIGHTS_H
#define LAMINA_WEIGHTS_H

#include <stdint.h>

#include "base/err.h"
#include "kernels/model/model.h"

struct model_weights {
	const struct model *model;
	size_t first; /* layers [first, first + count) of the model */
	size_t count;
	float *values;
	int64_t value_count;
	void *memory;
	int64_t *offsets; /* count + 1: where each layer's values begin */
};

/* Memory for the function's parameters, zeroed: model_weights_make or model_weights_load fill it. */
void model_weights_init(struct model_weights *weights, const struct model *model,
			const struct model_function *function);
void model_weights_release(struct model_weights *weights);

/* Fills with seeded synthetic values; the same values whichever function they belong to. */
void model_weights_make(struct model_weights *weights, uint64_t seed, struct team *team);

/* float32 bytes of all values: the size of a weights file. */
int64_t model_weights_bytes(const struct model_weights *weights);

/* Fills from a weights file's bytes (the values as little-endian float32). False where the size is another. */
bool model_weights_load(struct model_weights *weights, const void *bytes, size_t byte_count, struct err *err);

/* A layer's weights and biases (layer is an index into the model); NULL where it has none. */
const float *model_weights_of(const struct model_weights *weights, size_t layer);
const float *model_biases_of(const struct model_weights *weights, size_t layer);

#endif
