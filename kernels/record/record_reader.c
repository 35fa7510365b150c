/*
 * Every message is walked (wire.h) before protobuf-c unpacks it, and unpacked one image at a time: what is in memory
 * is the file (protobuf) or one Example (tfrecord) and one copy of one image.
 */
#include <string.h>

#include "kernels/record/crc32c.h"
#include "kernels/record/record_message.h"

enum {
	TFRECORD_HEAD_BYTES = 12, /* length (8), masked CRC of those 8 bytes (4) */
	TFRECORD_TAIL_BYTES = 4,  /* masked CRC of the data */
};

static uint64_t get_uint(const uint8_t *bytes, int count)
{
	uint64_t value = 0;
	for (int i = count - 1; i >= 0; i--)
		value = value << 8 | bytes[i];
	return value;
}

static bool length_is_sound(const uint8_t *head)
{
	return get_uint(head + 8, 4) == crc32c_mask(crc32c_extend(0, head, 8));
}

/*
 * A TFRecord starts with a length and its checksum. Where the checksum fails, the length's upper half still tells:
 * it is 0 in a broken TFRecord, and four zero bytes there are no way to start a protobuf record.
 */
static bool detect_format(struct record_reader *reader, struct err *err)
{
	struct record_source *source = &reader->source;
	if (!record_source_fill(source, TFRECORD_HEAD_BYTES, err))
		return false;
	if (source->count == 0)
		return err_set(err, "byte 0: the file is empty");
	bool has_head = source->count >= TFRECORD_HEAD_BYTES;
	bool starts_an_image = source->bytes[0] == (RECORD_IMAGES_FIELD << 3 | WIRE_BYTES);
	if (has_head && (length_is_sound(source->bytes) || (!starts_an_image && get_uint(source->bytes + 4, 4) == 0)))
		reader->format = RECORD_TFRECORD;
	else if (starts_an_image)
		reader->format = RECORD_PROTOBUF;
	else
		return err_set(err, "byte 0: neither a protobuf record (which starts with 0A) nor a TFRecord file "
				    "(which starts with a length and its checksum)");
	return true;
}

/* Counts the images of a record that wire_check accepted. */
static bool count_images(struct record_reader *reader, struct err *err)
{
	struct wire_cursor cursor = {.bytes = reader->source.bytes, .end = reader->source.count};
	struct wire_field field;
	while (cursor.position < cursor.end) {
		CHECK(wire_next(&cursor, &field, err));
		if (field.number == RECORD_IMAGES_FIELD && ++reader->image_count > RECORD_IMAGES_MAX)
			return err_set(err, "byte %zu: more than %d images", field.start, RECORD_IMAGES_MAX);
	}
	return true;
}

static bool load_protobuf(struct record_reader *reader, struct err *err)
{
	struct record_source *source = &reader->source;
	if (!record_source_fill(source, RECORD_BYTES_MAX + 1, err))
		return false;
	if (source->count > RECORD_BYTES_MAX)
		return err_set(err, "byte %zu: a protobuf record cannot be larger", RECORD_BYTES_MAX);
	size_t fields_max = (size_t)RECORD_IMAGES_MAX * (1 + RECORD_MESSAGE_FIELDS);
	return wire_check(&record_message_wire, source->bytes, source->count, 0, fields_max, err) &&
	       count_images(reader, err);
}

/* After the source was opened: finds out what it holds. */
static bool find_format(struct record_reader *reader, struct err *err)
{
	if (detect_format(reader, err) && (reader->format == RECORD_TFRECORD || load_protobuf(reader, err)))
		return true;
	reader->io_failed = reader->source.io_failed;
	record_reader_release(reader);
	return err_prefix(err, "'%s'", reader->name);
}

bool record_reader_open(struct record_reader *reader, const char *path, struct err *err)
{
	*reader = (struct record_reader){.name = strcmp(path, "-") == 0 ? "<stdin>" : path};
	if (record_source_open(&reader->source, path, err))
		return find_format(reader, err);
	reader->io_failed = true;
	return err_prefix(err, "'%s'", reader->name);
}

bool record_reader_open_bytes(struct record_reader *reader, const char *name, const uint8_t *bytes, size_t length,
			      struct err *err)
{
	*reader = (struct record_reader){.name = name};
	record_source_init_bytes(&reader->source, bytes, length);
	return find_format(reader, err);
}

static void free_messages(struct record_reader *reader)
{
	if (reader->message)
		lamina__image__free_unpacked(reader->message, NULL);
	if (reader->example)
		tensorflow__example__free_unpacked(reader->example, NULL);
	reader->message = NULL;
	reader->example = NULL;
}

void record_reader_release(struct record_reader *reader)
{
	free_messages(reader);
	record_source_release(&reader->source);
}

