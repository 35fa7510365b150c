/*
 * A record is a file of images. Two formats say the same:
 *
 *   protobuf   one message that holds all images (record.proto). The reader needs the whole file in memory, plus a
 *              copy of one image at a time.
 *   tfrecord   one tf.train.Example per image (example.proto) in TensorFlow's framing: length, masked CRC-32C of the
 *              length, data, masked CRC-32C of the data. The reader holds one Example and its copy, whatever the file's
 *              size. TensorFlow reads and writes the keys: image/encoded, image/format, image/class/label,
 *              image/height, image/width, image/channels.
 *
 * The writer streams in both formats: it holds nothing but the stdio buffer, since a protobuf message with a repeated
 * field is the concatenation of its elements.
 *
 * Bytes from outside are checked before anything is unpacked (wire.h); messages name the file and the offset of the
 * first broken byte. All sizes are bounded by the limits below.
 */
#ifndef LAMINA_RECORD_H
#define LAMINA_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/file.h"
#include "kernels/record/record_source.h"
#include "kernels/tensor/tensor.h"

#define RECORD_BYTES_MAX ((size_t)INT32_MAX)      /* a protobuf record: the largest message that protobuf allows */
#define RECORD_IMAGE_BYTES_MAX ((size_t)64 << 20) /* one image's data; VGG-16's largest activation takes 12.8 MB */
#define RECORD_MESSAGE_BYTES_MAX (RECORD_IMAGE_BYTES_MAX + 65536) /* one image's message with all that is around it */
#define RECORD_IMAGES_MAX 1000000
#define RECORD_SIDE_MAX 65500 /* width, height: what a JPEG can have */

enum record_format { RECORD_PROTOBUF, RECORD_TFRECORD, RECORD_FORMATS };
extern const char *const record_format_names[RECORD_FORMATS + 1]; /* "protobuf", "tfrecord", NULL */

/* How an image's data are written. The numbers are those of record.proto less one. */
enum record_encoding {
	RECORD_UINT8,   /* height x width x channels bytes */
	RECORD_FLOAT32, /* channels x height x width little-endian floats */
	RECORD_JPEG,    /* one JFIF file, 1 or 3 channels */
	RECORD_ENCODINGS,
};
extern const char *const record_encoding_names[RECORD_ENCODINGS + 1]; /* "uint8", "float32", "jpeg", NULL */

enum { RECORD_NO_LABEL = -1 };

/* One image; data are borrowed. */
struct record_image {
	struct shape shape;
	enum record_encoding encoding;
	int64_t label; /* RECORD_NO_LABEL where there is none */
	const uint8_t *data;
	size_t data_bytes;
	uint64_t offset; /* set by the reader: where the image's message starts in the file */
};

/* Whether the shape is within the limits and the data have the length that shape and encoding ask for. */
bool record_image_check(const struct record_image *image, struct err *err);

struct record_writer {
	enum record_format format;
	struct file_out out;
	const char *path;
	int64_t images; /* appended so far */
	uint64_t bytes; /* written so far */
};

/* Opens a temporary beside path ("-" is standard output). path must outlive the writer. */
bool record_writer_open(struct record_writer *writer, const char *path, enum record_format format, struct err *err);

/*
 * Appends an image without copying its data. Refuses what record_image_check refuses, and a protobuf record that would
 * become larger than RECORD_BYTES_MAX. After a failure only record_writer_discard may follow.
 */
bool record_writer_append(struct record_writer *writer, const struct record_image *image, struct err *err);

/* Syncs and renames the file to its path; on failure nothing is left behind. Ends the writer either way. */
bool record_writer_commit(struct record_writer *writer, struct err *err);

/* Removes what was written; ends the writer. */
void record_writer_discard(struct record_writer *writer);

struct record_reader {
	const char *name;
	enum record_format format;
	int64_t image_count; /* protobuf: images in the record; tfrecord: images read so far */
	bool io_failed;      /* after a failure: it was the world's (opening, reading), not the file's content */
	struct record_source source;
	struct Lamina__Image *message;       /* of the last image, protobuf */
	struct Tensorflow__Example *example; /* of the last image, tfrecord */
};

/*
 * Opens a file ("-" is standard input) and tells its format by its first bytes; a protobuf record is read and checked
 * as a whole. An empty file is refused. path must outlive the reader; after a failure there is nothing to release.
 */
bool record_reader_open(struct record_reader *reader, const char *path, struct err *err);

/* The same for a file in memory; bytes must outlive the reader. name is for messages. */
bool record_reader_open_bytes(struct record_reader *reader, const char *name, const uint8_t *bytes, size_t length,
			      struct err *err);

/*
 * Gives the next image; *found is false at the end. The image's data live until the next call or the release. After a
 * failure only record_reader_release may follow.
 */
bool record_reader_next(struct record_reader *reader, struct record_image *image, bool *found, struct err *err);

void record_reader_release(struct record_reader *reader);

#endif
