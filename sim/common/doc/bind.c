/*
 * Binding by table: one function per type of row. A mistake is reported and binding goes on with the member zeroed,
 * so that one run shows them all. The defaults are YAML too and go through the same functions; a default that does
 * not bind is a bug.
 */
#include "doc/bind.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "doc/bind_row.h"

enum { LABEL_BYTES = 128 };

struct binder {
	struct arena *arena;
	struct diag *diag;
};

/* Binds node by the row into *out. label is the key, or "key[2]" for an element. */
typedef void bind_function(const struct binder *binder, const struct bind_field *field, const char *label,
			   const struct yaml_node *node, void *out);

static void must_be(const struct binder *binder, const char *label, const char *expected, const struct yaml_node *node,
		    const char *advice)
{
	struct arena *arena = &binder->diag->arena;
	enum yaml_type type = yaml_type_of(node);
	const char *found = yaml_describe(node, arena);
	if (node->kind == YAML_SCALAR && !node->quoted && type != YAML_TYPE_NULL)
		found = arena_printf(arena, "'%s'", diag_excerpt(node->text, arena));
	diag_error(binder->diag, node->place, "'%s' must be %s, not %s%s", label, expected, found, advice);
}

static bool is_bounded(const struct bind_field *field)
{
	return field->min != 0 || field->max != 0;
}

/* Bounds at the end of the type's range are none; a message should not show them. */
static void report_range(const struct binder *binder, const struct bind_field *field, const char *label,
			 const struct yaml_node *node)
{
	char min[NUM_TEXT_BYTES];
	char max[NUM_TEXT_BYTES];
	const char *value = diag_excerpt(node->text, &binder->diag->arena);
	num_format_double(field->min, min);
	num_format_double(field->max, max);
	if (field->max >= BIND_UNBOUNDED)
		diag_error(binder->diag, node->place, "'%s' is %s, less than %s", label, value, min);
	else if (field->min <= -BIND_UNBOUNDED)
		diag_error(binder->diag, node->place, "'%s' is %s, more than %s", label, value, max);
	else
		diag_error(binder->diag, node->place, "'%s' is %s, outside %s to %s", label, value, min, max);
}

static bool is_outside(const struct bind_field *field, double value)
{
	return is_bounded(field) && !(value >= field->min && value <= field->max);
}

static void bind_bool(const struct binder *binder, const struct bind_field *field, const char *label,
		      const struct yaml_node *node, void *out)
{
	bool *value = out;
	bool is_plain = node->kind == YAML_SCALAR && !node->quoted;
	if (is_plain && strcmp(node->text, "true") == 0)
		*value = true;
	else if (is_plain && strcmp(node->text, "false") == 0)
		*value = false;
	else
		must_be(binder, label, "a boolean", node, "; write true or false");
}

static const char *advice_on_number(const struct binder *binder, const struct bind_field *field,
				    const struct yaml_node *node, bool is_whole)
{
	double number;
	if (node->kind != YAML_SCALAR)
		return "";
	if (node->quoted && num_parse_double(node->text, &number))
		return "; remove the quotes";
	return number_advice(field->key, node->text, is_whole, &binder->diag->arena);
}

static void bind_int(const struct binder *binder, const struct bind_field *field, const char *label,
		     const struct yaml_node *node, void *out)
{
	int64_t value;
	if (node->kind != YAML_SCALAR || node->quoted || !num_parse_int64(node->text, &value))
		must_be(binder, label, "a whole number", node, advice_on_number(binder, field, node, true));
	else if (is_outside(field, (double)value))
		report_range(binder, field, label, node);
	else
		*(int64_t *)out = value;
}

static void bind_double(const struct binder *binder, const struct bind_field *field, const char *label,
			const struct yaml_node *node, void *out)
{
	double value;
	if (node->kind != YAML_SCALAR || node->quoted || !num_parse_double(node->text, &value))
		must_be(binder, label, "a number", node, advice_on_number(binder, field, node, false));
	else if (is_outside(field, value))
		report_range(binder, field, label, node);
	else
		*(double *)out = value;
}

/* Plain numbers and booleans are taken as the text that they are: `era: 2019` needs no quotes. */
static bool is_text(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR && yaml_type_of(node) != YAML_TYPE_NULL;
}

static void bind_text(const struct binder *binder, const struct bind_field *field, const char *label,
		      const struct yaml_node *node, void *out)
{
	if (is_text(node))
		*(const char **)out = arena_strdup(binder->arena, node->text);
	else
		must_be(binder, label, "text", node, "");
}

static size_t count_words(const char *const *words)
{
	size_t count = 0;
	while (words[count])
		count++;
	return count;
}

/* "a, b or c" */
static const char *join(const char *const *words, size_t count, const char *last, struct arena *arena)
{
	struct buf text;
	buf_init(&text);
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s%s", i == 0 ? "" : i + 1 == count ? last : ", ", words[i]);
	const char *joined = arena_strdup(arena, buf_text(&text));
	buf_release(&text);
	return joined;
}

