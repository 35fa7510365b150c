/*
 * Hashes of bytes (XXH3 of xxHash): to tell equal content from other content, and damaged from whole. Not against
 * people who mean harm. The same on every machine.
 */
#ifndef LAMINA_DIGEST_H
#define LAMINA_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = 16, DIGEST_TEXT_BYTES = 2 * DIGEST_BYTES + 1 };

/* 128 bits: of 10^9 different contents, two share theirs with a probability of 1.5e-21. */
struct digest {
	uint8_t bytes[DIGEST_BYTES];
};

struct digest digest_of(const void *bytes, size_t count);

/* 64 bits. */
uint64_t digest_short(const void *bytes, size_t count);

bool digest_equal(const struct digest *a, const struct digest *b);

/* In hexadecimal; returns out. */
const char *digest_text(const struct digest *digest, char out[DIGEST_TEXT_BYTES]);

#endif
