#include "base/digest.h"

#include <stdio.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct digest digest_of(const void *bytes, size_t count)
{
	XXH128_canonical_t canonical;
	struct digest digest;
	XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes, count));
	memcpy(digest.bytes, canonical.digest, sizeof digest.bytes);
	return digest;
}

uint64_t digest_short(const void *bytes, size_t count)
{
	return XXH3_64bits(bytes, count);
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return memcmp(a->bytes, b->bytes, DIGEST_BYTES) == 0;
}

const char *digest_text(const struct digest *digest, char out[DIGEST_TEXT_BYTES])
{
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", digest->bytes[i]);
	return out;
}
