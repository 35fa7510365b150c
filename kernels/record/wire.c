/* The walk keeps its own stack of messages: its depth is the message's, never the C stack's. */
#include "kernels/record/wire.h"

enum { VARINT_BYTES_MAX = 10 };

static bool broken(const struct wire_cursor *cursor, size_t position, struct err *err, const char *what)
{
	return err_set(err, "byte %llu: %s", (unsigned long long)(cursor->origin + position), what);
}

static bool read_varint(struct wire_cursor *cursor, uint64_t *value, struct err *err)
{
	uint64_t sum = 0;
	for (int i = 0; i < VARINT_BYTES_MAX; i++) {
		if (cursor->position == cursor->end)
			return broken(cursor, cursor->position, err, "a number is cut short");
		uint8_t byte = cursor->bytes[cursor->position];
		if (i == VARINT_BYTES_MAX - 1 && byte > 1)
			return broken(cursor, cursor->position, err, "a number has more than 64 bits");
		cursor->position++;
		sum |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte < 0x80) {
			*value = sum;
			return true;
		}
	}
	return broken(cursor, cursor->position, err, "a number has more than 64 bits");
}

static bool read_tag(struct wire_cursor *cursor, struct wire_field *field, struct err *err)
{
	uint64_t tag;
	if (!read_varint(cursor, &tag, err))
		return false;
	if (tag >> 32 != 0)
		return broken(cursor, field->start, err, "a field number has more than 29 bits");
	field->number = (uint32_t)(tag >> 3);
	field->type = (enum wire_type)(tag & 7);
	if (field->number == 0)
		return broken(cursor, field->start, err, "field number 0 does not exist");
	return true;
}

bool wire_next(struct wire_cursor *cursor, struct wire_field *field, struct err *err)
{
	field->start = cursor->position;
	if (!read_tag(cursor, field, err))
		return false;
	field->payload = cursor->position;
	uint64_t value = 0;
	if (field->type == WIRE_VARINT || field->type == WIRE_BYTES)
		if (!read_varint(cursor, &value, err))
			return false;
	if (field->type == WIRE_BYTES) {
		field->payload = cursor->position;
	} else if (field->type == WIRE_FIXED64 || field->type == WIRE_FIXED32) {
		value = field->type == WIRE_FIXED64 ? 8 : 4;
	} else if (field->type == WIRE_VARINT) {
		field->payload_bytes = cursor->position - field->payload;
		return true;
	} else {
		return broken(cursor, field->start, err, "a field has a wire type that is not used in records");
	}
	size_t left = cursor->end - cursor->position;
	if (value > left)
		return err_set(err, "byte %llu: field %u is cut short: it needs %llu bytes and %zu are left",
			       (unsigned long long)(cursor->origin + field->start), field->number,
			       (unsigned long long)value, left);
	field->payload_bytes = (size_t)value;
	cursor->position += field->payload_bytes;
	return true;
}

static const struct wire_rule *find_rule(const struct wire_message *message, uint32_t number)
{
	for (size_t i = 0; i < message->rule_count; i++)
		if (message->rules[i].number == number)
			return &message->rules[i];
	return NULL;
}

static bool check_packed(const struct wire_cursor *outer, const struct wire_field *field, enum wire_type type,
			 struct err *err)
{
	size_t width = type == WIRE_FIXED64 ? 8 : 4;
	if (type != WIRE_VARINT) {
		if (field->payload_bytes % width != 0)
			return broken(outer, field->start, err, "packed numbers do not fill their field");
		return true;
	}
	struct wire_cursor cursor = *outer;
	cursor.position = field->payload;
	cursor.end = field->payload + field->payload_bytes;
	uint64_t value;
	while (cursor.position < cursor.end)
		if (!read_varint(&cursor, &value, err))
			return false;
	return true;
}

static bool check_field(const struct wire_cursor *cursor, const struct wire_message *message,
			const struct wire_rule *rule, const struct wire_field *field, struct err *err)
{
	if (field->type == rule->type)
		return true;
	if (rule->packable && field->type == WIRE_BYTES)
		return check_packed(cursor, field, rule->type, err);
	return err_set(err, "byte %llu: field %u of %s has wire type %d instead of %d",
		       (unsigned long long)(cursor->origin + field->start), field->number, message->name,
		       (int)field->type, (int)rule->type);
}

bool wire_check(const struct wire_message *message, const uint8_t *bytes, size_t length, uint64_t origin,
		size_t fields_max, struct err *err)
{
	struct {
		const struct wire_message *message;
		size_t end;
	} open[WIRE_DEPTH_MAX] = {{message, length}};
	int depth = 0;
	size_t fields = 0;
	struct wire_cursor cursor = {.bytes = bytes, .end = length, .origin = origin};
	for (;;) {
		while (cursor.position == open[depth].end)
			if (--depth < 0)
				return true;
		cursor.end = open[depth].end;
		struct wire_field field;
		if (!wire_next(&cursor, &field, err))
			return false;
		if (++fields > fields_max)
			return err_set(err, "byte %llu: more than %zu fields",
				       (unsigned long long)(origin + field.start), fields_max);
		const struct wire_rule *rule = find_rule(open[depth].message, field.number);
		if (!rule)
			continue;
		if (!check_field(&cursor, open[depth].message, rule, &field, err))
			return false;
		if (!rule->message)
			continue;
		if (++depth == WIRE_DEPTH_MAX)
			return err_set(err, "byte %llu: more than %d messages in messages",
				       (unsigned long long)(origin + field.start), WIRE_DEPTH_MAX);
		open[depth].message = rule->message;
		open[depth].end = cursor.position;
		cursor.position = field.payload;
	}
}
