/* Binding by table: values, defaults, every message, dotted keys. */
#include "base/buf.h"
#include "base/check.h"
#include "doc/bind.h"
#include "tests/tap.h"

struct function {
	const char *name;
	int64_t memory_mb;
	struct bind_doubles weights;
	struct diag_place place;
};

struct limits {
	int64_t low;
	int64_t high;
};

struct platform {
	const char *name;
	bool is_default;
	int mode;
	double cold_start_seconds;
	int64_t count;
	int64_t unset;
	struct limits limits;
	struct bind_ints sizes;
	struct bind_texts tags;
	struct bind_structs functions; /* struct function, by name */
	struct bind_structs stages;    /* struct function, in order */
	struct yaml_node *sweep;
};

static const struct bind_field function_fields[] = {
	BIND_FIELD(struct function, memory_mb, BIND_INT, .required = true, .min = 128, .max = 10240),
	BIND_FIELD(struct function, weights, BIND_DOUBLE_LIST, .min = 0, .max = DBL_MAX, .count_max = 3),
	BIND_END,
};
static const struct bind_schema function_schema = {
	.title = "a function",
	.bytes = sizeof(struct function),
	.fields = function_fields,
	.place_offset_plus_one = 1 + offsetof(struct function, place),
	.name_offset_plus_one = 1 + offsetof(struct function, name),
};

static const struct bind_field limits_fields[] = {
	BIND_FIELD(struct limits, low, BIND_INT, .fallback = "1"),
	BIND_FIELD(struct limits, high, BIND_INT, .fallback = "9"),
	BIND_END,
};

static void check_limits(void *value, const struct yaml_node *node, struct diag *diag)
{
	struct limits *limits = value;
	if (limits->low > limits->high)
		diag_error(diag, bind_place(node, "low"), "'low' is above 'high'");
}

static const struct bind_schema limits_schema = {
	.title = "limits", .bytes = sizeof(struct limits), .fields = limits_fields, .check = check_limits};

static const char *const modes[] = {"lambda", "cloud-run", "2019", NULL};
static const struct bind_field platform_fields[] = {
	BIND_FIELD(struct platform, name, BIND_TEXT, .required = true),
	BIND_FIELD(struct platform, is_default, BIND_BOOL, .fallback = "true"),
	BIND_FIELD(struct platform, mode, BIND_CHOICE, .choices = modes, .fallback = "2019"),
	BIND_FIELD(struct platform, cold_start_seconds, BIND_DOUBLE, .max = 60, .fallback = "2.5"),
	BIND_FIELD(struct platform, count, BIND_INT, .min = -DBL_MAX, .max = 5),
	BIND_FIELD(struct platform, unset, BIND_INT),
	BIND_FIELD(struct platform, limits, BIND_STRUCT, .schema = &limits_schema, .fallback = "{}"),
	BIND_FIELD(struct platform, sizes, BIND_INT_LIST, .fallback = "[1, 2, 3]"),
	BIND_FIELD(struct platform, tags, BIND_TEXT_LIST),
	BIND_FIELD(struct platform, functions, BIND_STRUCT_MAP, .schema = &function_schema, .count_max = 4),
	BIND_FIELD(struct platform, stages, BIND_STRUCT_LIST, .schema = &function_schema),
	BIND_FIELD(struct platform, sweep, BIND_NODE),
	BIND_END,
};
static const struct bind_schema platform_schema = {
	.title = "a platform", .bytes = sizeof(struct platform), .fields = platform_fields};

static struct arena arena;

/* What the diag says of the text, NULL-free; the platform is filled. */
static const char *mistakes_of(const char *text, struct platform *platform, bool *ok)
{
	static char printed[65536];
	struct diag diag;
	diag_init(&diag);
	struct yaml_node *root = yaml_parse("f", text, strlen(text), &arena, &diag);
	*ok = root && bind_map(&platform_schema, root, platform, &arena, &diag);
	memset(printed, 0, sizeof printed);
	FILE *stream = fmemopen(printed, sizeof printed - 1, "w");
	diag_print(&diag, stream);
	fclose(stream);
	diag_release(&diag);
	return printed;
}

