/*
 * Synthetic photographs, where there are no real ones: the same pixels for the same seed and index on every machine,
 * since they are made of integers only.
 *
 * A photograph's spectrum falls about as 1/f (D. Field, J. Opt. Soc. Am. A 4, 1987), which is value noise on lattices
 * of doubling cells, each as strong as its cells are wide; grain is added so that 500 x 375 pixels take about 106 kB as
 * JPEG of IMAGE_SYNTH_QUALITY, near ImageNet's 108 kB (ILSVRC 2012 training set: 138 GB in 1,281,167 files).
 */
#ifndef LAMINA_IMAGE_SYNTH_H
#define LAMINA_IMAGE_SYNTH_H

#include "base/buf.h"
#include "kernels/record/record.h"

enum { IMAGE_SYNTH_QUALITY = 90, IMAGE_SYNTH_CLASSES = 1000 };

/* Fills height x width x channels interleaved bytes with image `index` of the seed. */
void image_synth_draw(uint64_t seed, uint64_t index, struct shape shape, uint8_t *pixels);

/* Makes the images of one seed, one at a time, in one encoding; it holds one image in each form that this takes. */
struct image_synth {
	uint64_t seed;
	struct shape shape;
	enum record_encoding encoding;
	uint8_t *pixels;
	float *values;   /* float32 only */
	struct buf jpeg; /* jpeg only */
};

/* JPEG takes 1 or 3 channels; float32 values are in [0, 1]. */
void image_synth_init(struct image_synth *synth, uint64_t seed, struct shape shape, enum record_encoding encoding);
void image_synth_release(struct image_synth *synth);

/* Image `index`, with a label drawn from IMAGE_SYNTH_CLASSES; its data live until the next call or the release. */
struct record_image image_synth_make(struct image_synth *synth, int64_t index);

#endif
