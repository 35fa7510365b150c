/* What both record fuzzers do with a file: read all of it, decode what is small, and hold it against its own words. */
#ifndef LAMINA_READ_RECORD_H
#define LAMINA_READ_RECORD_H

#include "kernels/record/record_batch.h"

enum { READ_RECORD_SIDE = 6, READ_RECORD_PIXELS_MAX = 1 << 16 };

static void read_record(const uint8_t *bytes, size_t length)
{
	static float tensor[3 * READ_RECORD_SIDE * READ_RECORD_SIDE];
	struct image_decoder decoder;
	struct record_reader reader;
	struct record_image image;
	struct err err;
	bool found = true;
	int64_t images = 0;
	if (!record_reader_open_bytes(&reader, "fuzz", bytes, length, &err))
		return;
	image_decoder_init(&decoder, (struct shape){3, READ_RECORD_SIDE, READ_RECORD_SIDE});
	bool ok;
	while ((ok = record_reader_next(&reader, &image, &found, &err)) && found) {
		CHECK(record_image_check(&image, &err));
		CHECK(image.offset < length);
		if (image.shape.height * image.shape.width <= READ_RECORD_PIXELS_MAX)
			image_decoder_decode(&decoder, &image, tensor, &err);
		images++;
	}
	CHECK(!ok || images == reader.image_count);
	image_decoder_release(&decoder);
	record_reader_release(&reader);
}

#endif
