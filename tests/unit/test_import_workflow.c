/*
 * Blocks made of random state machines allow what the machines allow, and nothing else: the same orders of states, all
 * of which are paid for, up to a length. Machines that have no blocks are refused with a reason.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/check.h"
#include "deploy/import.h"
#include "doc/yaml.h"
#include "tests/tap.h"

enum {
	STATES = 7,
	MACHINES = 4000,
	LENGTH_MAX = 11, /* of an order */
	SILENT_MAX = 24, /* steps that are no states between two that are */
	ORDERS_MAX = 4000,
	NODES_MAX = 4000,
	WAYS_MAX = 4,
};

/* Both a machine and its blocks as a graph: a letter for what is a transition, or 0; and what may follow. */
struct node {
	char letter;
	int ways[WAYS_MAX];
	int way_count;
};

struct graph {
	struct node nodes[NODES_MAX];
	int count;
	int start;
};

enum { END = -1 };

struct orders {
	char (*texts)[LENGTH_MAX + 1];
	size_t count;
	bool is_full;
};

static unsigned long long luck = 88172645463325252ULL;

static unsigned draw(unsigned below)
{
	luck ^= luck << 13;
	luck ^= luck >> 7;
	luck ^= luck << 17;
	return (unsigned)(luck >> 33) % below;
}

static void walk(const struct graph *graph, int at, int silent, char *order, size_t length, struct orders *out)
{
	if (at == END) {
		order[length] = '\0';
		if (out->count == ORDERS_MAX)
			out->is_full = true;
		else
			memcpy(out->texts[out->count++], order, length + 1);
		return;
	}
	const struct node *node = &graph->nodes[at];
	if (node->letter && length == LENGTH_MAX)
		return;
	if (node->letter) {
		order[length++] = node->letter;
		silent = 0;
	}
	for (int i = 0; i < node->way_count && silent < SILENT_MAX && !out->is_full; i++)
		walk(graph, node->ways[i], silent + 1, order, length, out);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Sorted, each once. */
static void list_orders(const struct graph *graph, struct orders *out)
{
	char order[LENGTH_MAX + 2];
	out->count = 0;
	out->is_full = false;
	walk(graph, graph->start, 0, order, 0, out);
	qsort(out->texts, out->count, sizeof *out->texts, by_text);
	size_t kept = 0;
	for (size_t i = 0; i < out->count; i++)
		if (kept == 0 || strcmp(out->texts[kept - 1], out->texts[i]) != 0)
			memcpy(out->texts[kept++], out->texts[i], sizeof *out->texts);
	out->count = kept;
}

enum kind { TASK, CHOICE, SUCCEED, FAIL };
static const char letters[] = {0, 'c', 's', '!'};

static void mark_reached(const struct graph *graph, int at, bool *is_reached)
{
	if (at == END || is_reached[at])
		return;
	is_reached[at] = true;
	for (int i = 0; i < graph->nodes[at].way_count; i++)
		mark_reached(graph, graph->nodes[at].ways[i], is_reached);
}

/* Tasks A, B, ..., choices C0, C1, ..., ends E0, ... and failures F0, ...; ways lead on, or sometimes back. */
static void make_graph(struct graph *graph, enum kind *kinds)
{
	graph->count = STATES;
	graph->start = 0;
	for (int i = 0; i < STATES; i++) {
		struct node *node = &graph->nodes[i];
		unsigned kind = draw(12);
		kinds[i] = i == STATES - 1 ? SUCCEED
			   : kind < 5      ? TASK
			   : kind < 10     ? CHOICE
			   : kind < 11     ? SUCCEED
					   : FAIL;
		*node = (struct node){.letter = kinds[i] == TASK ? (char)('A' + i) : letters[kinds[i]]};
		node->way_count = kinds[i] == CHOICE ? 2 + (int)draw(3) : 1;
		for (int k = 0; k < node->way_count; k++) {
			int on = i + 1 + (int)draw(3);
			int to = draw(6) == 0 ? (int)draw(STATES) : on < STATES ? on : STATES - 1;
			node->ways[k] = kinds[i] == SUCCEED || kinds[i] == FAIL ? END : to;
		}
	}
}

static const char *name_of(int state, enum kind kind, char name[8])
{
	if (kind == TASK)
		snprintf(name, 8, "%c", 'A' + state);
	else
		snprintf(name, 8, "%c%d", " CEF"[kind], state);
	return name;
}

static void write_machine(const struct graph *graph, const enum kind *kinds, struct buf *text)
{
	static const char *const types[] = {"Task", "Choice", "Succeed", "Fail"};
	bool is_reached[STATES] = {false};
	char name[8];
	mark_reached(graph, graph->start, is_reached);
	buf_clear(text);
	buf_printf(text, "{\"StartAt\": \"%s\", \"States\": {", name_of(0, kinds[0], name));
	for (int i = 0; i < STATES; i++) {
		const struct node *node = &graph->nodes[i];
		if (!is_reached[i])
			continue;
		buf_printf(text, "%s\"%s\": {\"Type\": \"%s\"", i > 0 ? ", " : "", name_of(i, kinds[i], name),
			   types[kinds[i]]);
		if (kinds[i] == TASK)
			buf_printf(text, ", \"Resource\": \"f\", \"Next\": \"%s\"",
				   name_of(node->ways[0], kinds[node->ways[0]], name));
		for (int k = 0; k < node->way_count && kinds[i] == CHOICE; k++)
			buf_printf(text, "%s{\"Next\": \"%s\"}%s", k == 0 ? ", \"Choices\": [" : ", ",
				   name_of(node->ways[k], kinds[node->ways[k]], name),
				   k + 1 == node->way_count ? "]" : "");
		buf_add(text, "}");
	}
	buf_add(text, "}}");
}

static int new_node(struct graph *graph, char letter)
{
	CHECK(graph->count < NODES_MAX);
	graph->nodes[graph->count] = (struct node){.letter = letter};
	return graph->count++;
}

static void add_way(struct graph *graph, int node, int to)
{
	CHECK(graph->nodes[node].way_count < WAYS_MAX);
	graph->nodes[node].ways[graph->nodes[node].way_count++] = to;
}

static int add_steps(struct graph *graph, const struct yaml_node *steps, int behind);

static int add_step(struct graph *graph, const struct yaml_node *step, int behind)
{
	const struct yaml_node *choice = yaml_get(step, "choice");
	const struct yaml_node *loop = yaml_get(step, "loop");
	const char *name = yaml_get(step, "name")->text;
	if (choice) {
		int node = new_node(graph, yaml_get(step, "own_state") ? '\0' : 'c');
		for (const struct yaml_node *branch = choice->first; branch; branch = branch->next)
			add_way(graph, node,
				add_steps(graph, yaml_get(branch, "steps"), yaml_get(branch, "ends") ? END : behind));
		return node;
	}
	if (loop) {
		int end = new_node(graph, 'c');
		int body = add_steps(graph, yaml_get(loop, "steps"), end);
		add_way(graph, end, body);
		add_way(graph, end, behind);
		return body;
	}
	static const char kinds[] = " CEF";
	bool is_fail = yaml_get(step, "fail") != NULL;
	bool is_task = yaml_get(step, "task") != NULL;
	int node = new_node(graph, is_task ? name[0] : letters[strchr(kinds, name[0]) - kinds]);
	add_way(graph, node, is_fail ? END : behind);
	return node;
}

/* From the last step on. */
static int add_steps(struct graph *graph, const struct yaml_node *steps, int behind)
{
	const struct yaml_node *all[256];
	size_t count = 0;
	for (const struct yaml_node *step = steps ? steps->first : NULL; step; step = step->next) {
		CHECK(count < ARRAY_LEN(all));
		all[count++] = step;
	}
	while (count > 0)
		behind = add_step(graph, all[--count], behind);
	return behind;
}

/* Whether the machine has blocks. */
static bool read_blocks(const struct buf *text, struct graph *out, bool *is_refused)
{
	static const struct platform platform = {.name = "test"};
	char path[64];
	int fd = memfd_create("machine", 0);
	CHECK(fd >= 0 && write(fd, buf_text(text), text->length) == (ssize_t)text->length);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	const struct import_request request = {
		.path = path, .platform = &platform, .platform_name = "test", .version = "1.0"};
	struct arena arena;
	struct diag diag;
	struct buf experiment;
	bool io_failed;
	arena_init(&arena);
	diag_init(&diag);
	buf_init(&experiment);
	bool ok = import_template(&request, &arena, &diag, &experiment, &io_failed);
	*is_refused = !ok && diag_has_errors(&diag);
	if (ok) {
		const struct yaml_node *root =
			yaml_parse("blocks", buf_text(&experiment), experiment.length, &arena, &diag);
		CHECK(root);
		out->count = 0;
		out->start = add_steps(out, yaml_get(yaml_get(root, "workflow"), "steps"), END);
	}
	buf_release(&experiment);
	diag_release(&diag);
	arena_release(&arena);
	close(fd);
	return ok;
}

static bool same_orders(const struct orders *a, const struct orders *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->texts[i], b->texts[i]) != 0)
			return false;
	return true;
}

