/* Changing, copying, comparing and writing trees. */
#include "base/buf.h"
#include "base/check.h"
#include "doc/yaml.h"
#include "tests/tap.h"

static struct arena arena;
static struct diag diag;

static struct yaml_node *parse(const char *text)
{
	struct yaml_node *root = yaml_parse("f", text, strlen(text), &arena, &diag);
	if (!root || diag_has_errors(&diag))
		t_ok(false, "'%s' is YAML", text);
	return root;
}

static const char *written(const struct yaml_node *node)
{
	struct buf buf;
	buf_init(&buf);
	yaml_write(node, &buf);
	const char *text = arena_strdup(&arena, buf_text(&buf));
	buf_release(&buf);
	return text;
}

static void test_write(void)
{
	static const struct {
		const char *text;
		const char *written;
	} cases[] = {
		{"x", "x\n"},
		{"'x'", "x\n"},
		{"5", "5\n"},
		{"'5'", "\"5\"\n"},
		{"[]", "[]\n"},
		{"{}", "{}\n"},
		{"a:", "a: null\n"},
		{"a: ''", "a: \"\"\n"},
		{"a: ~", "a: null\n"},
		{"a: 'null'", "a: \"null\"\n"},
		{"a: yes", "a: \"yes\"\n"},
		{"a: 010", "a: \"010\"\n"},
		{"a: 2019-01-01", "a: \"2019-01-01\"\n"},
		{"a: -1.5e3", "a: -1.5e3\n"},
		{"a: True", "a: True\n"},
		{"a: .inf", "a: .inf\n"},
		{"a: s3://b/k", "a: \"s3://b/k\"\n"},
		{"a: two words ", "a: two words\n"},
		{"a: 'end '", "a: \"end \"\n"},
		{"128: x", "128: x\n"},
		{"'': x", "\"\": x\n"},
		{"functions.conv1.memory_mb: [1, 2]", "functions.conv1.memory_mb: [1, 2]\n"},
		{"a: \"q\\\"b\\\\t\\tn\\nx\\x01\"", "a: \"q\\\"b\\\\t\\tn\\nx\\x01\"\n"},
		{"a: \"é\\u2028\\u0085\\U0001F600\\ufffe\\ufeff\"", "a: \"é\\u2028\\x85\U0001F600\\ufffe\\ufeff\"\n"},
		{"a: [1, 'x, y', [2]]", "a:\n  - 1\n  - \"x, y\"\n  - [2]\n"},
		{"- {a: 1, b: {c: []}}\n- [[1], {}]", "- a: 1\n  b:\n    c: []\n- - [1]\n  - {}\n"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct yaml_node *root = parse(cases[i].text);
		t_str(written(root), cases[i].written, cases[i].text);
		t_ok(yaml_equal(root, parse(cases[i].written)), "and reads back as the same");
	}
}

static void test_equal(void)
{
	static const struct {
		const char *a;
		const char *b;
		bool equal;
	} cases[] = {
		{"{a: 1, b: [x]}", "a: 1\nb:\n- 'x'\n", true},
		{"null", "~", true},
		{"5", "'5'", false},
		{"true", "'true'", false},
		{"x", "'x'", true},
		{"1", "1.0", false},
		{"[1]", "[1, 2]", false},
		{"[1, 2]", "[2, 1]", false},
		{"{a: 1}", "{b: 1}", false},
		{"{a: 1}", "[1]", false},
		{"{}", "[]", false},
		{"null", "{}", false},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct yaml_node *a = parse(cases[i].a);
		struct yaml_node *b = parse(cases[i].b);
		t_ok(yaml_equal(a, b) == cases[i].equal && yaml_equal(b, a) == cases[i].equal, "%s and %s are %s",
		     cases[i].a, cases[i].b, cases[i].equal ? "equal" : "different");
	}
}

static void test_copy(void)
{
	struct arena other;
	arena_init(&other);
	struct yaml_node *root = yaml_parse("f", "a: [1, {b: 'x'}]", 16, &other, &diag);
	struct yaml_node *copy = yaml_copy(root, &arena);
	t_ok(yaml_equal(root, copy), "a copy is equal");
	t_int(yaml_get(copy, "a")->first->next->place.column, 8, "and keeps its places");
	arena_release(&other);
	t_str(written(copy), "a:\n  - 1\n  - b: x\n", "and outlives what it was made from");
}

static const char base_text[] = "name: x\n"
				"era: 2019\n"
				"empty:\n"
				"functions: {conv1: {memory_mb: 128}}\n"
				"stages: [{name: a, size: 1}, {name: b, size: 2}, {name: 0, size: 3}]\n"
				"list: [10, 20]\n";

static void test_set(void)
{
	static const struct {
		const char *key;
		const char *value;
		const char *line; /* must be in the written tree */
	} cases[] = {
		{"era", "2021", "era: 2021\n"},
		{"era", "[1, {a: b}]", "era:\n  - 1\n  - a: b\n"},
		{"new", "yes", "list: [10, 20]\nnew: \"yes\"\n"},
		{"functions.conv1.memory_mb", "256", "    memory_mb: 256\n"},
		{"functions.fc.memory_mb", "512", "    memory_mb: 128\n  fc:\n    memory_mb: 512\n"},
		{"a.b.c", "1", "a:\n  b:\n    c: 1\n"},
		{"empty.x", "1", "empty:\n  x: 1\n"},
		{"stages.b.size", "7", "  - name: b\n    size: 7\n"},
		{"stages.1.size", "7", "  - name: b\n    size: 7\n"},
		{"stages.0.size", "7", "  - name: 0\n    size: 7\n"},
		{"stages.a", "{name: c}", "stages:\n  - name: c\n  - name: b\n"},
		{"list.1", "30", "list: [10, 30]\n"},
		{"name", "\"\"", "name: \"\"\n"},
		{"name", "null", "name: null\n"},
	};
	struct diag_place place = {"--set", 0, 0};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct yaml_node *root = parse(base_text);
		t_ok(yaml_set(root, cases[i].key, cases[i].value, place, &arena, &diag), "%s=%s", cases[i].key,
		     cases[i].value);
		t_has(written(root), cases[i].line, "is set");
	}
	struct yaml_node *root = parse(base_text);
	yaml_set(root, "functions.conv1", "{memory_mb: [1]}", place, &arena, &diag);
	struct yaml_node *set = yaml_get(yaml_get(root, "functions"), "conv1");
	t_str(set->place.file, "--set", "the new node has the given place");
	t_str(yaml_get(set, "memory_mb")->first->place.file, "--set", "and so have those below it");
	t_int(set->place.line, 0, "with its line");
	t_str(set->key, "conv1", "the key stays");
}

