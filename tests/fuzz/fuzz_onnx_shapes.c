/*
 * Shape inference: the input is a network as text (tests/onnx/onnx_text.h), so that what is tried are operators,
 * attributes and shapes rather than the bytes of a file.
 */
#include "tests/fuzz/check_graph.h"
#include "tests/onnx/onnx_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	size_t length;
	arena_init(&arena);
	const uint8_t *bytes = onnx_text_pack(arena_strndup(&arena, (const char *)data, size), &arena, &length);
	check_graph(bytes, length);
	arena_release(&arena);
	return 0;
}
