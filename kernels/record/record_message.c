/* record.proto's encodings are those of record.h plus one, because 0 is what protobuf gives an absent field. */
#include "kernels/record/record_message.h"

static const struct wire_rule image_rules[RECORD_MESSAGE_FIELDS] = {
	{1, WIRE_VARINT, false, NULL}, {2, WIRE_VARINT, false, NULL}, {3, WIRE_VARINT, false, NULL},
	{4, WIRE_VARINT, false, NULL}, {5, WIRE_VARINT, false, NULL}, {6, WIRE_BYTES, false, NULL},
};
static const struct wire_message image_wire = {"Image", image_rules, RECORD_MESSAGE_FIELDS};
static const struct wire_rule record_rules[] = {{RECORD_IMAGES_FIELD, WIRE_BYTES, false, &image_wire}};
const struct wire_message record_message_wire = {"Record", record_rules, 1};

void record_message_fill(Lamina__Image *message, const struct record_image *image)
{
	lamina__image__init(message);
	message->width = (uint32_t)image->shape.width;
	message->height = (uint32_t)image->shape.height;
	message->channels = (uint32_t)image->shape.channels;
	message->encoding = (Lamina__Image__Encoding)(image->encoding + 1);
	message->label = image->label;
	/* protobuf-c wants non-const data and only reads them when it packs. */
	message->data.data = (uint8_t *)(uintptr_t)image->data;
	message->data.len = image->data_bytes;
}

size_t record_message_head(size_t message_bytes, uint8_t head[RECORD_HEAD_BYTES_MAX])
{
	CHECK(message_bytes <= RECORD_BYTES_MAX);
	size_t count = 0;
	head[count++] = RECORD_IMAGES_FIELD << 3 | WIRE_BYTES;
	for (; message_bytes >= 0x80; message_bytes >>= 7)
		head[count++] = (uint8_t)(message_bytes | 0x80);
	head[count++] = (uint8_t)message_bytes;
	return count;
}

bool record_message_read(const Lamina__Image *message, struct record_image *image, struct err *err)
{
	int64_t encoding = (int64_t)message->encoding - 1;
	if (encoding < 0 || encoding >= RECORD_ENCODINGS)
		return err_set(err, "the image has the unknown encoding %d", (int)message->encoding);
	*image = (struct record_image){
		.shape = {message->channels, message->height, message->width},
		.encoding = (enum record_encoding)encoding,
		.label = message->label,
		.data = message->data.data,
		.data_bytes = message->data.len,
	};
	return record_image_check(image, err);
}
