/* All images of a batch have the same message but for their data, so one size and one head serve them all. */
#include "kernels/record/record_batch.h"

#include <string.h>

#include "kernels/record/jpeg.h"
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

/* Which function decodes an encoding is a table, so that a new encoding is a row. */

void image_decoder_init(struct image_decoder *decoder, struct shape shape)
{
	CHECK(shape.channels > 0 && shape.height > 0 && shape.width > 0);
	decoder->shape = shape;
	resize_init(&decoder->resize);
}

void image_decoder_release(struct image_decoder *decoder)
{
	resize_release(&decoder->resize);
}

static void begin(struct image_decoder *decoder, const struct record_image *image, float *out)
{
	resize_begin(&decoder->resize, decoder->shape.channels, image->shape.height, image->shape.width,
		     decoder->shape.height, decoder->shape.width, out);
}

static bool decode_uint8(struct image_decoder *decoder, const struct record_image *image, float *out, struct err *err)
{
	if (image->shape.channels != decoder->shape.channels)
		return err_set(err, "the image has %lld channels instead of %lld", (long long)image->shape.channels,
			       (long long)decoder->shape.channels);
	begin(decoder, image, out);
	for (int64_t y = 0; y < image->shape.height; y++)
		resize_row(&decoder->resize, image->data + y * image->shape.width * image->shape.channels, out);
	return true;
}

static bool decode_float32(struct image_decoder *decoder, const struct record_image *image, float *out, struct err *err)
{
	const struct shape *has = &image->shape;
	const struct shape *wants = &decoder->shape;
	if (!shape_equal(*has, *wants))
		return err_set(err, "the tensor has %lld x %lld x %lld values instead of %lld x %lld x %lld",
			       (long long)has->channels, (long long)has->height, (long long)has->width,
			       (long long)wants->channels, (long long)wants->height, (long long)wants->width);
	memcpy(out, image->data, image->data_bytes);
	return true;
}

struct row_target {
	struct resize *resize;
	float *out;
};

static void put_row(void *context, const uint8_t *pixels)
{
	const struct row_target *target = context;
	resize_row(target->resize, pixels, target->out);
}

static bool decode_jpeg(struct image_decoder *decoder, const struct record_image *image, float *out, struct err *err)
{
	int64_t channels = decoder->shape.channels;
	if (channels != 1 && channels != 3)
		return err_set(err, "a JPEG gives 1 or 3 channels, not %lld", (long long)channels);
	struct row_target target = {&decoder->resize, out};
	struct shape shape = {channels, image->shape.height, image->shape.width};
	begin(decoder, image, out);
	return jpeg_decode(image->data, image->data_bytes, shape, put_row, &target, err);
}

typedef bool decode_fn(struct image_decoder *decoder, const struct record_image *image, float *out, struct err *err);

static decode_fn *const decoders[RECORD_ENCODINGS] = {
	[RECORD_UINT8] = decode_uint8,
	[RECORD_FLOAT32] = decode_float32,
	[RECORD_JPEG] = decode_jpeg,
};

bool image_decoder_decode(struct image_decoder *decoder, const struct record_image *image, float *out, struct err *err)
{
	return record_image_check(image, err) && decoders[image->encoding](decoder, image, out, err);
}
