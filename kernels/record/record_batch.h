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

/* The exact bytes of a packed batch of count tensors; they differ from record to record in nothing but the values. */
size_t record_batch_bytes(int64_t count, struct record_shape shape);

/*
 * Packs values (count x channels x height x width) into out, record_batch_bytes(count, shape) bytes long. CHECKs that
 * the record stays within RECORD_BYTES_MAX: callers ask record_batch_bytes first.
 */
void record_batch_pack(const float *values, int64_t count, struct record_shape shape, uint8_t *out);

/*
 * Decodes a record of either format and any encoding, which must hold exactly count images, into tensors of the given
 * shape (count x channels x height x width floats). name is for messages.
 */
bool record_batch_decode(const char *name, const uint8_t *bytes, size_t length, int64_t count,
			 struct record_shape shape, float *values, struct err *err);

#endif
