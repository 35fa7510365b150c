/*
 * Whatever the bytes, a document is refused with reasons or read. What was read is written as text that reads as an
 * equal tree and is written as the same text again. Binding it, and setting a key that the input names, either work
 * or say why.
 */
#include <string.h>

#include "base/buf.h"
#include "doc/bind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct part {
	const char *name;
	int64_t size;
	struct bind_doubles weights;
	struct diag_place place;
};

struct whole {
	const char *name;
	bool keep;
	int mode;
	double share;
	struct part part;
	struct bind_ints ints;
	struct bind_texts texts;
	struct bind_structs list;
	struct bind_structs map;
	struct yaml_node *any;
};

static const struct bind_field part_fields[] = {
	BIND_FIELD(struct part, size, BIND_INT, .required = true, .min = 1, .max = 9),
	BIND_FIELD(struct part, weights, BIND_DOUBLE_LIST, .count_max = 3, .fallback = "[1]"),
	BIND_END,
};
static const struct bind_schema part_schema = {
	.title = "a part",
	.bytes = sizeof(struct part),
	.fields = part_fields,
	.place_offset_plus_one = 1 + offsetof(struct part, place),
	.name_offset_plus_one = 1 + offsetof(struct part, name),
};
static const char *const modes[] = {"fast", "slow", NULL};
static const struct bind_field whole_fields[] = {
	BIND_FIELD(struct whole, name, BIND_TEXT, .fallback = "x"),
	BIND_FIELD(struct whole, keep, BIND_BOOL),
	BIND_FIELD(struct whole, mode, BIND_CHOICE, .choices = modes, .fallback = "slow"),
	BIND_FIELD(struct whole, share, BIND_DOUBLE, .max = 1),
	BIND_FIELD(struct whole, part, BIND_STRUCT, .schema = &part_schema),
	BIND_FIELD(struct whole, ints, BIND_INT_LIST),
	BIND_FIELD(struct whole, texts, BIND_TEXT_LIST),
	BIND_FIELD(struct whole, list, BIND_STRUCT_LIST, .schema = &part_schema),
	BIND_FIELD(struct whole, map, BIND_STRUCT_MAP, .schema = &part_schema),
	BIND_FIELD(struct whole, any, BIND_NODE),
	BIND_END,
};
static const struct bind_schema whole_schema = {
	.title = "a whole", .bytes = sizeof(struct whole), .fields = whole_fields};

static void check_round_trip(const struct yaml_node *root, struct arena *arena)
{
	struct diag diag;
	struct buf text;
	struct buf again;
	diag_init(&diag);
	buf_init(&text);
	buf_init(&again);
	yaml_write(root, &text);
	const struct yaml_node *back = yaml_parse("again", text.text, text.length, arena, &diag);
	CHECK(back);
	CHECK(!diag_has_errors(&diag));
	CHECK(yaml_equal(root, back));
	CHECK(yaml_equal(back, root));
	yaml_write(back, &again);
	CHECK(strcmp(text.text, again.text) == 0);
	buf_release(&again);
	buf_release(&text);
	diag_release(&diag);
}

/* The document's own `key` and `value` say what is set in a copy of it. */
static void check_set(const struct yaml_node *root, struct arena *arena)
{
	const struct yaml_node *key = yaml_get(root, "key");
	const struct yaml_node *value = yaml_get(root, "value");
	if (!key || key->kind != YAML_SCALAR || !value || value->kind != YAML_SCALAR)
		return;
	struct diag diag;
	diag_init(&diag);
	struct diag_place place = {"--set", 0, 0};
	struct yaml_node *copy = yaml_copy(root, arena);
	bind_check_key(&whole_schema, key->text, place, &diag);
	size_t errors_before = diag.error_count;
	bool ok = yaml_set(copy, key->text, value->text, place, arena, &diag);
	CHECK(ok == (diag.error_count == errors_before));
	CHECK(ok || yaml_equal(copy, root));
	diag_release(&diag);
}

static void check_tree(const struct yaml_node *root, struct arena *arena, struct diag *diag)
{
	struct whole whole;
	bool has_mistakes = diag_has_errors(diag);
	bool ok = bind_map(&whole_schema, root, &whole, arena, diag);
	CHECK(ok == !diag_has_errors(diag));
	if (has_mistakes)
		return;
	check_round_trip(root, arena);
	check_set(root, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct diag diag;
	arena_init(&arena);
	diag_init(&diag);
	const struct yaml_node *root = yaml_parse("fuzz", (const char *)data, size, &arena, &diag);
	CHECK(root || diag_has_errors(&diag));
	if (root)
		check_tree(root, &arena, &diag);
	diag_release(&diag);
	arena_release(&arena);
	return 0;
}
