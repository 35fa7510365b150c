/* private to kernels/onnx: bounded reading of messages, and values made of them. */
#ifndef LAMINA_ONNX_MESSAGE_H
#define LAMINA_ONNX_MESSAGE_H /* private to kernels/onnx */

#include "base/err.h"
#include "kernels/graph/graph.h"
#include "kernels/onnx/onnx.pb-c.h"

/* Protobuf's own limit, and fields of all kinds; a network of 100,000 nodes has a million. */
#define ONNX_BYTES_MAX ((size_t)INT32_MAX)
enum { ONNX_FIELDS_MAX = 2000000 };

/* NULL with err where the bytes are no such message. To be freed with the message's own function. */
Lamina__Onnx__Model *onnx_message_model(const uint8_t *bytes, size_t length, struct err *err);
Lamina__Onnx__Tensor *onnx_message_tensor(const uint8_t *bytes, size_t length, struct err *err);

/*
 * The value of a Tensor; its data belongs to the message, or to the arena where it was converted. Data is NULL where
 * the file does not hold it, or where it has more than elements_max elements. False with err where it is broken.
 */
bool onnx_message_value(const Lamina__Onnx__Tensor *message, int64_t elements_max, struct arena *arena,
			struct value *value, struct err *err);

#endif