static void test_set_mistakes(void)
{
	static const struct {
		const char *key;
		const char *value;
		const char *said;
	} cases[] = {
		{"name.x", "1", "'name.x' cannot be set: 'name' is text 'x', not a mapping"},
		{"era.x.y", "1", "'era.x.y' cannot be set: 'era' is number 2019, not a mapping"},
		{"stages.aa.size", "1", "no element 'aa' in the list 'stages'; did you mean 'a'?"},
		{"stages.zebra.size", "1", "no element 'zebra' in the list 'stages', which has 3"},
		{"stages.3", "1", "no element '3' in the list 'stages', which has 3"},
		{"list.-1", "1", "no element '-1' in the list 'list', which has 2"},
		{"a..b", "1", "'a..b' has an empty part; keys are joined by single dots"},
		{"", "1", "'' has an empty part; keys are joined by single dots"},
		{"a.", "1", "'a.' has an empty part; keys are joined by single dots"},
		{"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c.d.e.f.g", "1",
		 "'a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c...' has more than 32 parts"},
		{"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c.d.e.f", "[]",
		 "'a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c...' would be nested more than 32 "
		 "levels deep, the most that is "
		 "allowed"},
		{"era", "", "no value for 'era'; write \"\" for an empty text, null for none"},
		{"era", " \n", "no value for 'era'; write \"\" for an empty text, null for none"},
		{"era", "[1",
		 "in the value of 'era': did not find expected ',' or ']' (while parsing a flow sequence "
		 "that began on line 1)"},
		{"era", "{a: 1, a: 2}", "in the value of 'era': duplicate key 'a' (first on line 1)"},
		{"era", "&x 1", "in the value of 'era': anchors and aliases are not allowed"},
	};
	struct diag_place place = {"--set", 0, 0};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct diag mistakes;
		diag_init(&mistakes);
		struct yaml_node *root = parse(base_text);
		t_ok(!yaml_set(root, cases[i].key, cases[i].value, place, &arena, &mistakes), "%s=%s", cases[i].key,
		     cases[i].value);
		t_ok(mistakes.count == 1 && mistakes.entries[0].place.file == place.file,
		     "is one mistake at its place");
		t_str(mistakes.entries[0].text, cases[i].said, "in these words");
		t_ok(yaml_equal(root, parse(base_text)), "and the tree is as it was");
		diag_release(&mistakes);
	}
}

/* A value from another tree, and one that is part of the changed tree itself. */
static void test_set_node(void)
{
	struct yaml_node *root = parse("a: {b: 1}\n");
	struct yaml_node *value = parse("\n\n{c: 2}\n");
	struct diag_place place = {"sweep", 9, 9};
	t_ok(yaml_set_node(root, "a.d", value, place, &arena, &diag), "set to a tree");
	t_int(yaml_get(yaml_get(root, "a"), "d")->place.line, 3, "which keeps its places");
	t_ok(yaml_set_node(root, "a.self", root, place, &arena, &diag), "set to the whole tree itself");
	t_str(written(root), "a:\n  b: 1\n  d:\n    c: 2\n  self:\n    a:\n      b: 1\n      d:\n        c: 2\n",
	      "which is copied first");
}

int main(void)
{
	arena_init(&arena);
	diag_init(&diag);
	test_write();
	test_equal();
	test_copy();
	test_set();
	test_set_mistakes();
	test_set_node();
	diag_release(&diag);
	arena_release(&arena);
	return t_done();
}
