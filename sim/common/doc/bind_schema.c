/*
 * The table as JSON Schema draft-07, the newest that editors' YAML support reads. Source: JSON Schema: A Media Type
 * for Describing JSON Documents, draft-handrews-json-schema-01, and its validation vocabulary.
 */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/num.h"
#include "doc/bind_row.h"

/* What holds for a mapping and all that is in it. */
struct style {
	bool is_part;          /* it may lack what another file says */
	const char *open_word; /* that may stand for every value; NULL: none */
};

static void write_struct(const struct bind_schema *schema, struct style style, struct json *json);

static void write_type(struct json *json, const char *type)
{
	json_field_text(json, "type", type);
}

static void write_bounds(const struct bind_field *field, struct json *json)
{
	if (field->min == 0 && field->max == 0)
		return;
	if (field->min > -BIND_UNBOUNDED)
		json_field_double(json, "minimum", field->min);
	if (field->max < BIND_UNBOUNDED)
		json_field_double(json, "maximum", field->max);
}

/* As the binder takes them: plain numbers and booleans are text where text is wanted. */
static void write_text_types(struct json *json)
{
	json_key(json, "type");
	json_array_begin(json);
	json_text(json, "string");
	json_text(json, "number");
	json_text(json, "boolean");
	json_array_end(json);
}

static void write_choices(const struct bind_field *field, struct json *json)
{
	json_key(json, "enum");
	json_array_begin(json);
	for (const char *const *choice = field->choices; *choice; choice++) {
		double number;
		json_text(json, *choice);
		if (num_parse_double(*choice, &number))
			json_double(json, number);
	}
	json_array_end(json);
}

static void write_element(const struct bind_field *field, struct style style, struct json *json)
{
	json_object_begin(json);
	if (field->type == BIND_TEXT_LIST) {
		write_text_types(json);
	} else if (field->type == BIND_STRUCT_LIST || field->type == BIND_STRUCT_MAP) {
		style.is_part = style.is_part && field->type == BIND_STRUCT_MAP;
		write_struct(field->schema, style, json);
	} else {
		write_type(json, field->type == BIND_INT_LIST ? "integer" : "number");
		write_bounds(field, json);
	}
	json_object_end(json);
}

static void write_collection(const struct bind_field *field, struct style style, struct json *json)
{
	bool is_map = field->type == BIND_STRUCT_MAP;
	write_type(json, is_map ? "object" : "array");
	json_field_int(json, is_map ? "maxProperties" : "maxItems",
		       field->count_max ? (int64_t)field->count_max : BIND_COUNT_MAX);
	json_key(json, is_map ? "additionalProperties" : "items");
	write_element(field, style, json);
}

static void write_shape(const struct bind_field *field, struct style style, struct json *json)
{
	static const char *const scalar_types[] = {
		[BIND_BOOL] = "boolean", [BIND_INT] = "integer", [BIND_DOUBLE] = "number"};
	if (field->type <= BIND_DOUBLE) {
		write_type(json, scalar_types[field->type]);
		write_bounds(field, json);
	} else if (field->type == BIND_TEXT) {
		write_text_types(json);
	} else if (field->type == BIND_CHOICE) {
		write_choices(field, json);
	} else if (field->type == BIND_STRUCT) {
		write_struct(field->schema, style, json);
	} else if (field->type != BIND_NODE) {
		write_collection(field, style, json);
	}
}

static void write_open_shape(const struct bind_field *field, struct style style, struct json *json)
{
	if (!style.open_word || field->type == BIND_TEXT || field->type == BIND_NODE) {
		write_shape(field, style, json);
		return;
	}
	json_key(json, "anyOf");
	json_array_begin(json);
	json_object_begin(json);
	write_shape(field, style, json);
	json_object_end(json);
	json_object_begin(json);
	json_field_text(json, "const", style.open_word);
	json_object_end(json);
	json_array_end(json);
}

