/*
 * Images to float32 tensors, channels x height x width in [0, 1]: what a pipeline's first function does with a record.
 *
 * JPEG and uint8 images are resized to the decoder's shape, each axis by itself: by area where the image shrinks
 * (every source pixel counts by its share of the target pixel), by linear interpolation between pixel centres where it
 * grows. A grey JPEG fills three channels where three are asked for. float32 images must have the decoder's shape and
 * are copied as they are, whatever their range.
 *
 * Memory: an image is decoded row by row straight into the caller's tensor; the decoder itself holds one source row,
 * one resized row and the weights of both axes, and libjpeg a few rows more (for a progressive JPEG, all coefficients).
 */
#ifndef LAMINA_IMAGE_DECODER_H
#define LAMINA_IMAGE_DECODER_H

#include "kernels/record/record.h"
#include "kernels/record/resize.h"

struct image_decoder {
	struct shape shape;
	struct resize resize; /* for the size of the last image; kept while the next has the same */
};

void image_decoder_init(struct image_decoder *decoder, struct shape shape);
void image_decoder_release(struct image_decoder *decoder);

/* Fills out (shape_values(decoder->shape) floats). Broken JPEG data and shapes that do not fit are refused. */
bool image_decoder_decode(struct image_decoder *decoder, const struct record_image *image, float *out, struct err *err);

#endif
