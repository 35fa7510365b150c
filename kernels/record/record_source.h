/*
 * Bytes that are looked at before they are taken, from memory or from a stream. A stream's buffer grows as bytes
 * arrive, never by what a length in the file claims.
 */
#ifndef LAMINA_RECORD_SOURCE_H
#define LAMINA_RECORD_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct record_source {
	FILE *stream;         /* NULL: the bytes are all there is */
	const uint8_t *bytes; /* bytes not yet taken */
	size_t count;         /* how many */
	uint64_t offset;      /* of bytes[0] in the file */
	uint8_t *buffer;      /* owned; holds the bytes of a stream */
	size_t capacity;
	bool io_failed; /* opening or reading failed */
};

void record_source_init_bytes(struct record_source *source, const uint8_t *bytes, size_t count);

/* Opens a file; "-" is standard input. */
bool record_source_open(struct record_source *source, const char *path, struct err *err);

void record_source_release(struct record_source *source);

/*
 * Sees to it that source->count is at least wanted where the file has that much; false only when reading fails.
 * Moves source->bytes.
 */
bool record_source_fill(struct record_source *source, size_t wanted, struct err *err);

/* Takes count bytes, which must be there. They stay valid until the next fill. */
const uint8_t *record_source_take(struct record_source *source, size_t count);

#endif