static void write_value(const struct yaml_node *node, struct json *json)
{
	double number = 0;
	if (node->kind == YAML_MAP) {
		json_object_begin(json);
		for (const struct yaml_node *child = node->first; child; child = child->next) {
			json_key(json, child->key);
			write_value(child, json);
		}
		json_object_end(json);
	} else if (node->kind == YAML_LIST) {
		json_array_begin(json);
		for (const struct yaml_node *child = node->first; child; child = child->next)
			write_value(child, json);
		json_array_end(json);
	} else if (yaml_type_of(node) == YAML_TYPE_BOOL) {
		json_bool(json, node->text[0] == 't' || node->text[0] == 'T');
	} else if (yaml_type_of(node) == YAML_TYPE_NUMBER && num_parse_double(node->text, &number)) {
		json_double(json, number);
	} else if (yaml_type_of(node) == YAML_TYPE_NULL) {
		json_none(json);
	} else {
		json_text(json, node->text);
	}
}

static void write_default(const struct bind_field *field, struct json *json)
{
	struct arena arena;
	arena_init(&arena);
	const struct yaml_node *node = bind_parse_fallback(field, (struct diag_place){0}, &arena);
	double number;
	/* JSON has no word for infinity. */
	bool is_infinite = node->kind == YAML_SCALAR && num_parse_double(node->text, &number) && isinf(number);
	if (!is_infinite) {
		json_key(json, "default");
		write_value(node, json);
	}
	arena_release(&arena);
}

static void write_required(const struct bind_schema *schema, struct json *json)
{
	bool any = false;
	for (const struct bind_field *field = schema->fields; field->key; field++) {
		if (!field->required)
			continue;
		if (!any) {
			json_key(json, "required");
			json_array_begin(json);
		}
		any = true;
		json_text(json, field->key);
	}
	if (any)
		json_array_end(json);
}

static const char *first_required(const struct bind_schema *schema)
{
	const struct bind_field *field = schema->fields;
	while (field->key && !field->required)
		field++;
	return field->key;
}

static void write_one_required(const char *key, struct json *json)
{
	json_key(json, "required");
	json_array_begin(json);
	json_text(json, key);
	json_array_end(json);
}

/* What is required, of files that stand alone. */
static void write_required_alone(const struct bind_schema *schema, struct json *json)
{
	const char *mark = first_required(schema);
	CHECK(mark);
	json_key(json, "if");
	json_object_begin(json);
	write_one_required(mark, json);
	json_key(json, "not");
	json_object_begin(json);
	write_one_required(schema->base_key, json);
	json_object_end(json);
	json_object_end(json);
	json_key(json, "then");
	json_object_begin(json);
	write_required(schema, json);
	json_object_end(json);
}

/* The members of a struct's schema, into the object that is open. */
static void write_struct(const struct bind_schema *schema, struct style style, struct json *json)
{
	write_type(json, "object");
	json_key(json, "additionalProperties");
	json_bool(json, false);
	if (schema->base_key)
		write_required_alone(schema, json);
	else if (!style.is_part)
		write_required(schema, json);
	style.is_part = style.is_part || schema->base_key;
	json_key(json, "properties");
	json_object_begin(json);
	for (const struct bind_field *field = schema->fields; field->key; field++) {
		json_key(json, field->key);
		json_object_begin(json);
		if (field->help)
			json_field_text(json, "description", field->help);
		write_open_shape(field, style, json);
		if (field->fallback)
			write_default(field, json);
		json_object_end(json);
	}
	json_object_end(json);
}

void bind_write_json_schema(const struct bind_schema *schema, const char *id, struct buf *out)
{
	struct json json;
	json_init(&json, out, true);
	json_object_begin(&json);
	json_field_text(&json, "$schema", "http://json-schema.org/draft-07/schema#");
	json_field_text(&json, "$id", id);
	json_field_text(&json, "title", schema->title);
	write_struct(schema, (struct style){.open_word = schema->open_word}, &json);
	json_object_end(&json);
	buf_add_char(out, '\n');
}
