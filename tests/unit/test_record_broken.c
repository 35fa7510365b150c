/*
 * Broken records: every byte cut off and every bit turned over is refused with an offset or, where protobuf carries no
 * checksum, read as another image; nothing else happens. Then each kind of mistake by its words.
 */
#include "tests/tap.h"

#include "base/arena.h"
#include "base/buf.h"
#include "kernels/record/crc32c.h"
#include "kernels/record/record.h"

/* The number of images, or -1 with the error. */
static int read_all(const void *bytes, size_t count, struct err *err)
{
	struct record_reader reader;
	struct record_image image;
	bool found = true;
	int images = 0;
	/* A copy of its own, so that a sanitizer sees a read past the end. */
	uint8_t *copy = mem_alloc(count);
	if (count > 0)
		memcpy(copy, bytes, count);
	bool ok = record_reader_open_bytes(&reader, "x", copy, count, err);
	if (ok) {
		while ((ok = record_reader_next(&reader, &image, &found, err)) && found)
			images++;
		record_reader_release(&reader);
	}
	mem_free(copy);
	return ok ? images : -1;
}

static void check_error(const void *bytes, size_t count, const char *error, const char *name)
{
	struct err err = {.text = "accepted"};
	read_all(bytes, count, &err);
	t_has(err.text, error, name);
}

/* A length-delimited field of less than 128 bytes. */
static void put_field(struct buf *out, int number, const void *bytes, size_t count)
{
	buf_add_char(out, (char)(number << 3 | 2));
	buf_add_char(out, (char)count);
	buf_add_bytes(out, bytes, count);
}

/* An entry of Features: name to a list of kind (1 bytes, 3 integers below 128) with one value. */
static void put_feature(struct buf *out, const char *name, int kind, const void *bytes, size_t count)
{
	struct buf level[3] = {{0}, {0}, {0}};
	put_field(&level[0], 1, bytes, count);
	put_field(&level[1], kind, level[0].text, level[0].length);
	put_field(&level[2], 1, name, strlen(name));
	put_field(&level[2], 2, level[1].text, level[1].length);
	put_field(out, 1, level[2].text, level[2].length);
	for (int i = 0; i < 3; i++)
		buf_release(&level[i]);
}

/* The framing of a TFRecord around data. */
static void put_frame(struct buf *out, const void *data, size_t count)
{
	uint64_t length = count;
	uint32_t crc = crc32c_mask(crc32c_extend_reference(0, &length, 8));
	buf_add_bytes(out, &length, 8);
	buf_add_bytes(out, &crc, 4);
	buf_add_bytes(out, data, count);
	crc = crc32c_mask(crc32c_extend_reference(0, data, count));
	buf_add_bytes(out, &crc, 4);
}

/* A framed Example around its entries, of whatever length. */
static void put_example(struct buf *out, const struct buf *entries)
{
	struct buf message = {0};
	buf_add_char(&message, 0x0a);
	buf_add_char(&message, (char)(entries->length | 0x80));
	buf_add_char(&message, (char)(entries->length >> 7));
	buf_add_bytes(&message, buf_text(entries), entries->length);
	put_frame(out, message.text, message.length);
	buf_release(&message);
}

static void put_grey_image(struct buf *out, const char *format)
{
	struct buf entries = {0};
	put_feature(&entries, "image/encoded", 1, "\x11\x22", 2);
	put_feature(&entries, "image/format", 1, format, strlen(format));
	put_feature(&entries, "image/height", 3, "\x01", 1);
	put_feature(&entries, "image/width", 3, "\x02", 1);
	put_feature(&entries, "image/channels", 3, "\x01", 1);
	put_feature(&entries, "some/other/name", 3, "\x05", 1);
	put_example(out, &entries);
	buf_release(&entries);
}

static void every_cut(const struct buf *file, size_t boundary, const char *name)
{
	int wrong = 0;
	for (size_t n = 0; n < file->length; n++) {
		struct err err = {.text = ""};
		int images = read_all(file->text, n, &err);
		wrong += n == boundary ? images != 1 : images != -1 || !strstr(err.text, "'x': byte ");
	}
	t_int(wrong, 0, name);
}

/* How many turned bits went unnoticed; a refusal without an offset counts as a failure of the test. */
static int every_flip(const struct buf *file, const char *name)
{
	int unnoticed = 0;
	int wrong = 0;
	for (size_t bit = 0; bit < 8 * file->length; bit++) {
		struct err err = {.text = ""};
		file->text[bit / 8] ^= (char)(1 << bit % 8);
		int images = read_all(file->text, file->length, &err);
		file->text[bit / 8] ^= (char)(1 << bit % 8);
		unnoticed += images >= 0;
		wrong += images > 2 || (images < 0 && !strstr(err.text, "'x': byte "));
	}
	t_int(wrong, 0, name);
	return unnoticed;
}

