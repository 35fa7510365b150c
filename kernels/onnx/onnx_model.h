/*
 * Networks from ONNX files (https://onnx.ai/onnx/intro/concepts.html), operator sets 7 to 22. A file is walked and
 * bounded before protobuf-c, which has no limits, gets to see it. Values in other files ("external data") are never
 * opened: such constants are known by their shape only.
 */
#ifndef LAMINA_ONNX_MODEL_H
#define LAMINA_ONNX_MODEL_H

#include "base/err.h"
#include "kernels/graph/graph.h"

/* What of the file the graph refers to; to be released after the graph's last use. */
struct onnx_model {
	void *message;
};

/* Whether this file is to be read as ONNX: by its name's ending. */
bool onnx_is_named(const char *path);

/*
 * Reads a file ("-" is standard input) or bytes in memory, which are not needed afterwards. False when the diag has
 * errors, and there is nothing to release then. Without needs_values, the values of large constants are not kept.
 */
bool onnx_open(const char *path, bool needs_values, struct diag *diag, struct onnx_model *model);
bool onnx_open_bytes(const char *path, const uint8_t *bytes, size_t length, bool needs_values, struct diag *diag,
		     struct onnx_model *model);
void onnx_release(struct onnx_model *model);

/* A graph of the model in the arena, inferred. False when the diag has errors; path must outlive the graph. */
bool onnx_build(const struct onnx_model *model, const char *path, const struct graph_options *options,
		struct arena *arena, struct diag *diag, struct graph *graph);

/* The two in one. */
bool onnx_read(const char *path, const struct graph_options *options, struct arena *arena, struct diag *diag,
	       struct onnx_model *model, struct graph *graph);
bool onnx_parse(const char *path, const uint8_t *bytes, size_t length, const struct graph_options *options,
		struct arena *arena, struct diag *diag, struct onnx_model *model, struct graph *graph);

/*
 * A value from a file of its own (a TensorProto, as tests and tools write them), copied into the arena, with its
 * values. False with err where it is none.
 */
bool onnx_parse_value(const uint8_t *bytes, size_t length, struct arena *arena, struct value *value, const char **name,
		      struct err *err);

#endif
