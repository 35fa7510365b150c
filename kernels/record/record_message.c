/* record.proto's encodings are those of record.h plus one, because 0 is what protobuf gives an absent field. */
#include "kernels/record/record_message.h"

#include <string.h>
#include <strings.h>

#include "base/check.h"
#include "base/num.h"
#include "kernels/record/jpeg.h"

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

/* One row per name drives both directions: adding a name is adding a row and a place to put its value. */

static const struct wire_rule bytes_list_rules[] = {{1, WIRE_BYTES, false, NULL}};
static const struct wire_rule float_list_rules[] = {{1, WIRE_FIXED32, true, NULL}};
static const struct wire_rule int64_list_rules[] = {{1, WIRE_VARINT, true, NULL}};
static const struct wire_message bytes_list_wire = {"BytesList", bytes_list_rules, 1};
static const struct wire_message float_list_wire = {"FloatList", float_list_rules, 1};
static const struct wire_message int64_list_wire = {"Int64List", int64_list_rules, 1};
static const struct wire_rule feature_rules[] = {
	{1, WIRE_BYTES, false, &bytes_list_wire},
	{2, WIRE_BYTES, false, &float_list_wire},
	{3, WIRE_BYTES, false, &int64_list_wire},
};
static const struct wire_message feature_wire = {"Feature", feature_rules, 3};
static const struct wire_rule entry_rules[] = {{1, WIRE_BYTES, false, NULL}, {2, WIRE_BYTES, false, &feature_wire}};
static const struct wire_message entry_wire = {"Features entry", entry_rules, 2};
static const struct wire_rule features_rules[] = {{1, WIRE_BYTES, false, &entry_wire}};
static const struct wire_message features_wire = {"Features", features_rules, 1};
static const struct wire_rule example_rules[] = {{1, WIRE_BYTES, false, &features_wire}};
const struct wire_message example_message_wire = {"Example", example_rules, 1};

static const struct key {
	const char *name;
	Tensorflow__Feature__KindCase kind;
} keys[EXAMPLE_KEYS] = {
	[EXAMPLE_CHANNELS] = {"image/channels", TENSORFLOW__FEATURE__KIND_INT64_LIST},
	[EXAMPLE_LABEL] = {"image/class/label", TENSORFLOW__FEATURE__KIND_INT64_LIST},
	[EXAMPLE_ENCODED] = {"image/encoded", TENSORFLOW__FEATURE__KIND_BYTES_LIST},
	[EXAMPLE_FORMAT] = {"image/format", TENSORFLOW__FEATURE__KIND_BYTES_LIST},
	[EXAMPLE_HEIGHT] = {"image/height", TENSORFLOW__FEATURE__KIND_INT64_LIST},
	[EXAMPLE_WIDTH] = {"image/width", TENSORFLOW__FEATURE__KIND_INT64_LIST},
};

/* What image/format says; the first name of an encoding is the one that is written. */
static const struct format {
	const char *name;
	enum record_encoding encoding;
} formats[] = {{"jpeg", RECORD_JPEG}, {"jpg", RECORD_JPEG}, {"raw", RECORD_UINT8}, {"float32", RECORD_FLOAT32}};

enum { FORMATS = ARRAY_LEN(formats) };

static const char *format_name(enum record_encoding encoding)
{
	size_t i = 0;
	while (formats[i].encoding != encoding)
		i++;
	return formats[i].name;
}

static void add_entry(struct example_message *message, int key)
{
	Tensorflow__Feature *feature = &message->feature[key];
	tensorflow__feature__init(feature);
	feature->kind_case = keys[key].kind;
	if (keys[key].kind == TENSORFLOW__FEATURE__KIND_INT64_LIST) {
		tensorflow__int64_list__init(&message->ints[key]);
		message->ints[key].n_value = 1;
		message->ints[key].value = &message->values[key];
		feature->int64_list = &message->ints[key];
	} else {
		tensorflow__bytes_list__init(&message->bytes[key]);
		message->bytes[key].n_value = 1;
		message->bytes[key].value = &message->data[key];
		feature->bytes_list = &message->bytes[key];
	}
	Tensorflow__Features__FeatureEntry *entry = &message->entries[key];
	tensorflow__features__feature_entry__init(entry);
	/* protobuf-c wants a non-const key and only reads it when it packs; the same goes for data below. */
	entry->key = (char *)(uintptr_t)keys[key].name;
	entry->value = feature;
	message->entry_list[message->features.n_feature++] = entry;
}

