/* Images to tensors: JPEG against the pixels it was made from, exact copies, resizing, and what is refused. */
#include "tests/tap.h"

#include "kernels/record/jpeg.h"
#include "kernels/record/record_batch.h"

enum { HEIGHT = 24, WIDTH = 40, CHANNELS = 3, VALUES = HEIGHT * WIDTH * CHANNELS };

static uint8_t pixels[VALUES]; /* smooth, so that JPEG loses little */
static float tensor[VALUES];

static void make_pixels(int channels)
{
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			for (int c = 0; c < channels; c++)
				pixels[(y * WIDTH + x) * channels + c] = (uint8_t)(40 + 3 * y + 2 * x + 20 * c);
}

static bool decode(struct shape wanted, const struct record_image *image, struct err *err)
{
	struct image_decoder decoder;
	image_decoder_init(&decoder, wanted);
	err->text[0] = '\0';
	bool ok = image_decoder_decode(&decoder, image, tensor, err);
	image_decoder_release(&decoder);
	return ok;
}

static struct record_image jpeg_image(const struct buf *jpeg, int64_t channels)
{
	return (struct record_image){{channels, HEIGHT, WIDTH},   RECORD_JPEG,  0,
				     (const uint8_t *)jpeg->text, jpeg->length, 0};
}

/* The largest difference between the tensor and the pixels; grey pixels stand for all channels of the tensor. */
static double worst_difference(int channels, int pixel_channels)
{
	double worst = 0;
	for (int c = 0; c < channels; c++)
		for (int i = 0; i < HEIGHT * WIDTH; i++) {
			double pixel = pixels[i * pixel_channels + (pixel_channels == 1 ? 0 : c)] / 255.0;
			worst = fmax(worst, fabs((double)tensor[c * HEIGHT * WIDTH + i] - pixel));
		}
	return worst;
}

static void jpegs(void)
{
	struct err err;
	struct buf jpeg;
	buf_init(&jpeg);
	for (int channels = 1; channels <= 3; channels += 2) {
		make_pixels(channels);
		buf_clear(&jpeg);
		jpeg_encode(pixels, (struct shape){channels, HEIGHT, WIDTH}, 100, &jpeg);
		struct record_image image = jpeg_image(&jpeg, channels);
		struct shape shape = {0};
		t_ok(jpeg_read_shape(image.data, image.data_bytes, &shape, &err) && shape.channels == channels &&
			     shape.height == HEIGHT && shape.width == WIDTH,
		     "the header of a JPEG of %d channels", channels);
		t_ok(decode((struct shape){3, HEIGHT, WIDTH}, &image, &err), "to three channels %s", err.text);
		double worst = worst_difference(3, channels);
		t_ok(worst < 4.0 / 255, "gives the pixels back within %.4f", worst);
		t_ok(decode((struct shape){1, HEIGHT, WIDTH}, &image, &err), "to one channel %s", err.text);
	}
	t_near((double)tensor[0], 0.299 * pixels[0] / 255 + 0.587 * pixels[1] / 255 + 0.114 * pixels[2] / 255, 0, 0.01,
	       "a colour JPEG gives its luma");
	buf_release(&jpeg);
}

static void broken_jpegs(void)
{
	struct err err;
	struct buf jpeg;
	buf_init(&jpeg);
	make_pixels(3);
	jpeg_encode(pixels, (struct shape){3, HEIGHT, WIDTH}, 90, &jpeg);
	struct record_image image = jpeg_image(&jpeg, 3);
	int accepted = 0;
	for (image.data_bytes = 2; image.data_bytes < jpeg.length; image.data_bytes++)
		accepted += decode((struct shape){3, HEIGHT, WIDTH}, &image, &err);
	t_int(accepted, 0, "a JPEG cut anywhere is refused");
	t_has(err.text, "the JPEG cannot be decoded: ", "says so");
	image = jpeg_image(&jpeg, 3);
	image.shape.width = WIDTH + 1;
	t_ok(!decode((struct shape){3, 8, 8}, &image, &err), "a JPEG of another size than its record says");
	t_str(err.text, "the JPEG has 40 x 24 pixels, its record says 41 x 24", "says so");
	size_t frame = 0; /* the frame header: FF C0, length (2), precision (1), height (2), width (2) */
	while (memcmp(jpeg.text + frame, "\xff\xc0", 2) != 0)
		frame++;
	memset(jpeg.text + frame + 5, 0xff, 4);
	struct shape shape;
	t_ok(!jpeg_read_shape(image.data, image.data_bytes, &shape, &err), "a header of 65535 x 65535 pixels");
	t_has(err.text, "Maximum supported image dimension is 65500 pixels", "says so");
	memcpy(jpeg.text + frame + 5, "\xf0\x00\xf0\x00", 4);
	t_ok(!jpeg_read_shape(image.data, image.data_bytes, &shape, &err), "a header of 3.8 billion pixels");
	t_str(err.text, "the JPEG has 61440 x 61440 pixels; at most 67108864 pixels are read", "says so");
	buf_release(&jpeg);
}

static void raw_images(void)
{
	struct err err;
	make_pixels(3);
	struct record_image image = {{3, HEIGHT, WIDTH}, RECORD_UINT8, 0, pixels, VALUES, 0};
	t_ok(decode((struct shape){3, HEIGHT, WIDTH}, &image, &err), "uint8 pixels %s", err.text);
	t_near(worst_difference(3, 3), 0, 0, 1e-7, "are exact at the same size");
	t_ok(decode((struct shape){3, HEIGHT / 2, WIDTH / 2}, &image, &err), "uint8 pixels at half the size");
	double mean = (pixels[0] + pixels[3] + pixels[3 * WIDTH] + pixels[3 * WIDTH + 3]) / 4.0 / 255;
	t_near((double)tensor[0], mean, 0, 1e-6, "are means of four");
	t_ok(!decode((struct shape){1, HEIGHT, WIDTH}, &image, &err), "three channels where one is wanted");
	t_str(err.text, "the image has 3 channels instead of 1", "says so");
	float values[6] = {1, -2, 3e30f, 0, 5, -0.5f};
	image = (struct record_image){{3, 2, 1}, RECORD_FLOAT32, 0, (const uint8_t *)values, sizeof values, 0};
	t_ok(decode((struct shape){3, 2, 1}, &image, &err), "float32 values %s", err.text);
	t_ok(memcmp(tensor, values, sizeof values) == 0, "are copied as they are");
	t_ok(!decode((struct shape){3, 1, 2}, &image, &err), "a tensor of another shape");
	t_str(err.text, "the tensor has 3 x 2 x 1 values instead of 3 x 1 x 2", "says so");
	image.data_bytes = 8;
	t_ok(!decode((struct shape){3, 2, 1}, &image, &err), "an image that is not whole");
	t_has(err.text, "the image has 8 bytes of data", "says so");
}

int main(void)
{
	jpegs();
	broken_jpegs();
	raw_images();
	return t_done();
}
