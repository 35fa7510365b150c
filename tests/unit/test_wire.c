/* The walk over protobuf's wire format: what it accepts, and the offset at which it stops at what it refuses. */
#include "base/check.h"
#include "tests/tap.h"

#include "kernels/record/wire.h"

static const struct wire_message node; /* a message that holds itself, as ONNX graphs do */
static const struct wire_rule node_rules[] = {
	{1, WIRE_BYTES, false, &node},  {2, WIRE_VARINT, true, NULL}, {3, WIRE_FIXED32, true, NULL},
	{4, WIRE_FIXED64, false, NULL}, {5, WIRE_BYTES, false, NULL},
};
static const struct wire_message node = {"Node", node_rules, 5};

static const struct {
	const char *name;
	const char *bytes;
	size_t count;
	const char *error; /* NULL: accepted */
} cases[] = {
	{"an empty message", "", 0, NULL},
	{"an empty submessage", "\x0a\x00", 2, NULL},
	{"two levels, and a field after them", "\x0a\x04\x0a\x02\x10\x07\x10\x01", 8, NULL},
	{"a field without a rule",
	 "\x7a\x03"
	 "abc",
	 5, NULL},
	{"a packed list of varints", "\x12\x03\x01\x80\x01", 5, NULL},
	{"packed floats",
	 "\x1a\x08"
	 "abcdefgh",
	 10, NULL},
	{"the largest varint", "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, NULL},
	{"a number that ends with the file", "\x10\xff", 2, "byte 2: a number is cut short"},
	{"a number of 65 bits", "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11,
	 "byte 10: a number has more than 64 bits"},
	{"a tag of 33 bits", "\x80\x80\x80\x80\x80\x01", 6, "byte 0: a field number has more than 29 bits"},
	{"field number 0", "\x10\x01\x02\x00", 4, "byte 2: field number 0 does not exist"},
	{"a group", "\x10\x01\x0b\x0c", 4, "byte 2: a field has a wire type that is not used in records"},
	{"wire type 7", "\x17", 1, "byte 0: a field has a wire type that is not used in records"},
	{"a string past the end",
	 "\x2a\x05"
	 "abc",
	 5, "byte 0: field 5 is cut short: it needs 5 bytes and 3 are left"},
	{"a length of 2^63", "\x2a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11,
	 "needs 9223372036854775808 bytes and 0 are left"},
	{"a submessage past its parent", "\x0a\x03\x0a\x02\x10\x07\x10\x01", 8,
	 "byte 2: field 1 is cut short: it needs 2 bytes and 1 are left"},
	{"a fixed64 cut short",
	 "\x21"
	 "1234567",
	 8, "byte 0: field 4 is cut short: it needs 8 bytes and 7 are left"},
	{"a number where a message should be", "\x08\x01", 2, "byte 0: field 1 of Node has wire type 0 instead of 2"},
	{"a string where a number should be", "\x22\x01x", 3, "byte 0: field 4 of Node has wire type 2 instead of 1"},
	{"packed floats that do not fill",
	 "\x1a\x05"
	 "abcde",
	 7, "byte 0: packed numbers do not fill their field"},
	{"a packed varint cut short", "\x12\x02\x01\x80\x10\x01", 6, "byte 4: a number is cut short"},
};

static void table(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = {.text = ""};
		bool ok = wire_check(&node, (const uint8_t *)cases[i].bytes, cases[i].count, 0, 100, &err);
		if (cases[i].error)
			t_has(ok ? "accepted" : err.text, cases[i].error, cases[i].name);
		else
			t_str(ok ? "accepted" : err.text, "accepted", cases[i].name);
	}
}

static void limits(void)
{
	uint8_t bytes[2 * WIRE_DEPTH_MAX];
	struct err err;
	for (int i = 0; i < WIRE_DEPTH_MAX; i++) {
		bytes[2 * i] = 0x0a;
		bytes[2 * i + 1] = (uint8_t)(2 * (WIRE_DEPTH_MAX - 1 - i));
	}
	t_ok(wire_check(&node, bytes + 2, sizeof bytes - 2, 0, 100, &err), "the deepest message");
	t_ok(!wire_check(&node, bytes, sizeof bytes, 1000, 100, &err), "one level more");
	t_str(err.text, "byte 1126: more than 64 messages in messages", "says where, counted from the file's start");
	t_ok(wire_check(&node, (const uint8_t *)"\x10\x01\x10\x01", 4, 0, 2, &err), "as many fields as may be");
	t_ok(!wire_check(&node, (const uint8_t *)"\x10\x01\x10\x01", 4, 0, 1, &err), "one field more");
	t_str(err.text, "byte 2: more than 1 fields", "says where");
}

int main(void)
{
	table();
	limits();
	return t_done();
}
