#include "kernels/timing/scratch_record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

/* Vigna's splitmix64 (https://prng.di.unimi.it/splitmix64.c): a weak generator is enough for pixels. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static void fill_bytes(uint8_t *data, size_t count, uint64_t *state)
{
	for (size_t i = 0; i < count; i++)
		data[i] = (uint8_t)(next_random(state) >> 56);
}

/* Uniform in [0, 1). */
static void fill_floats(uint8_t *data, size_t count, uint64_t *state)
{
	for (size_t i = 0; i < count; i++) {
		float value = (float)(next_random(state) >> 40) * 0x1p-24F;
		memcpy(data + i * sizeof value, &value, sizeof value);
	}
}

static bool write_images(const struct scratch_record *record, const char *path, enum record_encoding encoding,
			 struct err *err)
{
	struct record_writer writer;
	if (!record_writer_open(&writer, path, RECORD_PROTOBUF, err))
		return false;
	size_t values = (size_t)shape_values(record->shape);
	size_t data_bytes = encoding == RECORD_UINT8 ? values : values * sizeof(float);
	uint8_t *data = mem_alloc(data_bytes);
	uint64_t state = 1;
	bool ok = true;
	/* One picture for all images: what is timed does not depend on it, and drawing each would take longer. */
	if (encoding == RECORD_UINT8)
		fill_bytes(data, values, &state);
	else
		fill_floats(data, values, &state);
	struct record_image image = {record->shape, encoding, RECORD_NO_LABEL, data, data_bytes, 0};
	for (int64_t i = 0; ok && i < record->images; i++)
		ok = record_writer_append(&writer, &image, err);
	mem_free(data);
	if (ok)
		return record_writer_commit(&writer, err);
	record_writer_discard(&writer);
	return false;
}

bool scratch_record_init(struct scratch_record *record, int64_t images, struct shape shape,
			 enum record_encoding encoding, struct err *err)
{
	*record = (struct scratch_record){.fd = -1, .images = images, .shape = shape};
	struct arena arena;
	arena_init(&arena);
	const char *folder = getenv("TMPDIR");
	char *path = arena_printf(&arena, "%s/lamina-record-XXXXXX", folder && *folder ? folder : "/tmp");
	int fd = mkstemp(path);
	bool ok = fd >= 0;
	if (!ok)
		err_set(err, "cannot make a temporary file '%s': %s", path, strerror(errno));
	else
		close(fd);
	ok = ok && write_images(record, path, encoding, err);
	if (ok && (record->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		ok = err_set(err, "cannot open '%s': %s", path, strerror(errno));
	if (ok)
		record->bytes = (size_t)lseek(record->fd, 0, SEEK_END);
	if (fd >= 0)
		unlink(path);
	arena_release(&arena);
	return ok;
}

void scratch_record_release(struct scratch_record *record)
{
	if (record->fd >= 0)
		close(record->fd);
	record->fd = -1;
}

bool scratch_record_read(const struct scratch_record *record, uint8_t *bytes, struct err *err)
{
	for (size_t done = 0; done < record->bytes;) {
		ssize_t got = pread(record->fd, bytes + done, record->bytes - done, (off_t)done);
		if (got < 0)
			return err_set(err, "cannot read a temporary record: %s", strerror(errno));
		if (got == 0)
			return err_set(err, "a temporary record became shorter while it was read");
		done += (size_t)got;
	}
	return true;
}
