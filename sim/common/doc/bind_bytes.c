#include "doc/bind_bytes.h"

#include <string.h>

#include "doc/yaml.h"

void bytes_add_int(struct buf *out, int64_t value)
{
	uint8_t bytes[8];
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)((uint64_t)value >> (8 * i));
	buf_add_bytes(out, bytes, sizeof bytes);
}

void bytes_add_double(struct buf *out, double value)
{
	int64_t bits;
	double unsigned_zero = value + 0.0; /* -0 and 0 are equal */
	memcpy(&bits, &unsigned_zero, sizeof bits);
	bytes_add_int(out, bits);
}

void bytes_add_text(struct buf *out, const char *text)
{
	bytes_add_int(out, text ? (int64_t)strlen(text) : -1);
	if (text)
		buf_add(out, text);
}

typedef void add_function(const struct bind_field *field, const void *value, struct buf *out);

static void add_bool(const struct bind_field *field, const void *value, struct buf *out)
{
	bytes_add_int(out, *(const bool *)value);
}

static void add_int(const struct bind_field *field, const void *value, struct buf *out)
{
	bytes_add_int(out, *(const int64_t *)value);
}

static void add_double(const struct bind_field *field, const void *value, struct buf *out)
{
	bytes_add_double(out, *(const double *)value);
}

static void add_text(const struct bind_field *field, const void *value, struct buf *out)
{
	bytes_add_text(out, *(const char *const *)value);
}

/* By its word: the order of the words is nobody's business. */
static void add_choice(const struct bind_field *field, const void *value, struct buf *out)
{
	bytes_add_text(out, field->choices[*(const int *)value]);
}

static void add_struct(const struct bind_field *field, const void *value, struct buf *out)
{
	bind_write_bytes(field->schema, value, NULL, out);
}

static void add_doubles(const struct bind_field *field, const void *value, struct buf *out)
{
	const struct bind_doubles *list = value;
	bytes_add_int(out, (int64_t)list->count);
	for (size_t i = 0; i < list->count; i++)
		bytes_add_double(out, list->values[i]);
}

static void add_ints(const struct bind_field *field, const void *value, struct buf *out)
{
	const struct bind_ints *list = value;
	bytes_add_int(out, (int64_t)list->count);
	for (size_t i = 0; i < list->count; i++)
		bytes_add_int(out, list->values[i]);
}

static void add_texts(const struct bind_field *field, const void *value, struct buf *out)
{
	const struct bind_texts *list = value;
	bytes_add_int(out, (int64_t)list->count);
	for (size_t i = 0; i < list->count; i++)
		bytes_add_text(out, list->values[i]);
}

static void add_structs(const struct bind_field *field, const void *value, struct buf *out)
{
	const struct bind_structs *list = value;
	const struct bind_schema *schema = field->schema;
	const char *item = list->items;
	bytes_add_int(out, (int64_t)list->count);
	for (size_t i = 0; i < list->count; i++, item += schema->bytes) {
		if (schema->name_offset_plus_one > 0)
			bytes_add_text(out,
				       *(const char *const *)(const void *)(item + schema->name_offset_plus_one - 1));
		bind_write_bytes(schema, item, NULL, out);
	}
}

static void add_node(const struct bind_field *field, const void *value, struct buf *out)
{
	const struct yaml_node *node = *(const struct yaml_node *const *)value;
	struct buf text;
	buf_init(&text);
	if (node)
		yaml_write(node, &text);
	bytes_add_text(out, node ? buf_text(&text) : NULL);
	buf_release(&text);
}

static add_function *const add_functions[] = {
	[BIND_BOOL] = add_bool,           [BIND_INT] = add_int,
	[BIND_DOUBLE] = add_double,       [BIND_TEXT] = add_text,
	[BIND_CHOICE] = add_choice,       [BIND_STRUCT] = add_struct,
	[BIND_DOUBLE_LIST] = add_doubles, [BIND_INT_LIST] = add_ints,
	[BIND_TEXT_LIST] = add_texts,     [BIND_STRUCT_LIST] = add_structs,
	[BIND_STRUCT_MAP] = add_structs,  [BIND_NODE] = add_node,
};

static bool is_among(const char *const *words, const char *key)
{
	for (; words && *words; words++)
		if (strcmp(*words, key) == 0)
			return true;
	return false;
}

void bind_write_bytes(const struct bind_schema *schema, const void *value, const char *const *left_out, struct buf *out)
{
	const char *bytes = value;
	for (const struct bind_field *field = schema->fields; field->key; field++) {
		if (field->is_label || is_among(left_out, field->key))
			continue;
		bytes_add_text(out, field->key);
		add_functions[field->type](field, bytes + field->offset, out);
	}
	buf_add_char(out, '.');
}
