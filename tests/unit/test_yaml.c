/* Reading YAML: every message in its exact words at its exact place, and the bounds. */
#include <time.h>

#include "base/buf.h"
#include "base/check.h"
#include "doc/yaml.h"
#include "tests/tap.h"

/* What diag_print says of a document, NULL-free; *root tells whether there is a tree. */
static const char *mistakes_of(const char *text, size_t length, bool *has_tree)
{
	static char printed[65536];
	struct arena arena;
	struct diag diag;
	arena_init(&arena);
	diag_init(&diag);
	*has_tree = yaml_parse("f.yaml", text, length, &arena, &diag) != NULL;
	memset(printed, 0, sizeof printed);
	FILE *stream = fmemopen(printed, sizeof printed - 1, "w");
	diag_print(&diag, stream);
	fclose(stream);
	diag_release(&diag);
	arena_release(&arena);
	return printed;
}

static void test_messages(void)
{
	static const struct {
		const char *text;
		const char *said;
		bool has_tree;
	} cases[] = {
		{"a: 1\nb: [2, {c: 3}]\n", "", true},
		{"", "f.yaml: the document is empty\n", false},
		{"# only a remark\n", "f.yaml: the document is empty\n", false},
		{"---\n...\n", "f.yaml: the document is empty\n", false},
		{"a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document; only one is allowed in a file\n", true},
		{"a: 1\nb: 2\n\na: 3\n", "f.yaml:4:1: duplicate key 'a' (first on line 1)\n", true},
		{"- {a: 1, a: 2, \"a\": 3}\n",
		 "f.yaml:1:10: duplicate key 'a' (first on line 1)\n"
		 "f.yaml:1:16: duplicate key 'a' (first on line 1)\n",
		 true},
		{"base: &x {a: 1}\nb: *x\n", "f.yaml:1:7: anchors and aliases are not allowed\n", false},
		{"a: 1\nb: *x\n", "f.yaml:2:4: anchors and aliases are not allowed\n", false},
		{"a: !!int 5\nb: !own {c: !x [1]}\n",
		 "f.yaml:1:4: tags are not allowed\n"
		 "f.yaml:2:4: tags are not allowed\n"
		 "f.yaml:2:13: tags are not allowed\n",
		 true},
		{"{[1, 2]: 3, b: 4, b: 5}\n",
		 "f.yaml:1:2: a key must be text, not a list\n"
		 "f.yaml:1:19: duplicate key 'b' (first on line 1)\n",
		 true},
		{"? {a: 1}\n: x\n", "f.yaml:1:3: a key must be text, not a mapping\n", true},
		{"a: [1, 2\nb: 3\n",
		 "f.yaml:2:2: did not find expected ',' or ']' (while parsing a flow sequence that began on line 1)\n",
		 false},
		{"a: b: c\n", "f.yaml:1:5: mapping values are not allowed in this context\n", false},
		{"a:\n\t- 1\n", "f.yaml:2:1: a tab indents this line; YAML is indented by blanks: write two for it\n",
		 false},
		{"a: 'never closed\n\n",
		 "f.yaml:3:1: found unexpected end of stream (while scanning a quoted scalar that began on line 1)\n",
		 false},
		{"é: \xff\n", "f.yaml:1:4: invalid leading UTF-8 octet\n", false},
		{"a: \x01\n", "f.yaml:1:4: control characters are not allowed\n", false},
		{"a: \"x\\0y\"\n", "f.yaml:1:4: a text with a zero byte\n", true},
		{"\xff\xfe"
		 "a",
		 "f.yaml:1:1: invalid leading UTF-8 octet\n", false},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool has_tree;
		t_str(mistakes_of(cases[i].text, strlen(cases[i].text), &has_tree), cases[i].said, cases[i].text);
		t_ok(has_tree == cases[i].has_tree, "%s tree", cases[i].has_tree ? "a" : "no");
	}
}

static void add_times(struct buf *buf, const char *piece, size_t times)
{
	for (size_t i = 0; i < times; i++)
		buf_add(buf, piece);
}

