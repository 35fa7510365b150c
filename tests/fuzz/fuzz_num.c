/* Whatever the text, it is a number of YAML's core schema that C reads the same, or it is refused. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/num.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_double(const char *text)
{
	double value;
	double back;
	char written[NUM_TEXT_BYTES];
	if (!num_parse_double(text, &value))
		return;
	CHECK(!isnan(value));
	if (isinf(value)) {
		CHECK(strstr(text, ".inf"));
		return;
	}
	CHECK(strspn(text, "0123456789+-.eE") == strlen(text));
	num_format_double(value, written);
	CHECK(strlen(written) < NUM_TEXT_BYTES);
	CHECK(num_parse_double(written, &back));
	CHECK(memcmp(&back, &value, sizeof value) == 0);
}

static void check_int(const char *text)
{
	int64_t integer;
	double value;
	if (!num_parse_int64(text, &integer))
		return;
	CHECK(num_parse_double(text, &value));
	CHECK((double)integer == value);
}

/* The bytes themselves as a double, which texts seldom reach. */
static void check_bits(const uint8_t *data, size_t size)
{
	double value;
	double back;
	char written[NUM_TEXT_BYTES];
	if (size != sizeof value)
		return;
	memcpy(&value, data, sizeof value);
	num_format_double(value, written);
	if (isfinite(value))
		CHECK(num_parse_double(written, &back) && memcmp(&back, &value, sizeof value) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	arena_init(&arena);
	const char *text = arena_strndup(&arena, (const char *)data, size);
	check_double(text);
	check_int(text);
	check_bits(data, size);
	arena_release(&arena);
	return 0;
}