/* Puts the offset of the image before what is wrong with it. */
static bool refuse_image(uint64_t offset, struct err *err)
{
	return err_prefix(err, "byte %llu", (unsigned long long)offset);
}

static bool next_protobuf(struct record_reader *reader, struct record_image *image, bool *found, struct err *err)
{
	struct record_source *source = &reader->source;
	struct wire_field field = {0};
	while (source->count > 0 && field.number != RECORD_IMAGES_FIELD) {
		struct wire_cursor cursor = {.bytes = source->bytes, .end = source->count};
		CHECK(wire_next(&cursor, &field, err));
		record_source_take(source, cursor.position);
	}
	*found = field.number == RECORD_IMAGES_FIELD;
	if (!*found)
		return true;
	uint64_t offset = source->offset - field.payload_bytes;
	reader->message = lamina__image__unpack(NULL, field.payload_bytes, source->bytes - field.payload_bytes);
	if (!reader->message)
		return err_set(err, "byte %llu: the image cannot be unpacked", (unsigned long long)offset);
	if (!record_message_read(reader->message, image, err))
		return refuse_image(offset, err);
	image->offset = offset;
	return true;
}

/* Checks the head at the source's front; gives the length of the data. */
static bool read_head(const struct record_source *source, size_t *length, struct err *err)
{
	unsigned long long offset = source->offset;
	if (source->count < TFRECORD_HEAD_BYTES)
		return err_set(err, "byte %llu: the file ends within the record that starts at byte %llu",
			       offset + source->count, offset);
	if (!length_is_sound(source->bytes))
		return err_set(err, "byte %llu: the checksum of the record's length is wrong", offset);
	uint64_t claimed = get_uint(source->bytes, 8);
	if (claimed > RECORD_MESSAGE_BYTES_MAX)
		return err_set(err, "byte %llu: the record has %llu bytes; at most %zu are read", offset,
			       (unsigned long long)claimed, RECORD_MESSAGE_BYTES_MAX);
	*length = (size_t)claimed;
	return true;
}

static bool read_example(struct record_reader *reader, const uint8_t *data, size_t length, uint64_t offset,
			 struct record_image *image, struct err *err)
{
	if (!wire_check(&example_message_wire, data, length, offset, EXAMPLE_FIELDS_MAX, err))
		return false;
	reader->example = tensorflow__example__unpack(NULL, length, data);
	if (!reader->example)
		return err_set(err, "byte %llu: the Example cannot be unpacked", (unsigned long long)offset);
	if (!example_message_read(reader->example, image, err))
		return refuse_image(offset, err);
	image->offset = offset;
	return true;
}

static bool next_tfrecord(struct record_reader *reader, struct record_image *image, bool *found, struct err *err)
{
	struct record_source *source = &reader->source;
	size_t length = 0;
	if (!record_source_fill(source, TFRECORD_HEAD_BYTES, err))
		return false;
	*found = source->count > 0;
	if (!*found)
		return true;
	if (!read_head(source, &length, err))
		return false;
	size_t whole = TFRECORD_HEAD_BYTES + length + TFRECORD_TAIL_BYTES;
	if (!record_source_fill(source, whole, err))
		return false;
	if (source->count < whole)
		return err_set(err, "byte %llu: the file ends within the record that starts at byte %llu and takes %zu",
			       (unsigned long long)source->offset + source->count, (unsigned long long)source->offset,
			       whole);
	if (reader->image_count == RECORD_IMAGES_MAX)
		return err_set(err, "byte %llu: more than %d images", (unsigned long long)source->offset,
			       RECORD_IMAGES_MAX);
	uint64_t offset = source->offset + TFRECORD_HEAD_BYTES;
	const uint8_t *data = record_source_take(source, whole) + TFRECORD_HEAD_BYTES;
	if (get_uint(data + length, 4) != crc32c_mask(crc32c_extend(0, data, length)))
		return err_set(err, "byte %llu: the checksum of the record's %zu bytes is wrong",
			       (unsigned long long)offset, length);
	reader->image_count++;
	return read_example(reader, data, length, offset, image, err);
}

typedef bool next_fn(struct record_reader *reader, struct record_image *image, bool *found, struct err *err);

static next_fn *const nexts[RECORD_FORMATS] = {
	[RECORD_PROTOBUF] = next_protobuf,
	[RECORD_TFRECORD] = next_tfrecord,
};

bool record_reader_next(struct record_reader *reader, struct record_image *image, bool *found, struct err *err)
{
	free_messages(reader);
	if (nexts[reader->format](reader, image, found, err))
		return true;
	reader->io_failed = reader->source.io_failed;
	return err_prefix(err, "'%s'", reader->name);
}