static void bind_choice(const struct binder *binder, const struct bind_field *field, const char *label,
			const struct yaml_node *node, void *out)
{
	struct arena *arena = &binder->diag->arena;
	size_t count = count_words(field->choices);
	if (is_text(node)) {
		for (size_t i = 0; i < count; i++) {
			if (strcmp(field->choices[i], node->text) == 0) {
				*(int *)out = (int)i;
				return;
			}
		}
	}
	const char *meant = is_text(node) ? did_you_mean(node->text, field->choices, count) : NULL;
	const char *advice = meant ? arena_printf(arena, "; did you mean '%s'?", meant) : "";
	must_be(binder, label, join(field->choices, count, " or ", arena), node, advice);
}

static void bind_struct(const struct binder *binder, const struct bind_schema *schema, const struct yaml_node *map,
			void *out);

static void bind_nested(const struct binder *binder, const struct bind_field *field, const char *label,
			const struct yaml_node *node, void *out)
{
	const char *meant = field->text_key;
	const char *advice = "";
	if (meant && yaml_type_of(node) == YAML_TYPE_TEXT)
		advice = arena_printf(&binder->diag->arena, "; say {%s: %s}", meant,
				      diag_excerpt(node->text, &binder->diag->arena));
	if (node->kind == YAML_MAP)
		bind_struct(binder, field->schema, node, out);
	else
		must_be(binder, label, "a mapping", node, advice);
}

/* Whether node is of the kind and not too long. */
static bool check_children(const struct binder *binder, const struct bind_field *field, const char *label,
			   const struct yaml_node *node, enum yaml_kind kind)
{
	size_t count_max = field->count_max ? field->count_max : BIND_COUNT_MAX;
	if (node->kind != kind) {
		must_be(binder, label, kind == YAML_MAP ? "a mapping" : "a list", node, "");
		return false;
	}
	if (node->count > count_max) {
		diag_error(binder->diag, node->place, "'%s' has %zu elements; at most %zu are allowed", label,
			   node->count, count_max);
		return false;
	}
	return true;
}

/* An array of one element_bytes for each child, each bound by bind_element; *count stays 0 after a mistake in node. */
static void *bind_elements(const struct binder *binder, const struct bind_field *field, const char *label,
			   const struct yaml_node *node, bind_function *bind_element, size_t element_bytes,
			   size_t *count)
{
	if (!check_children(binder, field, label, node, YAML_LIST))
		return NULL;
	char *elements = arena_alloc_array(binder->arena, node->count, element_bytes);
	size_t i = 0;
	for (const struct yaml_node *child = node->first; child; child = child->next, i++) {
		char element_label[LABEL_BYTES];
		snprintf(element_label, sizeof element_label, "%s[%zu]", label, i);
		bind_element(binder, field, element_label, child, elements + i * element_bytes);
	}
	*count = node->count;
	return elements;
}

static void bind_doubles(const struct binder *binder, const struct bind_field *field, const char *label,
			 const struct yaml_node *node, void *out)
{
	struct bind_doubles *list = out;
	list->values = bind_elements(binder, field, label, node, bind_double, sizeof(double), &list->count);
}

static void bind_ints(const struct binder *binder, const struct bind_field *field, const char *label,
		      const struct yaml_node *node, void *out)
{
	struct bind_ints *list = out;
	list->values = bind_elements(binder, field, label, node, bind_int, sizeof(int64_t), &list->count);
}

static void bind_texts(const struct binder *binder, const struct bind_field *field, const char *label,
		       const struct yaml_node *node, void *out)
{
	struct bind_texts *list = out;
	list->values = bind_elements(binder, field, label, node, bind_text, sizeof(const char *), &list->count);
}

static void bind_struct_list(const struct binder *binder, const struct bind_field *field, const char *label,
			     const struct yaml_node *node, void *out)
{
	struct bind_structs *list = out;
	list->items = bind_elements(binder, field, label, node, bind_nested, field->schema->bytes, &list->count);
}

static void bind_struct_map(const struct binder *binder, const struct bind_field *field, const char *label,
			    const struct yaml_node *node, void *out)
{
	const struct bind_schema *schema = field->schema;
	struct bind_structs *list = out;
	CHECK(schema->name_offset_plus_one > 0);
	if (!check_children(binder, field, label, node, YAML_MAP))
		return;
	char *item = arena_alloc_array(binder->arena, node->count, schema->bytes);
	list->items = item;
	list->count = node->count;
	for (const struct yaml_node *child = node->first; child; child = child->next, item += schema->bytes) {
		/* Before the fields, so that a schema's check sees it. */
		*(const char **)(void *)(item + schema->name_offset_plus_one - 1) =
			arena_strdup(binder->arena, child->key);
		bind_nested(binder, field, diag_excerpt(child->key, &binder->diag->arena), child, item);
	}
}

static void bind_node(const struct binder *binder, const struct bind_field *field, const char *label,
		      const struct yaml_node *node, void *out)
{
	memcpy(out, &node, sizeof node);
}