static const char protobuf[] = "\x0a\x0e\x08\x02\x10\x01\x18\x01\x20\x01\x28\x0e\x32\x02\x11\x22"
			       "\x0a\x0f\x08\x01\x10\x01\x18\x03\x20\x01\x28\x01\x32\x03"
			       "abc";

static void cuts_and_flips(void)
{
	struct err err = {.text = ""};
	struct buf file = {0};
	buf_add_bytes(&file, protobuf, sizeof protobuf - 1);
	t_int(read_all(file.text, file.length, &err), 2, "protobuf: whole");
	every_cut(&file, 16, "protobuf: every cut is refused");
	int unnoticed = every_flip(&file, "protobuf: every turned bit is refused with an offset or read");
	t_ok(unnoticed > 8 * 5, "protobuf: turned bits of pixels cannot be noticed");
	buf_clear(&file);
	put_grey_image(&file, "raw");
	size_t boundary = file.length;
	put_grey_image(&file, "RAW");
	t_int(read_all(file.text, file.length, &err), 2, "tfrecord: whole");
	every_cut(&file, boundary, "tfrecord: every cut is refused");
	unnoticed = every_flip(&file, "tfrecord: every turned bit is refused with an offset");
	t_int(unnoticed, 0, "tfrecord: every turned bit is noticed");
	buf_release(&file);
}

static void files(void)
{
	check_error("", 0, "'x': byte 0: the file is empty", "an empty file");
	check_error("JPEG?", 5, "'x': byte 0: neither a protobuf record", "another kind of file");
	check_error("\x0a\x05\x08\x02", 4, "'x': byte 0: field 1 is cut short: it needs 5 bytes and 2 are left",
		    "a protobuf record that ends early");
	check_error("\x0a\x02\x09\x02", 4, "'x': byte 2: field 1 is cut short", "an image that ends early");
	check_error("\x0a\x03\x0a\x01x", 5, "'x': byte 2: field 1 of Image has wire type 2 instead of 0",
		    "a width that is text");
	check_error("\x0a\x08\x08\x02\x10\x01\x18\x01\x20\x09", 10, "'x': byte 2: the image has the unknown encoding 9",
		    "an encoding from the future");
	check_error("\x0a\x06\x08\x02\x10\x01\x20\x01", 8, "'x': byte 2: the image has 0 channels", "no channels");
	struct err err;
	t_int(read_all("\x0a\x0a\x08\x01\x10\x01\x18\x01\x20\x01\x32\x00\x12\x01x", 15, &err), -1,
	      "an image without data");
	t_has(err.text, "'x': byte 2: the image has 0 bytes of data", "says so");
}

static void frames(void)
{
	struct buf file = {0};
	uint64_t length = RECORD_MESSAGE_BYTES_MAX + 1;
	uint32_t crc = crc32c_mask(crc32c_extend(0, &length, 8));
	buf_add_bytes(&file, &length, 8);
	buf_add_bytes(&file, &crc, 4);
	check_error(file.text, file.length, "'x': byte 0: the record has 67174401 bytes; at most 67174400 are read",
		    "a length past the limit");
	buf_clear(&file);
	put_frame(&file, "\x0a\x05", 2);
	check_error(file.text, file.length, "'x': byte 12: field 1 is cut short", "an Example that ends early");
	buf_clear(&file);
	put_grey_image(&file, "raw");
	file.text[3] = 1;
	check_error(file.text, file.length, "'x': byte 0: the checksum of the record's length is wrong",
		    "a turned bit in the length");
	buf_release(&file);
}

/* The error of an Example with one entry besides, or instead of, its data. */
static void check_example(const char *name, int kind, const char *value, const char *error)
{
	struct buf entries = {0};
	struct buf file = {0};
	put_feature(&entries, "image/encoded", 1, "\x11\x22", 2);
	put_feature(&entries, name, kind, value, strlen(value));
	put_example(&file, &entries);
	check_error(file.text, file.length, error, error);
	buf_release(&entries);
	buf_release(&file);
}

static void examples(void)
{
	struct buf file = {0};
	put_frame(&file, "", 0);
	check_error(file.text, file.length, "'x': byte 12: the Example has no 'image/encoded'", "an empty Example");
	buf_release(&file);
	check_example("image/format", 1, "png",
		      "'image/format' of the Example is 'png'; jpeg, raw and float32 can be read");
	check_example("image/format", 3, "\x01", "'image/format' of the Example is not one string of bytes");
	check_example("image/height", 1, "1", "'image/height' of the Example is not one integer");
	check_example("image/height", 3, "\x01\x01", "'image/height' of the Example is not one integer");
	check_example("image/encoded", 3, "\x01", "'image/encoded' of the Example is not one string of bytes");
	check_example("image/height", 3, "\x01", "byte 12: the JPEG cannot be decoded: Not a JPEG file");
	check_example("image/format", 1, "raw", "the image has 0 x 0 pixels");
}

int main(void)
{
	cuts_and_flips();
	files();
	frames();
	examples();
	return t_done();
}
