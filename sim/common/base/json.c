#include "base/json.h"

#include <math.h>
#include <string.h>

#include "base/num.h"

void json_init(struct json *json, struct buf *out, bool pretty)
{
	memset(json, 0, sizeof *json);
	json->out = out;
	json->pretty = pretty;
}

static void new_line(struct json *json)
{
	if (!json->pretty)
		return;
	buf_add_char(json->out, '\n');
	for (int i = 0; i < json->depth; i++)
		buf_add(json->out, "  ");
}

static void before_item(struct json *json)
{
	if (json->after_key) {
		json->after_key = false;
		return;
	}
	if (json->has_items[json->depth])
		buf_add_char(json->out, ',');
	json->has_items[json->depth] = true;
	if (json->depth > 0)
		new_line(json);
}

static void begin(struct json *json, char bracket)
{
	before_item(json);
	CHECK(json->depth + 1 < JSON_DEPTH_MAX);
	buf_add_char(json->out, bracket);
	json->depth++;
	json->has_items[json->depth] = false;
}

static void end(struct json *json, char bracket)
{
	CHECK(json->depth > 0);
	bool had_items = json->has_items[json->depth];
	json->depth--;
	if (had_items)
		new_line(json);
	buf_add_char(json->out, bracket);
}

void json_object_begin(struct json *json)
{
	begin(json, '{');
}

void json_object_end(struct json *json)
{
	end(json, '}');
}

void json_array_begin(struct json *json)
{
	begin(json, '[');
}

void json_array_end(struct json *json)
{
	end(json, ']');
}

static void quote(struct buf *out, const char *text)
{
	buf_add_char(out, '"');
	/* C1 too, which terminals obey and JSON lets stand. */
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_printf(out, "\\%c", *p);
		else if (*p == '\n')
			buf_add(out, "\\n");
		else if (*p == '\t')
			buf_add(out, "\\t");
		else if (*p < 0x20 || *p == 0x7f)
			buf_printf(out, "\\u%04x", *p);
		else if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			buf_printf(out, "\\u%04x", *++p);
		else
			buf_add_char(out, (char)*p);
	}
	buf_add_char(out, '"');
}

void json_key(struct json *json, const char *key)
{
	CHECK(!json->after_key);
	before_item(json);
	quote(json->out, key);
	buf_add(json->out, json->pretty ? ": " : ":");
	json->after_key = true;
}

void json_text(struct json *json, const char *text)
{
	before_item(json);
	quote(json->out, text);
}

void json_int(struct json *json, int64_t value)
{
	before_item(json);
	buf_printf(json->out, "%lld", (long long)value);
}

void json_double(struct json *json, double value)
{
	char text[NUM_TEXT_BYTES];
	before_item(json);
	buf_add(json->out, isfinite(value) ? num_format_double(value, text) : "null");
}

void json_bool(struct json *json, bool value)
{
	before_item(json);
	buf_add(json->out, value ? "true" : "false");
}

void json_none(struct json *json)
{
	before_item(json);
	buf_add(json->out, "null");
}

void json_field_text(struct json *json, const char *key, const char *text)
{
	json_key(json, key);
	json_text(json, text);
}

void json_field_int(struct json *json, const char *key, int64_t value)
{
	json_key(json, key);
	json_int(json, value);
}

void json_field_double(struct json *json, const char *key, double value)
{
	json_key(json, key);
	json_double(json, value);
}

void json_document_begin(struct json *json, struct buf *out)
{
	json_init(json, out, true);
	json_object_begin(json);
}

void json_document_end(struct json *json)
{
	json_object_end(json);
	buf_add_char(json->out, '\n');
}
