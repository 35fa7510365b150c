/*
 * Whatever the bytes, an Example is refused with reasons or read: the input gets the framing whose checksums no fuzzer
 * would guess, twice, so that the reader also goes from one Example to the next.
 */
#include <string.h>

#include "base/buf.h"
#include "kernels/record/crc32c.h"
#include "tests/fuzz/read_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_frame(struct buf *out, const uint8_t *data, size_t size)
{
	uint64_t length = size;
	uint32_t crc = crc32c_mask(crc32c_extend(0, &length, sizeof length));
	buf_add_bytes(out, &length, sizeof length);
	buf_add_bytes(out, &crc, sizeof crc);
	buf_add_bytes(out, data, size);
	crc = crc32c_mask(crc32c_extend(0, data, size));
	buf_add_bytes(out, &crc, sizeof crc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf file;
	buf_init(&file);
	put_frame(&file, data, size);
	put_frame(&file, data, size);
	read_record((const uint8_t *)file.text, file.length);
	buf_release(&file);
	return 0;
}
