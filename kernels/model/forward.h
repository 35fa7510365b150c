/*
 * Running a network: one layer, or a function of a pipeline on a whole record at once, as a framework does that is
 * fed all images of a record in one call. The caller keeps the input; between layers a tensor lives until the next
 * layer has read it; layers that can overwrite their input do so. The peak of a function is thus its weights, its
 * input, and the two largest neighbours among the tensors it makes.
 */
#ifndef LAMINA_FORWARD_H
#define LAMINA_FORWARD_H

#include "kernels/model/model.h"
#include "kernels/model/weights.h"

/*
 * Runs one layer (an index into the model). output must have the layer's output shape and input's number of images;
 * it may be input where the layer works in place.
 */
void model_run_layer(const struct model *model, size_t layer, const struct model_weights *weights,
		     const struct tensor *input, struct tensor *output, struct team *team);

/* Runs a function's layers on input, which is left as it is; output is initialised here and is the caller's. */
void model_run_function(const struct model *model, const struct model_function *function,
			const struct model_weights *weights, const struct tensor *input, struct tensor *output,
			struct team *team);

/* Bytes of tensors, the input included, that model_run_function holds at its peak for this many images. */
int64_t model_function_peak_bytes(const struct model *model, const struct model_function *function, int64_t images);

#endif