static void test_values(void)
{
	struct platform platform;
	bool ok;
	memset(&platform, 0xff, sizeof platform);
	t_str(mistakes_of("name: 2019\n"
			  "is_default: false\n"
			  "mode: cloud-run\n"
			  "cold_start_seconds: 3\n"
			  "limits: {low: -2}\n"
			  "sizes: []\n"
			  "tags: [a, 'b', 5]\n"
			  "functions:\n"
			  "  conv1: {memory_mb: 128, weights: [0, 1.5]}\n"
			  "  fc: {memory_mb: 10240}\n"
			  "stages:\n"
			  "  - memory_mb: 256\n"
			  "sweep: {a.b: [1]}\n",
			  &platform, &ok),
	      "", "a platform without mistakes");
	t_ok(ok, "binds");
	t_str(platform.name, "2019", "a plain number is text where text is wanted");
	t_ok(!platform.is_default, "a boolean");
	t_int(platform.mode, 1, "a choice");
	t_near(platform.cold_start_seconds, 3, 0, 0, "an integer where a number is wanted");
	t_int(platform.unset, 0, "without a default, zero");
	t_ok(platform.limits.low == -2 && platform.limits.high == 9, "a nested struct and its default");
	t_int(platform.sizes.count, 0, "an empty list is not the default");
	t_ok(platform.tags.count == 3 && strcmp(platform.tags.values[2], "5") == 0, "a list of texts");
	struct function *functions = platform.functions.items;
	t_int(platform.functions.count, 2, "a mapping of structs");
	t_ok(strcmp(functions[0].name, "conv1") == 0 && functions[0].memory_mb == 128, "its first");
	t_ok(strcmp(functions[1].name, "fc") == 0 && functions[1].memory_mb == 10240, "its second");
	t_ok(functions[0].weights.count == 2 && functions[0].weights.values[1] == 1.5, "a list within");
	t_ok(functions[0].place.line == 9 && functions[0].place.column == 10, "and its place");
	struct function *stages = platform.stages.items;
	t_ok(platform.stages.count == 1 && stages[0].memory_mb == 256 && !stages[0].name, "a list of structs");
	t_int(yaml_get(platform.sweep, "a.b")->count, 1, "a node as it is");
}

static void test_defaults(void)
{
	struct platform platform;
	bool ok;
	t_str(mistakes_of("name: x\n", &platform, &ok), "", "nothing but what is required");
	t_ok(platform.is_default && platform.mode == 2 && platform.cold_start_seconds == 2.5, "scalar defaults");
	t_ok(platform.limits.low == 1 && platform.limits.high == 9, "a struct of defaults");
	t_ok(platform.sizes.count == 3 && platform.sizes.values[2] == 3, "a list by default");
	t_ok(platform.functions.count == 0 && platform.tags.count == 0 && !platform.sweep, "and nothing elsewhere");
}

