/* ISA-L takes an int length and starts from a raw register: long runs are cut, the register is inverted around it. */
#include "kernels/record/crc32c.h"

#include <isa-l/crc.h>

#include "base/num.h"

enum { RUN_BYTES_MAX = 1 << 30 };

uint32_t crc32c_extend(uint32_t crc, const void *bytes, size_t count)
{
	/* ISA-L reads through a pointer to non-const. */
	unsigned char *next = (unsigned char *)(uintptr_t)bytes;
	while (count > 0) {
		size_t run = min_size(count, RUN_BYTES_MAX);
		crc = ~crc32_iscsi(next, (int)run, ~crc);
		next += run;
		count -= run;
	}
	return crc;
}

uint32_t crc32c_extend_reference(uint32_t crc, const void *bytes, size_t count)
{
	const uint8_t *next = bytes;
	crc = ~crc;
	for (size_t i = 0; i < count; i++) {
		crc ^= next[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

uint32_t crc32c_mask(uint32_t crc)
{
	return (crc >> 15 | crc << 17) + 0xa282ead8;
}
