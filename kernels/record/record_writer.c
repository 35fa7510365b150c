/*
 * Messages are packed straight into the output stream: protobuf-c hands the data of an image over as one piece, which
 * is written from where the caller keeps it. A TFRecord's checksum is taken as the pieces pass.
 */
#include <errno.h>
#include <string.h>

#include "kernels/record/crc32c.h"
#include "kernels/record/record_message.h"

/* protobuf-c's idea of an output. */
struct sink {
	ProtobufCBuffer base; /* first: protobuf-c hands back a pointer to it */
	struct record_writer *writer;
	uint32_t crc;
};

static void sink_append(ProtobufCBuffer *base, size_t count, const uint8_t *bytes)
{
	struct sink *sink = (struct sink *)base;
	if (sink->writer->format == RECORD_TFRECORD)
		sink->crc = crc32c_extend(sink->crc, bytes, count);
	/* A failure stays in the stream and is looked at after each image. */
	sink->writer->bytes += fwrite(bytes, 1, count, sink->writer->out.stream);
}

bool record_writer_open(struct record_writer *writer, const char *path, enum record_format format, struct err *err)
{
	*writer = (struct record_writer){.format = format, .path = path};
	return file_out_open(&writer->out, path, err);
}

static bool append_protobuf(struct record_writer *writer, struct sink *sink, const struct record_image *image,
			    struct err *err)
{
	Lamina__Image message;
	record_message_fill(&message, image);
	size_t bytes = lamina__image__get_packed_size(&message);
	uint8_t head[RECORD_HEAD_BYTES_MAX];
	size_t head_bytes = record_message_head(bytes, head);
	if (writer->bytes + head_bytes + bytes > RECORD_BYTES_MAX)
		return err_set(err,
			       "'%s' would be larger than %zu bytes, the most that a protobuf record can hold: "
			       "put fewer images into it or use tfrecord",
			       writer->path, RECORD_BYTES_MAX);
	sink_append(&sink->base, head_bytes, head);
	lamina__image__pack_to_buffer(&message, &sink->base);
	return true;
}

static void put_uint32(struct sink *sink, uint32_t value)
{
	uint8_t bytes[4];
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	sink_append(&sink->base, sizeof bytes, bytes);
}

static bool append_tfrecord(struct record_writer *writer, struct sink *sink, const struct record_image *image,
			    struct err *err)
{
	struct example_message message;
	example_message_fill(&message, image);
	size_t bytes = tensorflow__example__get_packed_size(&message.example);
	put_uint32(sink, (uint32_t)bytes);
	put_uint32(sink, 0);
	put_uint32(sink, crc32c_mask(sink->crc));
	sink->crc = 0;
	tensorflow__example__pack_to_buffer(&message.example, &sink->base);
	put_uint32(sink, crc32c_mask(sink->crc));
	return true;
}

typedef bool append_fn(struct record_writer *writer, struct sink *sink, const struct record_image *image,
		       struct err *err);

static append_fn *const appenders[RECORD_FORMATS] = {
	[RECORD_PROTOBUF] = append_protobuf,
	[RECORD_TFRECORD] = append_tfrecord,
};

bool record_writer_append(struct record_writer *writer, const struct record_image *image, struct err *err)
{
	if (writer->images == RECORD_IMAGES_MAX)
		return err_set(err, "'%s' would hold more than %d images", writer->path, RECORD_IMAGES_MAX);
	if (!record_image_check(image, err))
		return false;
	struct sink sink = {.base = {.append = sink_append}, .writer = writer};
	if (!appenders[writer->format](writer, &sink, image, err))
		return false;
	if (ferror(writer->out.stream))
		return err_set(err, "cannot write '%s': %s", writer->path, strerror(errno));
	writer->images++;
	return true;
}

bool record_writer_commit(struct record_writer *writer, struct err *err)
{
	return file_out_commit(&writer->out, err);
}

void record_writer_discard(struct record_writer *writer)
{
	file_out_discard(&writer->out);
}