int main(void)
{
	struct graph *machine = mem_alloc(sizeof *machine);
	struct graph *blocks = mem_alloc(sizeof *blocks);
	struct orders expected = {.texts = mem_alloc(ORDERS_MAX * sizeof *expected.texts)};
	struct orders found = {.texts = mem_alloc(ORDERS_MAX * sizeof *found.texts)};
	enum kind kinds[STATES];
	struct buf text;
	int accepted = 0;
	int looping = 0;
	int wrong = 0;
	int unexplained = 0;
	buf_init(&text);
	for (int i = 0; i < MACHINES; i++) {
		bool is_refused;
		make_graph(machine, kinds);
		write_machine(machine, kinds, &text);
		if (!read_blocks(&text, blocks, &is_refused)) {
			unexplained += !is_refused;
			continue;
		}
		list_orders(machine, &expected);
		list_orders(blocks, &found);
		if (expected.is_full || found.is_full)
			continue;
		accepted++;
		for (size_t k = 0; k < expected.count; k++)
			looping += strlen(expected.texts[k]) == LENGTH_MAX;
		if (!same_orders(&expected, &found) && wrong++ < 3)
			printf("# %s\n", buf_text(&text));
	}
	t_ok(accepted > MACHINES / 4, "%d random machines have blocks", accepted);
	t_ok(looping > 100, "orders of %d states come of loops: %d", LENGTH_MAX, looping);
	t_int(wrong, 0, "each allows the orders of states that its machine does");
	t_int(unexplained, 0, "and what has none is refused with words");
	buf_release(&text);
	mem_free(found.texts);
	mem_free(expected.texts);
	mem_free(blocks);
	mem_free(machine);
	return t_done();
}
