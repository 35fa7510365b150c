/*
 * A batch of float32 tensors to record bytes and back: what a function of a pipeline does at its two ends. The
 * intermediate record is the protobuf record of record.proto with one float32 image per tensor.
 *
 * Memory: packing writes each value once into the caller's bytes; decoding copies one image at a time (protobuf-c
 * unpacks it) and writes it into the caller's tensors.
 */
#ifndef LAMINA_RECORD_BATCH_H
#define LAMINA_RECORD_BATCH_H

#include "kernels/record/record.h"
#include "kernels/record/resize.h"

/* The exact bytes of the packed batch; they depend on the number of images and their shape only. */
size_t record_batch_bytes(const struct tensor *batch);

/*
 * Packs a batch into out, record_batch_bytes(batch) bytes long. CHECKs that the record stays within RECORD_BYTES_MAX:
 * callers ask record_batch_bytes first.
 */
void record_batch_pack(const struct tensor *batch, uint8_t *out);

/*
 * Decodes a record of either format and any encoding into batch, an allocated tensor, which must be of as many images
 * as the record. name is for messages.
 */
bool record_batch_decode(const char *name, const uint8_t *bytes, size_t length, struct tensor *batch, struct err *err);

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
struct image_decoder {
	struct shape shape;
	struct resize resize; /* for the size of the last image; kept while the next has the same */
};

void image_decoder_init(struct image_decoder *decoder, struct shape shape);
void image_decoder_release(struct image_decoder *decoder);

/* Fills out (shape_values(decoder->shape) floats). Broken JPEG data and shapes that do not fit are refused. */
bool image_decoder_decode(struct image_decoder *decoder, const struct record_image *image, float *out, struct err *err);

#endif
