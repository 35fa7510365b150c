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

#endif
