/* Batches of tensors to record bytes and back, and the same bytes as the streaming writer's. */
#include "tests/tap.h"

#include "base/arena.h"
#include "kernels/record/record_batch.h"

enum { COUNT = 5 };

static const struct record_shape shape = {7, 3, 2};
static float values[COUNT * 7 * 3 * 2];
static float back[COUNT * 7 * 3 * 2];

static void written_alike(const uint8_t *bytes, size_t count, struct arena *arena)
{
	char path[] = "/tmp/test_record_batch-XXXXXX";
	struct err err = {""};
	struct record_writer writer;
	close(mkstemp(path));
	record_writer_open(&writer, path, RECORD_PROTOBUF, &err);
	int64_t per_image = record_shape_values(shape);
	for (int64_t i = 0; i < COUNT; i++) {
		struct record_image image = {shape,
					     RECORD_FLOAT32,
					     RECORD_NO_LABEL,
					     (const uint8_t *)(values + i * per_image),
					     (size_t)per_image * 4,
					     0};
		record_writer_append(&writer, &image, &err);
	}
	record_writer_commit(&writer, &err);
	char *text = NULL;
	size_t length = 0;
	t_ok(file_read(path, 10000, arena, &text, &length, &err) && length == count && memcmp(text, bytes, count) == 0,
	     "the same bytes as the writer's %s", err.text);
	unlink(path);
}

static void bytes_that_are_known(void)
{
	/* The head takes 2 bytes, the message 14 with a one-byte length of data. */
	t_int(record_batch_bytes(1, (struct record_shape){1, 1, 1}), 2 + 12 + 4, "one value");
	t_int(record_batch_bytes(1000, (struct record_shape){96, 27, 27}), 1000 * (4 + 14 + 96 * 27 * 27 * 4),
	      "a thousand images behind AlexNet's first pooling");
}

int main(void)
{
	struct arena arena = {0};
	struct err err = {""};
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
		values[i] = (float)i / 3 - 20;
	size_t count = record_batch_bytes(COUNT, shape);
	uint8_t *bytes = arena_alloc(&arena, count);
	record_batch_pack(values, COUNT, shape, bytes);
	bytes_that_are_known();
	written_alike(bytes, count, &arena);
	t_ok(record_batch_decode("batch", bytes, count, COUNT, shape, back, &err), "decoded %s", err.text);
	t_ok(memcmp(values, back, sizeof values) == 0, "the values come back");
	t_ok(!record_batch_decode("batch", bytes, count, COUNT - 1, shape, back, &err), "one image too many");
	t_str(err.text, "'batch' holds more than 4 images", "says so");
	t_ok(!record_batch_decode("batch", bytes, count / COUNT * 4, COUNT, shape, back, &err), "one image too few");
	t_str(err.text, "'batch' holds fewer than 5 images", "says so");
	struct record_shape other = {7, 2, 3};
	t_ok(!record_batch_decode("batch", bytes, count, COUNT, other, back, &err), "another shape");
	t_str(err.text, "'batch': byte 3: the tensor has 7 x 3 x 2 values instead of 7 x 2 x 3", "says where");
	arena_release(&arena);
	return t_done();
}
