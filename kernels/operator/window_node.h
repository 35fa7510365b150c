/* What nodes with a window have in common: images of one or two sides, and the attributes of the window. */
#ifndef LAMINA_WINDOW_NODE_H
#define LAMINA_WINDOW_NODE_H

#include "kernels/layer/window.h"
#include "kernels/operator/operator.h"

/* Images x channels x one or two sides, as the kernels of kernels/layer/ take it. */
bool window_is_batch(const struct value *value, struct err *err);

/* Of such a value: one image, and the whole as a tensor that owns nothing. */
struct shape window_shape(const struct dims *dims);
struct tensor window_tensor(const struct value *value);

/* Whether the kernels can compute such an image. */
bool window_is_shape(struct shape shape, struct err *err);

/* The dims of images of this shape, with rank 3 or 4. */
struct dims window_dims(int64_t images, struct shape shape, int rank);

/*
 * The window that the node's attributes describe; the kernel's sides are those of the weights where they are given.
 * auto_pad is applied.
 */
bool window_read(const struct node_shapes *shapes, const struct dims *weights, struct window *window, struct err *err);

/* Whether inputs 1 and 2 can be weights and bias of a convolution with so many filters. */
bool window_weights_fit(const struct node_shapes *shapes, int64_t filters, struct err *err);

#endif
