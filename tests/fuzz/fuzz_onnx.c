/* Whatever the bytes, an ONNX file is refused with reasons or read; a small network that was read runs. */
#include "tests/fuzz/check_graph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_graph(data, size);
	return 0;
}
