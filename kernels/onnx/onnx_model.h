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
 * Reads a file ("-" is standard input), builds its graph in the arena and infers it. False when the diag has errors;
 * path must outlive the graph, and there is nothing to release then.
 */
bool onnx_read(const char *path, const struct graph_options *options, struct arena *arena, struct diag *diag,
	       struct onnx_model *model, struct graph *graph);

/* The same from bytes in memory, which are not needed afterwards. */
bool onnx_parse(const char *path, const uint8_t *bytes, size_t length, const struct graph_options *options,
		struct arena *arena, struct diag *diag, struct onnx_model *model, struct graph *graph);
void onnx_release(struct onnx_model *model);

/*
 * A value from a file of its own (a TensorProto, as tests and tools write them), copied into the arena, with its
 * values. False with err where it is none.
 */
bool onnx_parse_value(const uint8_t *bytes, size_t length, struct arena *arena, struct value *value, const char **name,
		      struct err *err);

#endif
