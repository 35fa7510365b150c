/* Synthetic images: the same pixels for ever, others for every seed and index, and JPEGs of a photograph's size. */
#include "tests/tap.h"

#include "kernels/record/crc32c.h"
#include "kernels/record/image_synth.h"

enum { WIDTH = 61, HEIGHT = 47 };

static uint32_t checksum(uint64_t seed, int64_t index, enum record_encoding encoding)
{
	struct image_synth synth;
	image_synth_init(&synth, seed, (struct shape){3, HEIGHT, WIDTH}, encoding);
	struct record_image image = image_synth_make(&synth, index);
	uint32_t crc = crc32c_extend(0, image.data, image.data_bytes);
	image_synth_release(&synth);
	return crc;
}

static void same_for_ever(void)
{
	t_int(checksum(1, 0, RECORD_UINT8), 2840343513, "pixels of seed 1, image 0");
	t_int(checksum(1, 0, RECORD_FLOAT32), 374452252, "the same as floats");
	t_ok(checksum(1, 1, RECORD_UINT8) != checksum(1, 0, RECORD_UINT8), "another image");
	t_ok(checksum(2, 0, RECORD_UINT8) != checksum(1, 0, RECORD_UINT8), "another seed");
	t_ok(checksum(1, 0, RECORD_JPEG) == checksum(1, 0, RECORD_JPEG), "the same JPEG twice");
}

static void whole_images(void)
{
	struct image_synth synth;
	struct err err = {.text = ""};
	for (enum record_encoding encoding = 0; encoding < RECORD_ENCODINGS; encoding++) {
		image_synth_init(&synth, 7, (struct shape){3, HEIGHT, WIDTH}, encoding);
		struct record_image image = image_synth_make(&synth, 3);
		t_ok(record_image_check(&image, &err), "a whole %s image %s", record_encoding_names[encoding],
		     err.text);
		t_ok(image.label >= 0 && image.label < IMAGE_SYNTH_CLASSES, "labelled %lld", (long long)image.label);
		image_synth_release(&synth);
	}
	image_synth_init(&synth, 1, (struct shape){3, 375, 500}, RECORD_JPEG);
	size_t bytes = image_synth_make(&synth, 0).data_bytes;
	t_ok(bytes > 95000 && bytes < 120000, "a JPEG of a photograph's size: %zu bytes", bytes);
	image_synth_release(&synth);
}

/* Each octave and the grain must show: neighbours differ a little, far pixels much. */
static void spectrum(void)
{
	static uint8_t pixels[256 * 256];
	double near = 0;
	double far = 0;
	image_synth_draw(1, 0, (struct shape){1, 256, 256}, pixels);
	for (int y = 0; y < 256; y++) {
		for (int x = 0; x < 128; x++) {
			near += fabs((double)(pixels[y * 256 + x + 1] - pixels[y * 256 + x]));
			far += fabs((double)(pixels[y * 256 + x + 128] - pixels[y * 256 + x]));
		}
	}
	t_ok(near > 0 && far > 1.3 * near, "neighbours differ by %.1f, pixels 128 apart by %.1f", near / 32768,
	     far / 32768);
}

int main(void)
{
	same_for_ever();
	whole_images();
	spectrum();
	return t_done();
}