static void test_messages(void)
{
	static const struct {
		const char *text; /* after "name: x\n" */
		const char *said; /* NULL-terminated lines */
	} cases[] = {
		{"cold_start_sec: 1\n", "f:2:1: unknown key 'cold_start_sec'; did you mean 'cold_start_seconds'?\n"},
		{"zebra: 1\n",
		 "f:2:1: unknown key 'zebra'; a platform has name, is_default, mode, cold_start_seconds, count, unset, "
		 "limits, sizes, tags, functions, stages and sweep\n"},
		{"is_default: yes\n", "f:2:13: 'is_default' must be a boolean, not 'yes'; write true or false\n"},
		{"is_default: 'true'\n",
		 "f:2:13: 'is_default' must be a boolean, not text 'true'; write true or false\n"},
		{"is_default: 1\n", "f:2:13: 'is_default' must be a boolean, not '1'; write true or false\n"},
		{"mode: lamdba\n",
		 "f:2:7: 'mode' must be lambda, cloud-run or 2019, not 'lamdba'; did you mean 'lambda'?\n"},
		{"mode: [lambda]\n", "f:2:7: 'mode' must be lambda, cloud-run or 2019, not a list\n"},
		{"mode:\n", "f:2:6: 'mode' must be lambda, cloud-run or 2019, not nothing\n"},
		{"cold_start_seconds: 1e-5xyz\n",
		 "f:2:21: 'cold_start_seconds' must be a number, not '1e-5xyz'; write the number alone, in seconds\n"},
		{"cold_start_seconds: 010\n", "f:2:21: 'cold_start_seconds' must be a number, not '010'; write 10\n"},
		{"cold_start_seconds: '5'\n",
		 "f:2:21: 'cold_start_seconds' must be a number, not text '5'; remove the quotes\n"},
		{"cold_start_seconds: five\n", "f:2:21: 'cold_start_seconds' must be a number, not 'five'\n"},
		{"cold_start_seconds: {}\n", "f:2:21: 'cold_start_seconds' must be a number, not a mapping\n"},
		{"cold_start_seconds:\n", "f:2:20: 'cold_start_seconds' must be a number, not nothing\n"},
		{"cold_start_seconds: -1\n", "f:2:21: 'cold_start_seconds' is -1, outside 0 to 60\n"},
		{"cold_start_seconds: .inf\n", "f:2:21: 'cold_start_seconds' is .inf, outside 0 to 60\n"},
		{"count: 6\n", "f:2:8: 'count' is 6, more than 5\n"},
		{"count: 1.5\n", "f:2:8: 'count' must be a whole number, not '1.5'\n"},
		{"functions: {a: {memory_mb: 99999}}\n", "f:2:28: 'memory_mb' is 99999, outside 128 to 10240\n"},
		{"functions: {a: {memory_mb: 128, weights: [1, -2]}}\n", "f:2:46: 'weights[1]' is -2, less than 0\n"},
		{"functions: {a: {memory_mb: 128, weights: [1, 2, 3, 4]}}\n",
		 "f:2:42: 'weights' has 4 elements; at most 3 are allowed\n"},
		{"functions: {a: 5}\n", "f:2:16: 'a' must be a mapping, not '5'\n"},
		{"functions: [a]\n", "f:2:12: 'functions' must be a mapping, not a list\n"},
		{"functions: {a: {}, b: {memory: 128}}\n", "f:2:16: missing key 'memory_mb' in a function\n"
							   "f:2:23: missing key 'memory_mb' in a function\n"
							   "f:2:24: unknown key 'memory'; did you mean 'memory_mb'?\n"},
		{"stages: [{memory_mb: 128}, x]\n", "f:2:28: 'stages[1]' must be a mapping, not 'x'\n"},
		{"tags: [a, [b], ~]\n",
		 "f:2:11: 'tags[1]' must be text, not a list\nf:2:16: 'tags[2]' must be text, not nothing\n"},
		{"sizes: 5\n", "f:2:8: 'sizes' must be a list, not '5'\n"},
		{"limits: {low: 5, high: 4}\n", "f:2:15: 'low' is above 'high'\n"},
		{"limits: {low: 5, high: x}\n", "f:2:24: 'high' must be a whole number, not 'x'\n"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct platform platform;
		bool ok;
		char text[256];
		snprintf(text, sizeof text, "name: x\n%s", cases[i].text);
		t_str(mistakes_of(text, &platform, &ok), cases[i].said, cases[i].text);
		t_ok(!ok, "does not bind");
	}
	struct platform platform;
	bool ok;
	t_str(mistakes_of("mode: 2019\n", &platform, &ok), "f:1:1: missing key 'name' in a platform\n",
	      "a missing key");
	t_str(mistakes_of("[1]\n", &platform, &ok), "f:1:1: a platform must be a mapping, not a list\n", "a list");
}

static void test_all_at_once(void)
{
	struct platform platform;
	bool ok;
	t_str(mistakes_of("is_default: yes\n"
			  "cold_start_sec: 3\n"
			  "mode: gcf\n"
			  "mode: lambda\n"
			  "functions:\n"
			  "  conv1:\n"
			  "    memory_mb: 99999\n",
			  &platform, &ok),
	      "f:1:1: missing key 'name' in a platform\n"
	      "f:1:13: 'is_default' must be a boolean, not 'yes'; write true or false\n"
	      "f:2:1: unknown key 'cold_start_sec'; did you mean 'cold_start_seconds'?\n"
	      "f:3:7: 'mode' must be lambda, cloud-run or 2019, not 'gcf'\n"
	      "f:4:1: duplicate key 'mode' (first on line 3)\n"
	      "f:7:16: 'memory_mb' is 99999, outside 128 to 10240\n",
	      "six mistakes in one file are six messages");
}

static void test_many_unknown(void)
{
	struct buf buf;
	struct platform platform;
	bool ok;
	buf_init(&buf);
	for (int i = 0; i < 40000; i++)
		buf_printf(&buf, "cold_start_second_number_%d: 1\n", i);
	t_has(mistakes_of(buf.text, &platform, &ok), "... and 39901 more\n", "40,000 unknown keys");
	buf_release(&buf);
}

static void test_check_key(void)
{
	static const struct {
		const char *key;
		const char *said; /* NULL: it can exist */
	} cases[] = {
		{"name", NULL},
		{"limits", NULL},
		{"limits.low", NULL},
		{"functions", NULL},
		{"functions.conv1", NULL},
		{"functions.conv1.memory_mb", NULL},
		{"functions.conv1.weights.0", NULL},
		{"stages.0.memory_mb", NULL},
		{"sizes.2", NULL},
		{"sweep.what.ever", NULL},
		{"nmae", "unknown key 'nmae'; did you mean 'name'?"},
		{"limits.zebra", "unknown key 'limits.zebra'; limits has low and high"},
		{"functions.conv1.memroy_mb",
		 "unknown key 'functions.conv1.memroy_mb'; did you mean 'functions.conv1.memory_mb'?"},
		{"name.x", "unknown key 'name.x': 'name' has no keys below it"},
		{"sizes.2.x", "unknown key 'sizes.2.x': 'sizes.2' has no keys below it"},
		{"limits..low", "'limits..low' has an empty part; keys are joined by single dots"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct diag diag;
		diag_init(&diag);
		struct diag_place place = {"--set", 0, 0};
		bool ok = bind_check_key(&platform_schema, cases[i].key, place, &diag);
		t_ok(ok == !cases[i].said && diag.count == !ok, "%s is %s", cases[i].key, ok ? "known" : "not");
		if (diag.count > 0)
			t_str(diag.entries[0].text, cases[i].said, "in these words");
		diag_release(&diag);
	}
}

static const struct bind_field broken_fields[] = {BIND_FIELD(struct limits, low, BIND_INT, .fallback = "x"), BIND_END};
static const struct bind_schema broken_schema = {"a mistake", sizeof(struct limits), broken_fields, 0, 0, NULL, NULL,
						 NULL};

static void bind_broken_default(void)
{
	struct diag diag;
	struct limits limits;
	diag_init(&diag);
	bind_map(&broken_schema, yaml_parse("f", "{}", 2, &arena, &diag), &limits, &arena, &diag);
}

int main(void)
{
	arena_init(&arena);
	test_values();
	test_defaults();
	test_messages();
	test_all_at_once();
	test_many_unknown();
	test_check_key();
	t_aborts(bind_broken_default, "a default that does not bind is a bug");
	arena_release(&arena);
	return t_done();
}
