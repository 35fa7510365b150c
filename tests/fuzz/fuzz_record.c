/* Whatever the bytes, a record file of either format is refused with reasons or read to its end. */
#include "tests/fuzz/read_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_record(data, size);
	return 0;
}
