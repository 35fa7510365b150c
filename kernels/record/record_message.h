/*
 * Images as the messages of record.proto and example.proto, and the rules by which their bytes are checked before they
 * are unpacked.
 */
#ifndef LAMINA_RECORD_MESSAGE_H
#define LAMINA_RECORD_MESSAGE_H

#include "kernels/record/example.pb-c.h"
#include "kernels/record/record.h"
#include "kernels/record/record.pb-c.h"
#include "kernels/record/wire.h"

extern const struct wire_message record_message_wire; /* Record */

enum { RECORD_IMAGES_FIELD = 1, RECORD_MESSAGE_FIELDS = 6 };

/* Room for the tag and the length that stand before each image in a record. */
enum { RECORD_HEAD_BYTES_MAX = 1 + 5 };

/* The message that says image; it borrows the image's data. */
void record_message_fill(Lamina__Image *message, const struct record_image *image);

/* Writes tag and length of an image whose message has message_bytes; returns how many bytes that took. */
size_t record_message_head(size_t message_bytes, uint8_t head[RECORD_HEAD_BYTES_MAX]);

/* The image that message says; it borrows the message's data. False where record_image_check would refuse it. */
bool record_message_read(const Lamina__Image *message, struct record_image *image, struct err *err);

/*
 * Images as tf.train.Example (example.proto): a map from names to lists, of which these are written and read, as by
 * TensorFlow's own ImageNet converters:
 *
 *   image/encoded      bytes; required
 *   image/format       "jpeg" ("JPEG", "jpg"), "raw" (uint8), "float32"; absent: jpeg
 *   image/height, image/width, image/channels    int64; absent: as the JPEG's header says
 *   image/class/label  int64; absent: no label
 *
 * Other names are left alone.
 */
extern const struct wire_message example_message_wire; /* Example */

enum { EXAMPLE_FIELDS_MAX = 100000 }; /* more than any Example needs, few enough to unpack */

enum { EXAMPLE_CHANNELS, EXAMPLE_LABEL, EXAMPLE_ENCODED, EXAMPLE_FORMAT, EXAMPLE_HEIGHT, EXAMPLE_WIDTH, EXAMPLE_KEYS };

/* One Example with room for all its parts; the parts point at each other, so it must not be copied. */
struct example_message {
	Tensorflow__Example example;
	Tensorflow__Features features;
	Tensorflow__Features__FeatureEntry entries[EXAMPLE_KEYS];
	Tensorflow__Features__FeatureEntry *entry_list[EXAMPLE_KEYS];
	Tensorflow__Feature feature[EXAMPLE_KEYS];
	Tensorflow__BytesList bytes[EXAMPLE_KEYS];
	ProtobufCBinaryData data[EXAMPLE_KEYS];
	Tensorflow__Int64List ints[EXAMPLE_KEYS];
	int64_t values[EXAMPLE_KEYS];
};

/* Makes message->example say image, names in alphabetical order; it borrows the image's data. */
void example_message_fill(struct example_message *message, const struct record_image *image);

/* The image that an Example says; it borrows the Example's data. False where record_image_check would refuse it. */
bool example_message_read(const Tensorflow__Example *example, struct record_image *image, struct err *err);

#endif
