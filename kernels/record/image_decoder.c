/* Which function decodes an encoding is a table, so that a new encoding is a row. */
#include "kernels/record/image_decoder.h"

#include <string.h>

#include "kernels/record/jpeg.h"

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
