/* The JSON Schema of a table, read back. */
#include <jansson.h>

#include "base/buf.h"
#include "base/check.h"
#include "doc/bind.h"
#include "tests/tap.h"

struct inner {
	const char *name;
	int64_t memory_mb;
};

struct outer {
	const char *name;
	bool keep;
	int mode;
	double share;
	double limit_seconds;
	int64_t count;
	struct inner inner;
	struct bind_doubles doubles;
	struct bind_ints ints;
	struct bind_texts texts;
	struct bind_structs list;
	struct bind_structs map;
	struct yaml_node *any;
};

static const struct bind_field inner_fields[] = {
	BIND_FIELD(struct inner, memory_mb, BIND_INT, .required = true, .min = 128, .max = 10240),
	BIND_END,
};
static const struct bind_schema inner_schema = {
	"an inner", sizeof(struct inner), inner_fields, 0, 1 + offsetof(struct inner, name), NULL, NULL, NULL};
static const char *const modes[] = {"lambda", "2019", NULL};
static const struct bind_field outer_fields[] = {
	BIND_FIELD(struct outer, name, BIND_TEXT, .required = true, .help = "what \"it\" is called"),
	BIND_FIELD(struct outer, keep, BIND_BOOL, .fallback = "true"),
	BIND_FIELD(struct outer, mode, BIND_CHOICE, .choices = modes, .fallback = "2019"),
	BIND_FIELD(struct outer, share, BIND_DOUBLE, .max = 1, .fallback = "0.5"),
	BIND_FIELD(struct outer, limit_seconds, BIND_DOUBLE, .max = DBL_MAX, .fallback = ".inf"),
	BIND_FIELD(struct outer, count, BIND_INT, .required = true),
	BIND_FIELD(struct outer, inner, BIND_STRUCT, .schema = &inner_schema),
	BIND_FIELD(struct outer, doubles, BIND_DOUBLE_LIST, .min = 1, .max = 2, .fallback = "[1, 1.5]"),
	BIND_FIELD(struct outer, ints, BIND_INT_LIST, .count_max = 7),
	BIND_FIELD(struct outer, texts, BIND_TEXT_LIST, .fallback = "[a, '5']"),
	BIND_FIELD(struct outer, list, BIND_STRUCT_LIST, .schema = &inner_schema),
	BIND_FIELD(struct outer, map, BIND_STRUCT_MAP, .schema = &inner_schema, .fallback = "{a: {memory_mb: 128}}"),
	BIND_FIELD(struct outer, any, BIND_NODE),
	BIND_END,
};
static const struct bind_schema outer_schema = {"an outer", sizeof(struct outer), outer_fields, 0, 0, NULL, NULL, NULL};

/* The keywords of draft-07 that are written, with the type that the draft gives their values. */
static bool is_keyword_right(const char *keyword, const json_t *value)
{
	static const struct {
		const char *name;
		int type; /* of jansson; -1 for what has several */
	} keywords[] = {
		{"$schema", JSON_STRING},
		{"$id", JSON_STRING},
		{"title", JSON_STRING},
		{"description", JSON_STRING},
		{"required", JSON_ARRAY},
		{"properties", JSON_OBJECT},
		{"items", JSON_OBJECT},
		{"enum", JSON_ARRAY},
		{"maxItems", JSON_INTEGER},
		{"maxProperties", JSON_INTEGER},
		{"default", -1},
		{"additionalProperties", -1},
		{"type", -1},
		{"minimum", -1},
		{"maximum", -1},
	};
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (strcmp(keywords[i].name, keyword) == 0)
			return keywords[i].type < 0 || keywords[i].type == (int)json_typeof(value);
	return false;
}

static int count_wrong(json_t *schema)
{
	int wrong = 0;
	const char *keyword;
	json_t *value;
	json_object_foreach(schema, keyword, value) wrong += !is_keyword_right(keyword, value);
	json_object_foreach(json_object_get(schema, "properties"), keyword, value) wrong += count_wrong(value);
	static const char *const nested[] = {"items", "additionalProperties"};
	for (size_t i = 0; i < 2; i++)
		if (json_is_object(json_object_get(schema, nested[i])))
			wrong += count_wrong(json_object_get(schema, nested[i]));
	return wrong;
}

static json_t *property(json_t *schema, const char *name)
{
	return json_object_get(json_object_get(schema, "properties"), name);
}

/* The part of the schema as compact text. */
static void t_part(const json_t *part, const char *want, const char *name)
{
	char *text = part ? json_dumps(part, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	t_str(text, want, name);
	free(text);
}

static void test_properties(json_t *root)
{
	static const struct {
		const char *name;
		const char *text;
	} cases[] = {
		{"name",
		 "{\"description\":\"what \\\"it\\\" is called\",\"type\":[\"string\",\"number\",\"boolean\"]}"},
		{"keep", "{\"type\":\"boolean\",\"default\":true}"},
		{"mode", "{\"enum\":[\"lambda\",\"2019\",2019],\"default\":\"2019\"}"},
		{"share", "{\"type\":\"number\",\"minimum\":0,\"maximum\":1,\"default\":0.5}"},
		{"limit_seconds", "{\"type\":\"number\",\"minimum\":0}"},
		{"count", "{\"type\":\"integer\"}"},
		{"inner", "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"memory_mb\"],"
			  "\"properties\":{\"memory_mb\":{\"type\":\"integer\",\"minimum\":128,\"maximum\":10240}}}"},
		{"doubles", "{\"type\":\"array\",\"maxItems\":10000,"
			    "\"items\":{\"type\":\"number\",\"minimum\":1,\"maximum\":2},\"default\":[1,1.5]}"},
		{"ints", "{\"type\":\"array\",\"maxItems\":7,\"items\":{\"type\":\"integer\"}}"},
		{"texts", "{\"type\":\"array\",\"maxItems\":10000,"
			  "\"items\":{\"type\":[\"string\",\"number\",\"boolean\"]},\"default\":[\"a\",\"5\"]}"},
		{"any", "{}"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		t_part(property(root, cases[i].name), cases[i].text, cases[i].name);
	json_t *map = property(root, "map");
	t_part(json_object_get(map, "default"), "{\"a\":{\"memory_mb\":128}}", "a mapping's default");
	t_ok(json_equal(json_object_get(map, "additionalProperties"), property(root, "inner")), "a mapping's values");
	t_ok(json_equal(json_object_get(property(root, "list"), "items"), property(root, "inner")), "a list's items");
}

int main(void)
{
	struct buf out;
	json_error_t error;
	buf_init(&out);
	bind_write_json_schema(&outer_schema, "https://example.org/outer.json", &out);
	json_t *root = json_loads(buf_text(&out), JSON_REJECT_DUPLICATES, &error);
	if (t_ok(root, "the schema is JSON")) {
		t_part(json_object_get(root, "$schema"), "\"http://json-schema.org/draft-07/schema#\"", "of draft-07");
		t_part(json_object_get(root, "$id"), "\"https://example.org/outer.json\"", "with its id");
		t_part(json_object_get(root, "required"), "[\"name\",\"count\"]", "what is required");
		t_part(json_object_get(root, "additionalProperties"), "false", "nothing else is allowed");
		t_int(json_object_size(json_object_get(root, "properties")), 13, "every row is a property");
		t_int(count_wrong(root), 0, "only keywords of the draft, with values of their types");
		test_properties(root);
	}
	json_decref(root);
	buf_release(&out);
	return t_done();
}
