/*
 * A streaming JSON writer into a buf: commas, quoting and UTF-8 escapes are its business, nesting is checked.
 * Non-finite numbers are written as null (JSON has no other word for them). JSON is read with
 * jansson, whose own json_string and json_null a program that links both must not define again.
 */
#ifndef LAMINA_JSON_H
#define LAMINA_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum { JSON_DEPTH_MAX = 32 };

struct json {
	struct buf *out;
	int depth;
	bool has_items[JSON_DEPTH_MAX];
	bool after_key;
	bool pretty; /* two-space indentation and line ends */
};

void json_init(struct json *json, struct buf *out, bool pretty);

/* A whole document for people and programs: one indented object with a line end behind it. */
void json_document_begin(struct json *json, struct buf *out);
void json_document_end(struct json *json);

void json_object_begin(struct json *json);
void json_object_end(struct json *json);
void json_array_begin(struct json *json);
void json_array_end(struct json *json);
void json_key(struct json *json, const char *key);

void json_text(struct json *json, const char *text);
void json_int(struct json *json, int64_t value);
void json_double(struct json *json, double value);
void json_bool(struct json *json, bool value);
void json_none(struct json *json); /* null */

/* json_key followed by the value. */
void json_field_text(struct json *json, const char *key, const char *text);
void json_field_int(struct json *json, const char *key, int64_t value);
void json_field_double(struct json *json, const char *key, double value);

#endif
