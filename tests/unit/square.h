/* Windows as tests need most of them. */
#ifndef LAMINA_SQUARE_H
#define LAMINA_SQUARE_H

#include "kernels/layer/window.h"

/* A square window without padding. */
static inline struct window window_square(int64_t kernel, int64_t stride)
{
	struct window_axis axis = {.kernel = kernel, .stride = stride, .dilation = 1};
	return (struct window){.y = axis, .x = axis};
}

#endif
