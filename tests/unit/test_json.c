/* The JSON writer, read back by jansson. */
#include <jansson.h>

#include "base/json.h"
#include "tests/tap.h"

static void write_sample(struct json *json)
{
	json_object_begin(json);
	json_field_text(json, "text", "a\"b\\c\n\t\x01\x7f é");
	json_field_int(json, "int", INT64_MIN);
	json_field_double(json, "third", 1.0 / 3);
	json_field_double(json, "nan", NAN);
	json_key(json, "list");
	json_array_begin(json);
	json_bool(json, true);
	json_none(json);
	json_array_begin(json);
	json_array_end(json);
	json_object_begin(json);
	json_object_end(json);
	json_array_end(json);
	json_object_end(json);
}

static void test_compact(void)
{
	struct buf out;
	struct json json;
	buf_init(&out);
	json_init(&json, &out, false);
	write_sample(&json);
	t_str(buf_text(&out),
	      "{\"text\":\"a\\\"b\\\\c\\n\\t\\u0001\\u007f é\",\"int\":-9223372036854775808,"
	      "\"third\":0.3333333333333333,\"nan\":null,\"list\":[true,null,[],{}]}",
	      "compact");
	buf_release(&out);
}

static void test_pretty(void)
{
	struct buf out;
	struct json json;
	buf_init(&out);
	json_init(&json, &out, true);
	json_object_begin(&json);
	json_field_int(&json, "a", 1);
	json_key(&json, "b");
	json_array_begin(&json);
	json_int(&json, 2);
	json_array_end(&json);
	json_object_end(&json);
	t_str(buf_text(&out), "{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}", "pretty");
	buf_release(&out);
}

static void test_reads_back(void)
{
	struct buf out;
	struct json json;
	buf_init(&out);
	json_init(&json, &out, true);
	write_sample(&json);
	json_error_t error;
	json_t *root = json_loads(buf_text(&out), 0, &error);
	if (t_ok(root, "jansson reads it")) {
		t_str(json_string_value(json_object_get(root, "text")), "a\"b\\c\n\t\x01\x7f é", "the text");
		t_int(json_integer_value(json_object_get(root, "int")), INT64_MIN, "the integer");
		t_near(json_real_value(json_object_get(root, "third")), 1.0 / 3, 0, 0, "the number, exactly");
		t_ok(json_is_null(json_object_get(root, "nan")), "NaN is null");
		t_int(json_array_size(json_object_get(root, "list")), 4, "the list");
	}
	json_decref(root);
	buf_release(&out);
}

static struct buf scratch;

static void nest_too_deep(void)
{
	struct json json;
	json_init(&json, &scratch, false);
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		json_array_begin(&json);
}

static void end_what_never_began(void)
{
	struct json json;
	json_init(&json, &scratch, false);
	json_object_end(&json);
}

static void write_two_keys(void)
{
	struct json json;
	json_init(&json, &scratch, false);
	json_object_begin(&json);
	json_key(&json, "a");
	json_key(&json, "b");
}

int main(void)
{
	test_compact();
	test_pretty();
	test_reads_back();
	t_aborts(nest_too_deep, "nesting past the bound is a bug");
	t_aborts(end_what_never_began, "ending what never began is a bug");
	t_aborts(write_two_keys, "two keys in a row are a bug");
	return t_done();
}
