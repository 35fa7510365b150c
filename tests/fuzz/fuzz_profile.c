/* Whatever the bytes, a profile is refused with reasons or read; what was read is written and read back the same. */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "profile/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool parse_and_write(const char *text, size_t length, struct buf *out)
{
	struct arena arena;
	struct diag diag;
	struct profile profile;
	arena_init(&arena);
	diag_init(&diag);
	bool ok = profile_parse("fuzz", text, length, &arena, &diag, &profile);
	CHECK(ok != diag_has_errors(&diag));
	if (ok)
		profile_write(&profile, out);
	diag_release(&diag);
	arena_release(&arena);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf first;
	struct buf second;
	buf_init(&first);
	buf_init(&second);
	if (parse_and_write((const char *)data, size, &first)) {
		CHECK(parse_and_write(first.text, first.length, &second));
		CHECK(strcmp(first.text, second.text) == 0);
	}
	buf_release(&first);
	buf_release(&second);
	return 0;
}