static void test_depth(void)
{
	struct buf buf;
	bool has_tree;
	buf_init(&buf);
	add_times(&buf, "[", YAML_DEPTH_MAX);
	add_times(&buf, "]", YAML_DEPTH_MAX);
	t_str(mistakes_of(buf.text, buf.length, &has_tree), "", "16 levels are read");
	buf_clear(&buf);
	add_times(&buf, "[", YAML_DEPTH_MAX + 1);
	add_times(&buf, "]", YAML_DEPTH_MAX + 1);
	t_str(mistakes_of(buf.text, buf.length, &has_tree),
	      "f.yaml:1:33: nested more than 32 levels deep, the most that is allowed\n", "17 are not");
	buf_release(&buf);
}

static void test_sizes(void)
{
	struct buf buf;
	bool has_tree;
	buf_init(&buf);
	buf_add(&buf, "a: ");
	add_times(&buf, "x", YAML_SCALAR_BYTES_MAX);
	t_str(mistakes_of(buf.text, buf.length, &has_tree), "", "a text of 4096 bytes");
	buf_add(&buf, "y");
	t_str(mistakes_of(buf.text, buf.length, &has_tree),
	      "f.yaml:1:4: a text of 4097 bytes; at most 4096 are allowed\n", "a text of one more");
	buf_clear(&buf);
	add_times(&buf, "k", YAML_KEY_BYTES_MAX + 1);
	buf_add(&buf, ": 1");
	t_str(mistakes_of(buf.text, buf.length, &has_tree), "f.yaml:1:1: a key of 201 bytes; at most 200 are allowed\n",
	      "a long key");
	buf_clear(&buf);
	/* The list is a node too. */
	add_times(&buf, "- 1\n", YAML_NODES_MAX - 1);
	t_str(mistakes_of(buf.text, buf.length, &has_tree), "", "100,000 nodes");
	buf_add(&buf, "- 1\n");
	t_str(mistakes_of(buf.text, buf.length, &has_tree),
	      "f.yaml:100000:3: more than 100000 keys and values, the most that are read\n", "one more");
	buf_clear(&buf);
	add_times(&buf, "# 34567890123456789012345678901\n", YAML_BYTES_MAX / 32);
	t_str(mistakes_of(buf.text, buf.length, &has_tree), "f.yaml: the document is empty\n", "4 MiB");
	buf_add(&buf, "#");
	t_str(mistakes_of(buf.text, buf.length, &has_tree), "f.yaml: 4194305 bytes; at most 4194304 are read\n",
	      "4 MiB and a byte");
	buf_release(&buf);
}

/* Nine to the seventh values for whoever follows the aliases. */
static void test_anchor_bomb(void)
{
	struct buf buf;
	bool has_tree;
	buf_init(&buf);
	buf_add(&buf, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 8; i++) {
		buf_printf(&buf, "a%d: &a%d [", i, i);
		for (int k = 0; k < 9; k++)
			buf_printf(&buf, "%s*a%d", k > 0 ? ", " : "", i - 1);
		buf_add(&buf, "]\n");
	}
	t_str(mistakes_of(buf.text, buf.length, &has_tree), "f.yaml:1:5: anchors and aliases are not allowed\n",
	      "an anchor bomb is refused at the first anchor");
	buf_release(&buf);
}

/* 4 MB of one piece each; quadratic work on any would take minutes. */
static void test_hostile(void)
{
	static const char *const pieces[] = {
		"[", "{", "- ", "? ", "a: ", "\"",  "'",   "[a, ",   "{a: ", "|\n", "a: 1\n", "- a\n", "#\n", "\n",
		" ", "a", ",",  "!",  "&a ", "*a ", "%\n", "--- \n", "\xc3", "\\",  ": ",     "-",     "\t"};
	struct buf buf;
	buf_init(&buf);
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		bool has_tree;
		buf_clear(&buf);
		while (buf.length + strlen(pieces[i]) <= YAML_BYTES_MAX)
			buf_add(&buf, pieces[i]);
		clock_t start = clock();
		mistakes_of(buf.text, buf.length, &has_tree);
		double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
		if (!t_ok(seconds < 10, "4 MB of '%s'", pieces[i]))
			printf("#   took %g s\n", seconds);
	}
	buf_clear(&buf);
	for (int i = 0; i < YAML_NODES_MAX / 2 - 1; i++)
		buf_printf(&buf, "key%d: 1\n", i % 40000);
	bool has_tree;
	t_has(mistakes_of(buf.text, buf.length, &has_tree), "f.yaml:40001:1: duplicate key 'key0' (first on line 1)\n",
	      "thousands of duplicate keys");
	buf_release(&buf);
}

