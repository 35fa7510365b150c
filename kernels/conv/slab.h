/*
 * The rows of one channel under some output rows, laid out so that each tap of neighbouring
 * outputs is one stretch of values. A slab's row is cut into the phases of the stride that taps read: value j of phase
 * p is the padded input's value j * stride + p. Padding, and what whole vectors read beyond it, is 0.
 */
#ifndef LAMINA_SLAB_H
#define LAMINA_SLAB_H /* private to kernels/conv */

#include "kernels/conv/direct_conv.h"

/* Values that are read beyond what is needed where stretches are copied in whole pieces. */
enum { SLAB_PIECE = 8 };

/* The phases that taps of this axis read, in the order of their first tap; returns how many. */
int slab_phases(const struct window_axis *axis, int64_t phases[DIRECT_TAPS_MAX]);

/* Where the phase of a tap begins in a slab, plus the tap's own shift: where its stretch for output 0 begins. */
int64_t slab_tap_offset(const struct direct_conv *direct, int64_t tap_y, int64_t tap_x);

/* Rows of a slab for so many output rows, and the rows that output rows are apart in it. */
int64_t slab_rows(const struct direct_conv *direct, int64_t output_rows);

/*
 * Lays out a channel's plane for output rows from `output_row` on. Only what is inside the image is written: the slab
 * was zeroed before, and what was laid out in it since was of the same rows.
 */
void slab_fill(const struct direct_conv *direct, const float *plane, int64_t output_row, int64_t output_rows,
	       float *slab);

#endif
