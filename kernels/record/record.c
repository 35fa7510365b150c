/* What the two formats have in common: names, and what makes an image whole. */
#include "kernels/record/record.h"

#include <string.h>

const char *const record_format_names[RECORD_FORMATS + 1] = {
	[RECORD_PROTOBUF] = "protobuf", [RECORD_TFRECORD] = "tfrecord"};
const char *const record_encoding_names[RECORD_ENCODINGS + 1] = {
	[RECORD_UINT8] = "uint8", [RECORD_FLOAT32] = "float32", [RECORD_JPEG] = "jpeg"};

static bool shape_check(struct shape shape, struct err *err)
{
	int64_t values_max = (int64_t)RECORD_IMAGE_BYTES_MAX;
	if (shape.width < 1 || shape.width > RECORD_SIDE_MAX || shape.height < 1 || shape.height > RECORD_SIDE_MAX)
		return err_set(err, "the image has %lld x %lld pixels; each side must be in 1..%d",
			       (long long)shape.width, (long long)shape.height, RECORD_SIDE_MAX);
	if (shape.channels < 1 || shape.channels > values_max / (shape.width * shape.height))
		return err_set(err, "the image has %lld channels of %lld x %lld; 1 to %lld values are read",
			       (long long)shape.channels, (long long)shape.width, (long long)shape.height,
			       (long long)values_max);
	return true;
}

static bool jpeg_check(const struct record_image *image, struct err *err)
{
	static const uint8_t start[] = {0xff, 0xd8};
	if (image->data_bytes < sizeof start || memcmp(image->data, start, sizeof start) != 0)
		return err_set(err, "the image is not a JPEG: its data do not start with FF D8");
	if (image->shape.channels != 1 && image->shape.channels != 3)
		return err_set(err, "the JPEG has %lld channels instead of 1 or 3", (long long)image->shape.channels);
	return true;
}

bool record_image_check(const struct record_image *image, struct err *err)
{
	static const size_t value_bytes[RECORD_ENCODINGS] = {[RECORD_UINT8] = 1, [RECORD_FLOAT32] = 4};
	CHECK(image->encoding < RECORD_ENCODINGS);
	if (!shape_check(image->shape, err))
		return false;
	if (image->data_bytes > RECORD_IMAGE_BYTES_MAX)
		return err_set(err, "the image has %zu bytes; at most %zu are read", image->data_bytes,
			       RECORD_IMAGE_BYTES_MAX);
	if (image->encoding == RECORD_JPEG)
		return jpeg_check(image, err);
	size_t wanted = (size_t)shape_values(image->shape) * value_bytes[image->encoding];
	if (image->data_bytes != wanted)
		return err_set(err, "the image has %zu bytes of data; %lld x %lld x %lld %s values take %zu",
			       image->data_bytes, (long long)image->shape.channels, (long long)image->shape.height,
			       (long long)image->shape.width, record_encoding_names[image->encoding], wanted);
	return true;
}