static void test_tree(void)
{
	struct arena arena;
	struct diag diag;
	arena_init(&arena);
	diag_init(&diag);
	static const char text[] =
		"\xef\xbb\xbfname: x\nlist:\n  - 1\n  - \"2\"\nmap: {k: , t: true}\ntext: |\n  a\n  b\n";
	struct yaml_node *root = yaml_parse("f", text, sizeof text - 1, &arena, &diag);
	if (!t_ok(root && root->kind == YAML_MAP && root->count == 4, "a mapping of four, after a byte order mark"))
		return;
	struct yaml_node *list = yaml_get(root, "list");
	t_ok(list->kind == YAML_LIST && list->count == 2 && list->next == yaml_get(root, "map"), "in file order");
	t_ok(list->key_place.line == 2 && list->key_place.column == 1, "a key's place");
	t_ok(list->place.line == 3 && list->place.column == 3, "a list's place");
	t_ok(list->first->next->place.line == 4 && list->first->next->place.column == 5, "an element's place");
	t_ok(!list->first->quoted && list->first->next->quoted, "quotes are remembered");
	t_str(yaml_get(root, "text")->text, "a\nb\n", "a block scalar");
	t_ok(yaml_get(root, "none") == NULL && yaml_get(list, "k") == NULL && yaml_get(NULL, "k") == NULL,
	     "what is not there");
	t_str(yaml_describe(root, &arena), "a mapping", "a mapping in words");
	t_str(yaml_describe(list, &arena), "a list", "a list");
	t_str(yaml_describe(list->first, &arena), "number 1", "a number");
	t_str(yaml_describe(list->first->next, &arena), "text '2'", "a quoted number is text");
	t_str(yaml_describe(yaml_get(yaml_get(root, "map"), "k"), &arena), "nothing", "nothing");
	t_str(yaml_describe(yaml_get(yaml_get(root, "map"), "t"), &arena), "true", "a boolean");
	diag_release(&diag);
	arena_release(&arena);
}

static void test_types(void)
{
	static const struct {
		const char *text;
		enum yaml_type type;
	} cases[] = {
		{"~", YAML_TYPE_NULL},      {"Null", YAML_TYPE_NULL},   {"nULL", YAML_TYPE_TEXT},
		{"True", YAML_TYPE_BOOL},   {"yes", YAML_TYPE_TEXT},    {"1e3", YAML_TYPE_NUMBER},
		{"010", YAML_TYPE_TEXT},    {".inf", YAML_TYPE_NUMBER}, {"-.INF", YAML_TYPE_NUMBER},
		{".nan", YAML_TYPE_NUMBER}, {"0x1f", YAML_TYPE_TEXT},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct yaml_node node = {.text = cases[i].text};
		t_int(yaml_type_of(&node), cases[i].type, cases[i].text);
		node.quoted = true;
		t_int(yaml_type_of(&node), YAML_TYPE_TEXT, "and in quotes it is text");
	}
}

static void test_read(void)
{
	struct arena arena;
	struct diag diag;
	bool io_failed = false;
	arena_init(&arena);
	diag_init(&diag);
	t_ok(!yaml_read("/no/such", &arena, &diag, &io_failed) && io_failed, "a file that is not there");
	t_str(diag.entries[0].text, "cannot open '/no/such': No such file or directory", "says so");
	t_ok(diag.count == 1 && diag.entries[0].place.file == NULL, "once, without a place");
	t_ok(!yaml_read("/dev/null", &arena, &diag, &io_failed) && !io_failed, "an empty file is the user's mistake");
	t_str(diag.entries[1].place.file, "/dev/null", "in that file");
	diag_release(&diag);
	arena_release(&arena);
}

int main(void)
{
	test_messages();
	test_depth();
	test_sizes();
	test_anchor_bomb();
	test_hostile();
	test_tree();
	test_types();
	test_read();
	return t_done();
}