void example_message_fill(struct example_message *message, const struct record_image *image)
{
	const char *format = format_name(image->encoding);
	message->values[EXAMPLE_CHANNELS] = image->shape.channels;
	message->values[EXAMPLE_HEIGHT] = image->shape.height;
	message->values[EXAMPLE_WIDTH] = image->shape.width;
	message->values[EXAMPLE_LABEL] = image->label;
	message->data[EXAMPLE_ENCODED] = (ProtobufCBinaryData){image->data_bytes, (uint8_t *)(uintptr_t)image->data};
	message->data[EXAMPLE_FORMAT] = (ProtobufCBinaryData){strlen(format), (uint8_t *)(uintptr_t)format};
	tensorflow__example__init(&message->example);
	tensorflow__features__init(&message->features);
	message->example.features = &message->features;
	message->features.feature = message->entry_list;
	for (int key = 0; key < EXAMPLE_KEYS; key++)
		if (key != EXAMPLE_LABEL || image->label != RECORD_NO_LABEL)
			add_entry(message, key);
}

/* The values of the known names; a name that comes twice has its last value, as protobuf's maps do. */
struct found {
	const Tensorflow__Feature *features[EXAMPLE_KEYS];
};

static bool find_features(const Tensorflow__Example *example, struct found *found, struct err *err)
{
	*found = (struct found){0};
	for (size_t i = 0; example->features && i < example->features->n_feature; i++) {
		const Tensorflow__Features__FeatureEntry *entry = example->features->feature[i];
		for (int key = 0; key < EXAMPLE_KEYS; key++)
			if (entry->key && strcmp(entry->key, keys[key].name) == 0)
				found->features[key] = entry->value;
	}
	for (int key = 0; key < EXAMPLE_KEYS; key++) {
		const Tensorflow__Feature *feature = found->features[key];
		if (!feature)
			continue;
		bool is_ints = keys[key].kind == TENSORFLOW__FEATURE__KIND_INT64_LIST;
		size_t count = 0;
		if (feature->kind_case == keys[key].kind)
			count = is_ints ? feature->int64_list->n_value : feature->bytes_list->n_value;
		if (count != 1)
			return err_set(err, "'%s' of the Example is not one %s", keys[key].name,
				       is_ints ? "integer" : "string of bytes");
	}
	return true;
}

static int64_t int_or(const struct found *found, int key, int64_t fallback)
{
	return found->features[key] ? found->features[key]->int64_list->value[0] : fallback;
}

static bool read_encoding(const struct found *found, enum record_encoding *encoding, struct err *err)
{
	*encoding = RECORD_JPEG;
	if (!found->features[EXAMPLE_FORMAT])
		return true;
	const ProtobufCBinaryData *text = &found->features[EXAMPLE_FORMAT]->bytes_list->value[0];
	for (size_t i = 0; i < FORMATS; i++) {
		if (text->len == strlen(formats[i].name) &&
		    strncasecmp((const char *)text->data, formats[i].name, text->len) == 0) {
			*encoding = formats[i].encoding;
			return true;
		}
	}
	return err_set(err, "'image/format' of the Example is '%.*s'; jpeg, raw and float32 can be read",
		       (int)min_size(text->len, 20), text->data ? (const char *)text->data : "");
}

bool example_message_read(const Tensorflow__Example *example, struct record_image *image, struct err *err)
{
	struct found found;
	*image = (struct record_image){0};
	if (!find_features(example, &found, err) || !read_encoding(&found, &image->encoding, err))
		return false;
	if (!found.features[EXAMPLE_ENCODED])
		return err_set(err, "the Example has no 'image/encoded'");
	const ProtobufCBinaryData *data = &found.features[EXAMPLE_ENCODED]->bytes_list->value[0];
	image->data = data->data;
	image->data_bytes = data->len;
	image->label = int_or(&found, EXAMPLE_LABEL, RECORD_NO_LABEL);
	bool has_shape =
		found.features[EXAMPLE_HEIGHT] && found.features[EXAMPLE_WIDTH] && found.features[EXAMPLE_CHANNELS];
	struct shape shape = {0};
	if (!has_shape && image->encoding == RECORD_JPEG && !jpeg_read_shape(data->data, data->len, &shape, err))
		return false;
	image->shape.channels = int_or(&found, EXAMPLE_CHANNELS, shape.channels);
	image->shape.height = int_or(&found, EXAMPLE_HEIGHT, shape.height);
	image->shape.width = int_or(&found, EXAMPLE_WIDTH, shape.width);
	return record_image_check(image, err);
}
