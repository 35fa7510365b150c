/* Batches of tensors to record bytes and back, and the same bytes as the streaming writer's. */
#include "base/check.h"
#include "tests/tap.h"

#include "base/arena.h"
#include "kernels/record/record_batch.h"

enum { COUNT = 5 };

static const struct shape shape = {7, 3, 2};
static float values[COUNT * 7 * 3 * 2];
static float back[COUNT * 7 * 3 * 2];

static struct tensor tensor_of(int64_t images, struct shape of, float *data)
{
	return (struct tensor){images, of, data, NULL};
}

static void written_alike(const uint8_t *bytes, size_t count, struct arena *arena)
{
	char path[] = "/tmp/test_record_batch-XXXXXX";
	struct err err = {.text = ""};
	struct record_writer writer;
	close(mkstemp(path));
	record_writer_open(&writer, path, RECORD_PROTOBUF, &err);
	int64_t per_image = shape_values(shape);
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
	struct tensor one = tensor_of(1, (struct shape){1, 1, 1}, values);
	struct tensor thousand = tensor_of(1000, (struct shape){96, 27, 27}, values);
	/* The head takes 2 bytes, the message 12 with a one-byte length of data. */
	t_int(record_batch_bytes(&one), 2 + 12 + 4, "one value");
	t_int(record_batch_bytes(&thousand), 1000 * (4 + 14 + 96 * 27 * 27 * 4),
	      "a thousand images behind AlexNet's first pooling");
}

static void refused(const uint8_t *bytes, size_t count, struct tensor wanted, const char *error)
{
	struct err err = {.text = "accepted"};
	record_batch_decode("batch", bytes, count, &wanted, &err);
	t_str(err.text, error, error);
}

int main(void)
{
	struct arena arena = {0};
	struct err err = {.text = ""};
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		values[i] = (float)i / 3 - 20;
	struct tensor batch = tensor_of(COUNT, shape, values);
	struct tensor decoded = tensor_of(COUNT, shape, back);
	size_t count = record_batch_bytes(&batch);
	uint8_t *bytes = arena_alloc(&arena, count);
	record_batch_pack(&batch, bytes);
	bytes_that_are_known();
	written_alike(bytes, count, &arena);
	t_ok(record_batch_decode("batch", bytes, count, &decoded, &err), "decoded %s", err.text);
	t_ok(memcmp(values, back, sizeof values) == 0, "the values come back");
	refused(bytes, count, tensor_of(COUNT - 1, shape, back), "'batch' holds more than 4 images");
	refused(bytes, count / COUNT * 4, decoded, "'batch' holds fewer than 5 images");
	refused(bytes, count, tensor_of(COUNT, (struct shape){7, 2, 3}, back),
		"'batch': byte 3: the tensor has 7 x 3 x 2 values instead of 7 x 2 x 3");
	arena_release(&arena);
	return t_done();
}
