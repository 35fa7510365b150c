/* One brightness for all channels, and a faint smooth tint for each: channels of photographs go together. */
#include "kernels/record/image_synth.h"

#include <string.h>

#include "base/arena.h"
#include "kernels/record/jpeg.h"
#include "random/stream.h"

enum {
	CELL_MAX = 128, /* pixels; cells halve down to CELL_MIN */
	CELL_MIN = 2,
	CELL_TINT = 64,
	CONTRAST = 2, /* averaging octaves flattens them; this spreads them over the range again */
	GRAIN = 92,   /* the range of the grain, in steps of 255 */
};

/* Random bytes by eights. */
struct bytes {
	struct stream stream;
	uint64_t word;
	int left;
};

static void bytes_init(struct bytes *bytes, uint64_t seed, const char *name, uint64_t index)
{
	stream_init(&bytes->stream, seed, 0, stream_id_from_name(name), index);
	bytes->left = 0;
}

static uint8_t next_byte(struct bytes *bytes)
{
	if (bytes->left == 0) {
		bytes->word = stream_u64(&bytes->stream);
		bytes->left = 8;
	}
	uint8_t byte = (uint8_t)bytes->word;
	bytes->word >>= 8;
	bytes->left--;
	return byte;
}

/* Adds value noise of the given cell to a plane: bytes on a lattice, linear in between, times weight. */
static void add_noise(struct bytes *bytes, int64_t cell, int32_t weight, int64_t height, int64_t width, int32_t *plane)
{
	int64_t columns = width / cell + 2;
	int64_t rows = height / cell + 2;
	uint8_t *lattice = mem_alloc((size_t)(rows * columns));
	for (int64_t i = 0; i < rows * columns; i++)
		lattice[i] = next_byte(bytes);
	for (int64_t y = 0; y < height; y++) {
		const uint8_t *top = lattice + y / cell * columns;
		const uint8_t *bottom = top + columns;
		int32_t v = (int32_t)(y % cell);
		int32_t edge = (int32_t)cell;
		for (int64_t x = 0; x < width; x++) {
			int64_t column = x / cell;
			int32_t u = (int32_t)(x % cell);
			int32_t left = top[column] * (edge - v) + bottom[column] * v;
			int32_t right = top[column + 1] * (edge - v) + bottom[column + 1] * v;
			plane[y * width + x] += (left * (edge - u) + right * u) / (edge * edge) * weight;
		}
	}
	mem_free(lattice);
}

static uint8_t clamp(int32_t value)
{
	return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void image_synth_draw(uint64_t seed, uint64_t index, struct shape shape, uint8_t *pixels)
{
	int64_t count = shape.height * shape.width;
	size_t plane_bytes = (size_t)count * sizeof(int32_t);
	int32_t *light = mem_alloc(plane_bytes);
	int32_t *tint = mem_alloc(plane_bytes);
	struct bytes bytes;
	int32_t weights = 0;
	bytes_init(&bytes, seed, "image.pixels", index);
	memset(light, 0, plane_bytes);
	for (int32_t cell = CELL_MAX; cell >= CELL_MIN; cell /= 2) {
		add_noise(&bytes, cell, cell, shape.height, shape.width, light);
		weights += cell;
	}
	for (int64_t i = 0; i < count; i++)
		light[i] = (light[i] / weights - 128) * CONTRAST + 128 + (next_byte(&bytes) - 128) * GRAIN / 255;
	for (int64_t c = 0; c < shape.channels; c++) {
		memset(tint, 0, plane_bytes);
		add_noise(&bytes, CELL_TINT, 1, shape.height, shape.width, tint);
		for (int64_t i = 0; i < count; i++)
			pixels[i * shape.channels + c] = clamp(light[i] + tint[i] / 2 - 64);
	}
	mem_free(tint);
	mem_free(light);
}

static void as_uint8(struct image_synth *synth, struct record_image *image)
{
	image->data = synth->pixels;
	image->data_bytes = (size_t)shape_values(synth->shape);
}

static void as_float32(struct image_synth *synth, struct record_image *image)
{
	int64_t channels = synth->shape.channels;
	int64_t count = synth->shape.height * synth->shape.width;
	for (int64_t c = 0; c < channels; c++)
		for (int64_t i = 0; i < count; i++)
			synth->values[c * count + i] = (float)synth->pixels[i * channels + c] / 255;
	image->data = (const uint8_t *)synth->values;
	image->data_bytes = (size_t)shape_bytes(synth->shape);
}

static void as_jpeg(struct image_synth *synth, struct record_image *image)
{
	buf_clear(&synth->jpeg);
	jpeg_encode(synth->pixels, synth->shape, IMAGE_SYNTH_QUALITY, &synth->jpeg);
	image->data = (const uint8_t *)synth->jpeg.text;
	image->data_bytes = synth->jpeg.length;
}

typedef void encode_fn(struct image_synth *synth, struct record_image *image);

static encode_fn *const encoders[RECORD_ENCODINGS] = {
	[RECORD_UINT8] = as_uint8,
	[RECORD_FLOAT32] = as_float32,
	[RECORD_JPEG] = as_jpeg,
};

void image_synth_init(struct image_synth *synth, uint64_t seed, struct shape shape, enum record_encoding encoding)
{
	CHECK(shape_is_valid(shape) && encoding < RECORD_ENCODINGS);
	*synth = (struct image_synth){.seed = seed, .shape = shape, .encoding = encoding};
	synth->pixels = mem_alloc((size_t)shape_values(shape));
	if (encoding == RECORD_FLOAT32)
		synth->values = mem_alloc((size_t)shape_bytes(shape));
	buf_init(&synth->jpeg);
}

void image_synth_release(struct image_synth *synth)
{
	buf_release(&synth->jpeg);
	mem_free(synth->values);
	mem_free(synth->pixels);
}

struct record_image image_synth_make(struct image_synth *synth, int64_t index)
{
	struct stream labels;
	stream_init(&labels, synth->seed, 0, stream_id_from_name("image.label"), (uint64_t)index);
	struct record_image image = {.shape = synth->shape, .encoding = synth->encoding};
	image.label = (int64_t)stream_below(&labels, IMAGE_SYNTH_CLASSES);
	image_synth_draw(synth->seed, (uint64_t)index, synth->shape, synth->pixels);
	encoders[synth->encoding](synth, &image);
	return image;
}
