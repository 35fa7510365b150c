/* CRC-32C against published check values (RFC 3720 appendix B.4, TensorFlow's TFRecord tests) and its own reference. */
#include "tests/tap.h"

#include "kernels/record/crc32c.h"

static void published_values(void)
{
	static const uint8_t length_9[8] = {9};
	uint8_t run[32];
	t_int(crc32c_extend(0, "123456789", 9), 0xe3069283, "the check value of CRC-32C");
	t_int(crc32c_mask(crc32c_extend(0, "123456789", 9)), 0xc78ab0e5, "masked check value");
	t_int(crc32c_mask(crc32c_extend(0, length_9, 8)), 0x3971f937, "masked checksum of the length 9");
	t_int(crc32c_extend(0, "", 0), 0, "nothing has checksum 0");
	memset(run, 0, sizeof run);
	t_int(crc32c_extend(0, run, sizeof run), 0x8a9136aa, "32 bytes of zeroes");
	memset(run, 0xff, sizeof run);
	t_int(crc32c_extend(0, run, sizeof run), 0x62a8ab43, "32 bytes of ones");
	for (int i = 0; i < 32; i++)
		run[i] = (uint8_t)i;
	t_int(crc32c_extend(0, run, sizeof run), 0x46dd794e, "32 rising bytes");
}

static void agrees_with_reference(void)
{
	uint8_t bytes[4096];
	uint32_t state = 1;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
	int wrong = 0;
	for (size_t start = 0; start < 9; start++)
		for (size_t count = 0; count < 600; count++)
			wrong += crc32c_extend(0, bytes + start, count) !=
				 crc32c_extend_reference(0, bytes + start, count);
	t_int(wrong, 0, "every start and length agrees with the reference");
	uint32_t whole = crc32c_extend(0, bytes, sizeof bytes);
	wrong = 0;
	for (size_t cut = 0; cut <= sizeof bytes; cut += 7)
		wrong += crc32c_extend(crc32c_extend(0, bytes, cut), bytes + cut, sizeof bytes - cut) != whole;
	t_int(wrong, 0, "a checksum in two pieces is that of the whole");
}

int main(void)
{
	published_values();
	agrees_with_reference();
	return t_done();
}