static bind_function *const bind_functions[] = {
	[BIND_BOOL] = bind_bool,
	[BIND_INT] = bind_int,
	[BIND_DOUBLE] = bind_double,
	[BIND_TEXT] = bind_text,
	[BIND_CHOICE] = bind_choice,
	[BIND_STRUCT] = bind_nested,
	[BIND_DOUBLE_LIST] = bind_doubles,
	[BIND_INT_LIST] = bind_ints,
	[BIND_TEXT_LIST] = bind_texts,
	[BIND_STRUCT_LIST] = bind_struct_list,
	[BIND_STRUCT_MAP] = bind_struct_map,
	[BIND_NODE] = bind_node,
};

struct yaml_node *bind_parse_fallback(const struct bind_field *field, struct diag_place place, struct arena *arena)
{
	if (field->type <= BIND_CHOICE) {
		bool is_text_type = field->type == BIND_TEXT || field->type == BIND_CHOICE;
		struct yaml_node *scalar = ARENA_NEW(arena, struct yaml_node);
		*scalar = (struct yaml_node){.place = place, .text = field->fallback, .quoted = is_text_type};
		return scalar;
	}
	if (strcmp(field->fallback, "{}") == 0) {
		struct yaml_node *empty = ARENA_NEW(arena, struct yaml_node);
		*empty = (struct yaml_node){.kind = YAML_MAP, .place = place};
		return empty;
	}
	struct diag diag;
	diag_init(&diag);
	struct yaml_node *node = yaml_parse(place.file, field->fallback, strlen(field->fallback), arena, &diag);
	CHECK(node && !diag_has_errors(&diag));
	diag_release(&diag);
	node->place = place;
	return node;
}

static void report_unknown(const struct binder *binder, const struct bind_schema *schema, const struct yaml_node *entry)
{
	/* A suggestion costs an edit distance to every known key; a file of nothing but unknown keys gets no more. */
	if (binder->diag->count == DIAG_MAX) {
		diag_error(binder->diag, entry->key_place, "unknown key");
		return;
	}
	bind_refuse_unknown(schema, entry->key, "", entry->key_place, binder->diag);
}

void bind_refuse_unknown(const struct bind_schema *schema, const char *key, const char *prefix, struct diag_place place,
			 struct diag *diag)
{
	const char *known[BIND_FIELDS_MAX];
	size_t count = 0;
	for (const struct bind_field *field = schema->fields; field->key; field++) {
		CHECK(count < BIND_FIELDS_MAX);
		known[count++] = field->key;
	}
	const char *meant = did_you_mean(key, known, count);
	const char *shown = diag_excerpt(key, &diag->arena);
	if (meant)
		diag_error(diag, place, "unknown key '%s%s'; did you mean '%s%s'?", prefix, shown, prefix, meant);
	else
		diag_error(diag, place, "unknown key '%s%s'; %s has %s", prefix, shown, schema->title,
			   join(known, count, " and ", &diag->arena));
}

const struct bind_field *bind_find_field(const struct bind_schema *schema, const char *key)
{
	for (const struct bind_field *field = schema->fields; field->key; field++)
		if (strcmp(field->key, key) == 0)
			return field;
	return NULL;
}

static void bind_member(const struct binder *binder, const struct bind_schema *schema, const struct bind_field *field,
			const struct yaml_node *map, char *out)
{
	const struct yaml_node *node = yaml_get(map, field->key);
	if (node) {
		bind_functions[field->type](binder, field, field->key, node, out + field->offset);
	} else if (field->required) {
		diag_error(binder->diag, map->place, "missing key '%s' in %s", field->key, schema->title);
	} else if (field->fallback) {
		size_t errors_before = binder->diag->error_count;
		node = bind_parse_fallback(field, map->place, binder->arena);
		bind_functions[field->type](binder, field, field->key, node, out + field->offset);
		CHECK(binder->diag->error_count == errors_before);
	}
}

static void bind_struct(const struct binder *binder, const struct bind_schema *schema, const struct yaml_node *map,
			void *out)
{
	size_t errors_before = binder->diag->error_count;
	char *bytes = out;
	if (schema->place_offset_plus_one > 0)
		*(struct diag_place *)(void *)(bytes + schema->place_offset_plus_one - 1) = map->place;
	for (const struct yaml_node *entry = map->first; entry; entry = entry->next)
		if (!bind_find_field(schema, entry->key))
			report_unknown(binder, schema, entry);
	for (const struct bind_field *field = schema->fields; field->key; field++)
		bind_member(binder, schema, field, map, bytes);
	if (schema->check && binder->diag->error_count == errors_before)
		schema->check(out, map, binder->diag);
}

bool bind_map(const struct bind_schema *schema, const struct yaml_node *map, void *out, struct arena *arena,
	      struct diag *diag)
{
	CHECK(map);
	struct binder binder = {.arena = arena, .diag = diag};
	memset(out, 0, schema->bytes);
	if (map->kind == YAML_MAP)
		bind_struct(&binder, schema, map, out);
	else
		diag_error(diag, map->place, "%s must be a mapping, not %s", schema->title,
			   yaml_describe(map, &diag->arena));
	return !diag_has_errors(diag);
}

struct diag_place bind_place(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);
	if (!node && !map)
		return (struct diag_place){.file = NULL};
	return node ? node->place : map->place;
}
