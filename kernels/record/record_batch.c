/* All images of a batch have the same message but for their data, so one size and one head serve them all. */
#include "kernels/record/record_batch.h"

#include <string.h>

#include "kernels/record/image_decoder.h"
#include "kernels/record/record_message.h"

static struct record_image tensor(const float *values, struct record_shape shape)
{
	return (struct record_image){
		.shape = shape,
		.encoding = RECORD_FLOAT32,
		.label = RECORD_NO_LABEL,
		.data = (const uint8_t *)values,
		.data_bytes = (size_t)record_shape_values(shape) * sizeof *values,
	};
}

static size_t message_bytes(const float *values, struct record_shape shape)
{
	struct record_image image = tensor(values, shape);
	Lamina__Image message;
	record_message_fill(&message, &image);
	return lamina__image__get_packed_size(&message);
}

size_t record_batch_bytes(int64_t count, struct record_shape shape)
{
	uint8_t head[RECORD_HEAD_BYTES_MAX];
	size_t bytes = message_bytes(NULL, shape);
	return (size_t)count * (record_message_head(bytes, head) + bytes);
}

void record_batch_pack(const float *values, int64_t count, struct record_shape shape, uint8_t *out)
{
	CHECK(record_batch_bytes(count, shape) <= RECORD_BYTES_MAX);
	uint8_t head[RECORD_HEAD_BYTES_MAX];
	size_t head_bytes = record_message_head(message_bytes(values, shape), head);
	for (int64_t i = 0; i < count; i++) {
		struct record_image image = tensor(values + i * record_shape_values(shape), shape);
		Lamina__Image message;
		record_message_fill(&message, &image);
		memcpy(out, head, head_bytes);
		out += head_bytes;
		out += lamina__image__pack(&message, out);
	}
}

static bool decode_all(struct record_reader *reader, int64_t count, struct image_decoder *decoder, float *values,
		       struct err *err)
{
	int64_t image_values = record_shape_values(decoder->shape);
	struct record_image image;
	bool found;
	for (int64_t i = 0;; i++) {
		if (!record_reader_next(reader, &image, &found, err))
			return false;
		if (found != (i < count))
			return err_set(err, "'%s' holds %s than %lld images", reader->name, found ? "more" : "fewer",
				       (long long)count);
		if (!found)
			return true;
		if (!image_decoder_decode(decoder, &image, values + i * image_values, err))
			return err_prefix(err, "'%s': byte %llu", reader->name, (unsigned long long)image.offset);
	}
}

bool record_batch_decode(const char *name, const uint8_t *bytes, size_t length, int64_t count,
			 struct record_shape shape, float *values, struct err *err)
{
	struct record_reader reader;
	if (!record_reader_open_bytes(&reader, name, bytes, length, err))
		return false;
	struct image_decoder decoder;
	image_decoder_init(&decoder, shape);
	bool ok = decode_all(&reader, count, &decoder, values, err);
	image_decoder_release(&decoder);
	record_reader_release(&reader);
	return ok;
}
