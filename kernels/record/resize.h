/*
 * Separable resizing of interleaved uint8 rows, fed from top to bottom, into a planar float32 tensor in [0, 1].
 * An output value is a weighted sum of a run of source pixels on each axis. With s = source / target:
 *
 *   s > 1   area: target pixel i covers [i s, (i + 1) s); a source pixel weighs what it covers of that, over s
 *   s <= 1  linear: centre (i + 1/2) s - 1/2, clamped to the outermost source centres; the two neighbours share
 *           (the "half pixel centres" of TensorFlow 2 and of Pillow). s = 1 copies.
 */
#ifndef LAMINA_RESIZE_H
#define LAMINA_RESIZE_H

#include <stddef.h>
#include <stdint.h>

/* Target pixel i is the sum over k < counts[i] of weights[i * taps + k] * source[firsts[i] + k]; firsts never fall. */
struct resize_axis {
	int64_t source;
	int64_t target;
	int64_t taps;
	int32_t *firsts;
	int32_t *counts;
	float *weights;
};

struct resize {
	int64_t channels;
	struct resize_axis x;
	struct resize_axis y;
	float *row;       /* one source row resized in x: channels x target width */
	int64_t rows;     /* fed so far */
	int64_t row_next; /* the first output row that is not complete */
};

void resize_init(struct resize *resize);
void resize_release(struct resize *resize);

/* Starts an image: sizes in pixels, all positive. Weights are kept where the sizes are those of the last image. */
void resize_begin(struct resize *resize, int64_t channels, int64_t source_height, int64_t source_width,
		  int64_t target_height, int64_t target_width, float *out);

/* Adds the next source row (source_width x channels bytes) to out, the same as in resize_begin. */
void resize_row(struct resize *resize, const uint8_t *pixels, float *out);

#endif
