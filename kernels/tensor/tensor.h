/*
 * A batch of images as float32 values in NCHW order: image, channel, row, column, the last one running fastest.
 * Fully connected layers see the same bytes as one row of channels*height*width values per image.
 * Data starts at a multiple of 64 bytes (a cache line, and the widest vector register).
 */
#ifndef LAMINA_TENSOR_H
#define LAMINA_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TENSOR_ALIGN_BYTES = 64 };

/* Largest side of a shape, most values of one image (BLAS counts in int) and most images of a batch. */
#define SHAPE_SIDE_MAX (INT64_C(1) << 24)
#define SHAPE_VALUES_MAX (INT64_C(1) << 30)
#define TENSOR_IMAGES_MAX (INT64_C(1) << 20)

/* What one image looks like; a plain vector is channels x 1 x 1. */
struct shape {
	int64_t channels;
	int64_t height;
	int64_t width;
};

struct tensor {
	int64_t images;
	struct shape shape;
	float *data;  /* images * shape_values(shape) values; NULL when released */
	void *memory; /* what is to be freed; NULL in a slice, which owns nothing */
};

/* True when every side is in [1, SHAPE_SIDE_MAX] and their product is at most SHAPE_VALUES_MAX. */
bool shape_is_valid(struct shape shape);
bool shape_equal(struct shape a, struct shape b);

/* Values and float32 bytes of one image. */
int64_t shape_values(struct shape shape);
int64_t shape_bytes(struct shape shape);

/* Zeroed memory for images of this shape; CHECKs the bounds above. */
void tensor_init(struct tensor *tensor, int64_t images, struct shape shape);

/* Frees what tensor_init took; a slice or an already released tensor is left empty. */
void tensor_release(struct tensor *tensor);

/* Images [first, first + count) of tensor, sharing its memory: valid as long as tensor is. */
struct tensor tensor_slice(const struct tensor *tensor, int64_t first, int64_t count);

/* The values of one image. */
float *tensor_image(const struct tensor *tensor, int64_t image);

int64_t tensor_values(const struct tensor *tensor);

/* Zeroed floats at a multiple of TENSOR_ALIGN_BYTES; *memory is what mem_free takes later. */
float *floats_alloc(size_t count, void **memory);

#endif
