/* onnx_write < TEXT > FILE.onnx: what onnx_text.h describes, for tests from outside and seeds of fuzzers. */
#include "base/buf.h"
#include "tests/onnx/onnx_text.h"

int main(void)
{
	struct arena arena;
	struct buf text;
	char piece[4096];
	size_t got, length;
	arena_init(&arena);
	buf_init(&text);
	while ((got = fread(piece, 1, sizeof piece, stdin)) > 0)
		buf_add_bytes(&text, piece, got);
	uint8_t *bytes = onnx_text_pack(buf_text(&text), &arena, &length);
	bool ok = fwrite(bytes, 1, length, stdout) == length && fflush(stdout) == 0;
	buf_release(&text);
	arena_release(&arena);
	return ok ? 0 : 1;
}
