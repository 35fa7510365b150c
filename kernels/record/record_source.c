/* Taken bytes are overwritten by the next fill: what is kept of a stream is what nobody has taken yet. */
#include "kernels/record/record_source.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/num.h"

enum { CHUNK_BYTES = 64 * 1024 };

void record_source_init_bytes(struct record_source *source, const uint8_t *bytes, size_t count)
{
	*source = (struct record_source){.bytes = bytes, .count = count};
}

bool record_source_open(struct record_source *source, const char *path, struct err *err)
{
	*source = (struct record_source){0};
	source->stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	source->io_failed = !source->stream;
	return source->stream || err_set(err, "cannot be opened: %s", strerror(errno));
}

void record_source_release(struct record_source *source)
{
	if (source->stream && source->stream != stdin)
		fclose(source->stream);
	mem_free(source->buffer);
	*source = (struct record_source){0};
}

static void make_room(struct record_source *source, size_t wanted)
{
	if (source->count > 0 && source->bytes != source->buffer)
		memmove(source->buffer, source->bytes, source->count);
	if (source->count == source->capacity) {
		size_t capacity = source->capacity > 0 ? 2 * source->capacity : CHUNK_BYTES;
		source->capacity = capacity > wanted && wanted > CHUNK_BYTES ? wanted : capacity;
		source->buffer = mem_realloc(source->buffer, source->capacity);
	}
	source->bytes = source->buffer;
}

bool record_source_fill(struct record_source *source, size_t wanted, struct err *err)
{
	while (source->stream && source->count < wanted) {
		make_room(source, wanted);
		size_t room = source->capacity - source->count;
		size_t missing = wanted - source->count;
		size_t ask = min_size(missing, room);
		size_t got = fread(source->buffer + source->count, 1, ask, source->stream);
		source->count += got;
		if (got == ask)
			continue;
		source->io_failed = ferror(source->stream);
		return !source->io_failed || err_set(err, "cannot be read: %s", strerror(errno));
	}
	return true;
}

const uint8_t *record_source_take(struct record_source *source, size_t count)
{
	CHECK(count <= source->count);
	const uint8_t *taken = source->bytes;
	source->bytes += count;
	source->count -= count;
	source->offset += count;
	return taken;
}
