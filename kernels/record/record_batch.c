/* All images of a batch have the same message but for their data, so one size and one head serve them all. */
#include "kernels/record/record_batch.h"

#include <string.h>

#include "kernels/record/image_decoder.h"
#include "kernels/record/record_message.h"

static struct record_image image_of(const struct tensor *batch, int64_t i)
{
	return (struct record_image){
		.shape = batch->shape,
		.encoding = RECORD_FLOAT32,
		.label = RECORD_NO_LABEL,
		.data = (const uint8_t *)(batch->data + i * shape_values(batch->shape)),
		.data_bytes = (size_t)shape_bytes(batch->shape),
	};
}

static size_t message_bytes(const struct tensor *batch)
{
	struct record_image image = image_of(batch, 0);
	Lamina__Image message;
	record_message_fill(&message, &image);
	return lamina__image__get_packed_size(&message);
}

size_t record_batch_bytes(const struct tensor *batch)
{
	uint8_t head[RECORD_HEAD_BYTES_MAX];
	size_t bytes = message_bytes(batch);
	return (size_t)batch->images * (record_message_head(bytes, head) + bytes);
}

void record_batch_pack(const struct tensor *batch, uint8_t *out)
{
	CHECK(record_batch_bytes(batch) <= RECORD_BYTES_MAX);
	uint8_t head[RECORD_HEAD_BYTES_MAX];
	size_t head_bytes = record_message_head(message_bytes(batch), head);
	for (int64_t i = 0; i < batch->images; i++) {
		struct record_image image = image_of(batch, i);
		Lamina__Image message;
		record_message_fill(&message, &image);
		memcpy(out, head, head_bytes);
		out += head_bytes;
		out += lamina__image__pack(&message, out);
	}
}

static bool decode_all(struct record_reader *reader, struct image_decoder *decoder, struct tensor *batch,
		       struct err *err)
{
	int64_t image_values = shape_values(batch->shape);
	struct record_image image;
	bool found;
	for (int64_t i = 0;; i++) {
		if (!record_reader_next(reader, &image, &found, err))
			return false;
		if (found != (i < batch->images))
			return err_set(err, "'%s' holds %s than %lld images", reader->name, found ? "more" : "fewer",
				       (long long)batch->images);
		if (!found)
			return true;
		if (!image_decoder_decode(decoder, &image, batch->data + i * image_values, err))
			return err_prefix(err, "'%s': byte %llu", reader->name, (unsigned long long)image.offset);
	}
}

bool record_batch_decode(const char *name, const uint8_t *bytes, size_t length, struct tensor *batch, struct err *err)
{
	struct record_reader reader;
	if (!record_reader_open_bytes(&reader, name, bytes, length, err))
		return false;
	struct image_decoder decoder;
	image_decoder_init(&decoder, batch->shape);
	bool ok = decode_all(&reader, &decoder, batch, err);
	image_decoder_release(&decoder);
	record_reader_release(&reader);
	return ok;
}
