#include "scenario/workflow_section.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "platform/quantiles.h"
#include "scenario/function_name.h"
#include "scenario/workflow_check.h"
#include "scenario/workflow_column.h"

/* A kB of state has 1024 bytes. */
static const double BYTES_PER_KB = 1024;

static const struct bind_field workflow_fields[] = {
	BIND_FIELD(struct workflow_section, kind, BIND_CHOICE, .fallback = "standard", .choices = workflow_kind_names,
		   .help = "the platform's workflow service, as standard or express; none: functions call each other; "
			   "durable: a durable function calls them"),
	BIND_FIELD(struct workflow_section, payload_kb, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e6,
		   .help = "what comes with a record and what a task hands on that says nothing, kB of 1024 bytes"),
	BIND_FIELD(struct workflow_section, resource, BIND_TEXT, .fallback = "", .is_label = true,
		   .help = "what deployment files call the state machine, for plan --emit"),
	BIND_FIELD(struct workflow_section, steps, BIND_NODE, .required = true,
		   .help = "in order: tasks, parallel, map, choice, loop, wait and fail, see WORKFLOWS"),
	BIND_END,
};

const struct bind_schema workflow_section_schema = {
	.title = "workflow",
	.bytes = sizeof(struct workflow_section),
	.fields = workflow_fields,
};

/* --- one step as it is written --- */

enum data_place { DATA_PAYLOAD, DATA_STORE };
static const char *const data_names[] = {[DATA_PAYLOAD] = "payload", [DATA_STORE] = "store", NULL};
static const char *const child_names[] = {[WORKFLOW_STANDARD] = "standard", [WORKFLOW_EXPRESS] = "express", NULL};

struct map_entry {
	const struct yaml_node *items;
	int64_t concurrency;
	bool distributed;
	int children;
	int64_t batch;
	const struct yaml_node *steps;
};

struct loop_entry {
	double again;
	int64_t at_most;
	const struct yaml_node *steps;
};

struct wait_entry {
	double seconds;
};

struct choice_entry {
	double probability;
	const struct yaml_node *is;
	const struct yaml_node *steps;
	bool ends;
};

struct step_entry {
	const char *task;
	const struct yaml_node *parallel;
	struct map_entry map;
	const struct yaml_node *choice;
	bool own_state;
	const char *machine; /* "": none */
	struct loop_entry loop;
	struct wait_entry wait;
	const char *fail;
	const char *name;
	double payload_kb;
	int data; /* enum data_place */
	const struct yaml_node *writes;
	struct retry_rule retry;
	const struct yaml_node *catch;
	bool async;
	const struct yaml_node *column;
};

static const struct bind_field map_fields[] = {
	BIND_FIELD(
		struct map_entry, items, BIND_NODE, .required = true,
		.help = "a number, {probability: [...], value: [...]}, {written_by: TASK or source}, {column: NAME}"),
	BIND_FIELD(struct map_entry, concurrency, BIND_INT, .fallback = "0", .min = 0, .max = 1000000,
		   .help = "items, or batches of them, at once; 0: the platform's most"),
	BIND_FIELD(struct map_entry, distributed, BIND_BOOL, .fallback = "false",
		   .help = "each item, or batch, is an execution of its own"),
	BIND_FIELD(struct map_entry, children, BIND_CHOICE, .fallback = "standard", .choices = child_names,
		   .help = "kind of these executions"),
	BIND_FIELD(struct map_entry, batch, BIND_INT, .fallback = "1", .min = 1, .max = 1000,
		   .help = "items that such an execution gets at once"),
	BIND_FIELD(struct map_entry, steps, BIND_NODE, .required = true, .help = "what is done with each"),
	BIND_END,
};
static const struct bind_schema map_schema = {.title = "map", .bytes = sizeof(struct map_entry), .fields = map_fields};

static const struct bind_field loop_fields[] = {
	BIND_FIELD(struct loop_entry, again, BIND_DOUBLE, .fallback = "1", .min = 0, .max = 1,
		   .help = "probability of a further round"),
	BIND_FIELD(struct loop_entry, at_most, BIND_INT, .required = true, .min = 1, .max = 1000000,
		   .help = "rounds in all"),
	BIND_FIELD(struct loop_entry, steps, BIND_NODE, .required = true, .help = "of a round"),
	BIND_END,
};
static const struct bind_schema loop_schema = {
	.title = "loop", .bytes = sizeof(struct loop_entry), .fields = loop_fields};

static const struct bind_field wait_fields[] = {
	BIND_FIELD(struct wait_entry, seconds, BIND_DOUBLE, .required = true, .min = 0, .max = 31622400,
		   .help = "how long"),
	BIND_END,
};
static const struct bind_schema wait_schema = {
	.title = "wait", .bytes = sizeof(struct wait_entry), .fields = wait_fields};

static const struct bind_field choice_fields[] = {
	BIND_FIELD(struct choice_entry, probability, BIND_DOUBLE, .min = 0, .max = 1,
		   .help = "of this branch; one may leave it out and gets the rest"),
	BIND_FIELD(struct choice_entry, is, BIND_NODE,
		   .help = "beside 'column': the value, or list of them, that take this branch; one may leave it out"),
	BIND_FIELD(struct choice_entry, steps, BIND_NODE, .help = "nothing is done where there are none"),
	BIND_FIELD(
		struct choice_entry, ends, BIND_BOOL, .fallback = "false",
		.help = "what stands behind the choice is not done: the execution ends, or the item or the branch of "
			"'parallel' that it stands in"),
	BIND_END,
};
static const struct bind_schema choice_schema = {
	.title = "a choice", .bytes = sizeof(struct choice_entry), .fields = choice_fields};

static const struct bind_field retry_fields[] = {
	BIND_FIELD(struct retry_rule, attempts, BIND_INT, .fallback = "3", .min = 0, .max = 1000,
		   .help = "after the first one"),
	BIND_FIELD(struct retry_rule, interval_seconds, BIND_DOUBLE, .fallback = "1", .min = 0, .max = 31622400,
		   .help = "rest before the first of them"),
	BIND_FIELD(struct retry_rule, backoff, BIND_DOUBLE, .fallback = "2", .min = 1, .max = 1000,
		   .help = "each further rest over the one before"),
	BIND_FIELD(struct retry_rule, max_delay_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 31622400,
		   .help = "the longest rest; 0: no bound"),
	BIND_END,
};
static const struct bind_schema retry_schema = {
	.title = "retry", .bytes = sizeof(struct retry_rule), .fields = retry_fields};

static const struct bind_field step_fields[] = {
	BIND_FIELD(struct step_entry, task, BIND_TEXT, .fallback = "", .help = "a function that is called"),
	BIND_FIELD(struct step_entry, parallel, BIND_NODE, .help = "a list of branches, each a list of steps"),
	BIND_FIELD(struct step_entry, map, BIND_STRUCT, .schema = &map_schema, .help = "steps for each of some items"),
	BIND_FIELD(struct step_entry, choice, BIND_NODE, .help = "a list of branches, of which one is taken"),
	BIND_FIELD(struct step_entry, own_state, BIND_BOOL, .fallback = "true",
		   .help = "of a choice or wait; false: it is part of the state before it, no transition"),
	BIND_FIELD(struct step_entry, machine, BIND_TEXT, .fallback = "",
		   .help = "of a parallel that is an execution of its own: what deployment files call its machine"),
	BIND_FIELD(struct step_entry, loop, BIND_STRUCT, .schema = &loop_schema, .help = "steps that are repeated"),
	BIND_FIELD(struct step_entry, wait, BIND_STRUCT, .schema = &wait_schema, .help = "time that passes"),
	BIND_FIELD(struct step_entry, fail, BIND_TEXT, .fallback = "",
		   .help = "an error, by which the execution, or the item or branch that it stands in, fails here"),
	BIND_FIELD(struct step_entry, name, BIND_TEXT, .fallback = "",
		   .help = "by default the function's, or its kind"),
	BIND_FIELD(struct step_entry, payload_kb, BIND_DOUBLE, .min = 0, .max = 1e6,
		   .help = "what it hands on; of a block, by default all that its branches do"),
	BIND_FIELD(struct step_entry, data, BIND_CHOICE, .fallback = "payload", .choices = data_names,
		   .help = "where a task's result goes: on with the state, or into the object store"),
	BIND_FIELD(struct step_entry, writes, BIND_NODE, .help = "items that a task makes for a map that names it"),
	BIND_FIELD(struct step_entry, retry, BIND_STRUCT, .schema = &retry_schema, .help = "what follows a failure"),
	BIND_FIELD(struct step_entry, catch, BIND_NODE, .help = "steps that follow a failure that no retry mends"),
	BIND_FIELD(struct step_entry, column, BIND_NODE,
		   .help = "of a choice: the column of the trace that says which branch a request takes"),
	BIND_FIELD(struct step_entry, async, BIND_BOOL, .fallback = "false",
		   .help = "a task is done when its call is queued; nobody waits for it"),
	BIND_END,
};
static const struct bind_schema step_schema = {
	.title = "a step", .bytes = sizeof(struct step_entry), .fields = step_fields};

/* --- from entries to a graph --- */

struct compiler {
	const struct workflow_surroundings *around;
	int kind;
	int64_t payload_bytes;
	struct arena *arena;
	struct diag *diag;
	struct graph *graph;
	const struct yaml_node **nodes; /* of each step */
};

/* Where a step stands. */
struct standing {
	int32_t around;
	int32_t scope;
};

static int32_t compile_sequence(struct compiler *compiler, const struct yaml_node *list, struct standing at);

static int64_t bytes_of_kb(double kb)
{
	return llround(kb * BYTES_PER_KB);
}

/* At least as many as there are steps below the node. */
static size_t count_nodes(const struct yaml_node *node)
{
	size_t count = node->kind == YAML_MAP;
	for (const struct yaml_node *child = node->kind == YAML_SCALAR ? NULL : node->first; child; child = child->next)
		count += count_nodes(child);
	return count;
}

/* A list of steps with at least one of them. */
static bool check_steps(const struct compiler *compiler, const struct yaml_node *list, const char *of)
{
	if (list && list->kind == YAML_LIST && list->count > 0)
		return true;
	if (list)
		diag_error(compiler->diag, list->place, "%s must be a list of steps, not %s", of,
			   list->kind == YAML_LIST ? "an empty one" : yaml_describe(list, compiler->arena));
	return false;
}

static size_t new_branches(struct compiler *compiler, size_t count, struct diag_place place)
{
	struct graph *graph = compiler->graph;
	if (graph->branch_count + count > GRAPH_BRANCHES_MAX) {
		diag_error(compiler->diag, place, "a workflow can have at most %d branches", GRAPH_BRANCHES_MAX);
		return GRAPH_BRANCHES_MAX;
	}
	size_t first = graph->branch_count;
	graph->branch_count += count;
	return first;
}

/* A step's only branch. */
static void compile_body(struct compiler *compiler, int32_t index, const struct yaml_node *list, const char *of)
{
	struct graph *graph = compiler->graph;
	size_t first = new_branches(compiler, 1, list->place);
	if (first == GRAPH_BRANCHES_MAX || !check_steps(compiler, list, of))
		return;
	graph->steps[index].first_branch = (uint32_t)first;
	graph->steps[index].branch_count = 1;
	int32_t body = compile_sequence(compiler, list, (struct standing){index, index});
	graph->branches[first] = (struct step_branch){.first = body, .probability = 1};
}

static struct column_reader column_reader_of(const struct compiler *compiler)
{
	const struct workflow_surroundings *around = compiler->around;
	return (struct column_reader){around->trace, around->messages_max > 0, compiler->arena, compiler->diag};
}

/* A number of items, or how they are distributed. */
static void read_count(struct compiler *compiler, const struct yaml_node *node, const char *key, double most,
		       struct item_count *out)
{
	struct quantiles *quantiles = ARENA_NEW(compiler->arena, struct quantiles);
	size_t errors_before = compiler->diag->error_count;
	if (node->kind == YAML_MAP) {
		bind_map(&quantiles_schema, node, quantiles, compiler->arena, compiler->diag);
		if (compiler->diag->error_count != errors_before)
			return;
		out->drawn = quantiles->table;
	} else if (node->kind != YAML_SCALAR || node->quoted || !num_parse_int64(node->text, &out->number)) {
		diag_error(compiler->diag, node->place,
			   "'%s' must be a whole number or {probability: [...], value: "
			   "[...]}, not %s",
			   key, yaml_describe(node, compiler->arena));
		return;
	}
	if (item_count_max(out) < 1)
		diag_error(compiler->diag, node->place, "'%s' is %lld: a map over nothing does nothing; leave it out",
			   key, (long long)item_count_max(out));
	else if ((double)item_count_max(out) > most)
		diag_error(compiler->diag, node->place, "'%s' is %lld, more than %.0f", key,
			   (long long)item_count_max(out), most);
}

static const double ITEMS_MAX = 1e7;

/* Whether a step of the sequence that `inner` stands in, or of one around it, is `outer`'s neighbour. */
static bool is_behind(const struct graph *graph, int32_t inner, int32_t outer)
{
	for (int32_t at = inner; at >= 0; at = graph->steps[at].around)
		if (graph->steps[at].around == graph->steps[outer].around)
			return true;
	return false;
}

/* The task that writes a map's items must have run before it, where the map can see it. */
static int32_t find_writer(struct compiler *compiler, int32_t map, const struct yaml_node *node)
{
	const struct graph *graph = compiler->graph;
	const char *name = node->kind == YAML_SCALAR ? node->text : "";
	for (int32_t i = 0; i < map; i++) {
		const struct step *step = &graph->steps[i];
		if (step->kind != STEP_TASK || strcmp(step->name, name) != 0 || !is_behind(graph, map, i))
			continue;
		if (!yaml_get(compiler->nodes[i], "writes"))
			diag_error(compiler->diag, node->place,
				   "task '%s' does not say how many items it 'writes', a number or a distribution",
				   name);
		return i;
	}
	diag_error(compiler->diag, node->place, "no task '%s' stands before this map, nor before what is around it",
		   name);
	return GRAPH_END;
}

static void compile_items(struct compiler *compiler, int32_t index, const struct yaml_node *items)
{
	struct step *step = &compiler->graph->steps[index];
	const struct yaml_node *writer = yaml_get(items, "written_by");
	const struct yaml_node *column = yaml_get(items, "column");
	const struct column_reader reader = column_reader_of(compiler);
	if ((writer || column) && items->count > 1)
		diag_error(compiler->diag, items->place, "beside '%s' nothing else says how many items there are",
			   writer ? "written_by" : "column");
	bool is_by_source = writer && writer->kind == YAML_SCALAR && strcmp(writer->text, "source") == 0;
	if (is_by_source && compiler->around->messages_max > 0 && step->scope == GRAPH_END) {
		step->counts_messages = true;
		step->items.number = compiler->around->messages_max;
	} else if (writer)
		step->writer = find_writer(compiler, index, writer);
	else if (column)
		workflow_column_count(&reader, column, ITEMS_MAX, step);
	else
		read_count(compiler, items, "items", ITEMS_MAX, &step->items);
}

static void check_distribution(struct compiler *compiler, const struct map_entry *entry, const struct yaml_node *node)
{
	const struct platform *platform = compiler->around->platform;
	if (entry->distributed && compiler->kind != WORKFLOW_STANDARD)
		diag_error(compiler->diag, bind_place(node, "distributed"),
			   "only a workflow of kind 'standard' has distributed maps, not one of kind '%s'",
			   workflow_kind_names[compiler->kind]);
	if (!entry->distributed && entry->batch > 1)
		diag_error(compiler->diag, bind_place(node, "batch"),
			   "only a distributed map puts items together: 'distributed: true'");
	if (!entry->distributed && entry->children == WORKFLOW_EXPRESS)
		diag_error(compiler->diag, bind_place(node, "children"),
			   "only a distributed map has children: 'distributed: true'");
	if (entry->distributed && entry->children == WORKFLOW_EXPRESS && platform->price.usd_per_million_express == 0)
		diag_error(compiler->diag, bind_place(node, "children"), "%s says nothing of express workflows",
			   platform->name);
}

static void compile_map(struct compiler *compiler, int32_t index, const struct step_entry *entry,
			const struct yaml_node *node)
{
	const struct map_entry *map = &entry->map;
	const struct platform_workflow *limits = &compiler->around->platform->workflow;
	struct step *step = &compiler->graph->steps[index];
	const struct yaml_node *at = yaml_get(node, "map");
	bool is_bounded = workflow_is_of_service(compiler->kind);
	int64_t most = is_bounded ? workflow_map_most(limits, map->distributed) : INT64_MAX;
	if (map->concurrency > most)
		diag_error(compiler->diag, bind_place(at, "concurrency"),
			   "'concurrency' is %lld; %s runs at most %lld items of %s map at once%s",
			   (long long)map->concurrency, compiler->around->platform->name, (long long)most,
			   map->distributed ? "a distributed" : "an inline",
			   map->distributed ? "" : " (more with 'distributed: true')");
	check_distribution(compiler, map, at);
	step->concurrency = map->concurrency > 0 ? map->concurrency : most;
	step->is_distributed = map->distributed;
	step->child_kind = map->children;
	step->batch = map->batch;
	compile_items(compiler, index, map->items);
	compile_body(compiler, index, map->steps, "'steps' of a map");
}

static void compile_parallel(struct compiler *compiler, int32_t index, const struct step_entry *entry,
			     const struct yaml_node *node)
{
	const struct yaml_node *list = entry->parallel;
	struct graph *graph = compiler->graph;
	if (list->kind != YAML_LIST || list->count == 0) {
		diag_error(compiler->diag, list->place,
			   "'parallel' must be a list of branches, each a list of steps, not %s",
			   list->kind == YAML_LIST ? "an empty one" : yaml_describe(list, compiler->arena));
		return;
	}
	size_t branch = new_branches(compiler, list->count, list->place);
	if (branch == GRAPH_BRANCHES_MAX)
		return;
	graph->steps[index].first_branch = (uint32_t)branch;
	graph->steps[index].branch_count = (uint32_t)list->count;
	graph->steps[index].is_other_machine = entry->machine[0] != '\0';
	for (const struct yaml_node *item = list->first; item; item = item->next, branch++) {
		graph->branches[branch] = (struct step_branch){.first = GRAPH_END, .probability = 1};
		if (check_steps(compiler, item, "a branch of 'parallel'"))
			graph->branches[branch].first =
				compile_sequence(compiler, item, (struct standing){index, index});
	}
}

static void compile_choice(struct compiler *compiler, int32_t index, const struct step_entry *entry,
			   const struct yaml_node *node)
{
	const struct yaml_node *list = entry->choice;
	struct graph *graph = compiler->graph;
	if (list->kind != YAML_LIST || list->count == 0) {
		diag_error(compiler->diag, list->place,
			   "'choice' must be a list of branches {probability: ..., steps: [...]}, not %s",
			   list->kind == YAML_LIST ? "an empty one" : yaml_describe(list, compiler->arena));
		return;
	}
	size_t first = new_branches(compiler, list->count, list->place);
	if (first == GRAPH_BRANCHES_MAX)
		return;
	struct step *step = &graph->steps[index];
	step->first_branch = (uint32_t)first;
	step->branch_count = (uint32_t)list->count;
	step->has_no_state = !entry->own_state;
	size_t errors_before = compiler->diag->error_count;
	size_t branch = first;
	const struct column_reader reader = column_reader_of(compiler);
	for (const struct yaml_node *item = list->first; item; item = item->next, branch++) {
		struct choice_entry choice = {0};
		graph->branches[branch].first = GRAPH_END;
		if (item->kind == YAML_MAP)
			bind_map(&choice_schema, item, &choice, compiler->arena, compiler->diag);
		else
			diag_error(compiler->diag, item->place,
				   "a branch of 'choice' must be {probability: ..., steps: [...]}, not %s",
				   yaml_describe(item, compiler->arena));
		graph->branches[branch].probability = choice.probability;
		graph->branches[branch].ends = choice.ends;
		if (choice.steps && !(choice.steps->kind == YAML_LIST && choice.steps->count == 0) &&
		    check_steps(compiler, choice.steps, "'steps' of a choice"))
			graph->branches[branch].first =
				compile_sequence(compiler, choice.steps, (struct standing){index, step->scope});
		if (choice.is && !entry->column)
			diag_error(compiler->diag, choice.is->place, "'is' needs a 'column' beside 'choice'");
		for (int32_t at = graph->branches[branch].first; choice.ends && at >= 0; at = graph->steps[at].next)
			graph->steps[at].is_ending = true;
	}
	if (compiler->diag->error_count != errors_before)
		return;
	if (entry->column)
		workflow_column_choose(&reader, entry->column, list, step, &graph->branches[first]);
	else
		workflow_check_choice(list, &graph->branches[first], compiler->diag);
}

/* Behind a fail, or a choice whose branches all end. */
static void check_reached(const struct compiler *compiler, int32_t index)
{
	const struct step *step = &compiler->graph->steps[index];
	if (!graph_never_goes_on(compiler->graph, index))
		return;
	diag_error(compiler->diag, compiler->nodes[index]->place, "what stands behind %s '%s' can never be reached%s",
		   step_kind_names[step->kind], step->name,
		   step->kind == STEP_CHOICE ? ": all of its branches end or fail" : "");
}

static void compile_loop(struct compiler *compiler, int32_t index, const struct step_entry *entry,
			 const struct yaml_node *node)
{
	struct step *step = &compiler->graph->steps[index];
	step->again = entry->loop.again;
	step->at_most = entry->loop.at_most;
	compile_body(compiler, index, entry->loop.steps, "'steps' of a loop");
}

static void compile_wait(struct compiler *compiler, int32_t index, const struct step_entry *entry,
			 const struct yaml_node *node)
{
	compiler->graph->steps[index].wait_ns = ns_from_seconds(entry->wait.seconds);
	compiler->graph->steps[index].has_no_state = !entry->own_state;
}

static void compile_fail(struct compiler *compiler, int32_t index, const struct step_entry *entry,
			 const struct yaml_node *node)
{
	compiler->graph->steps[index].error = entry->fail;
}

/* What only somebody who waits for a task gets. */
static void refuse_waiting_keys(struct compiler *compiler, const struct yaml_node *node)
{
	static const char *const keys[] = {"retry", "catch", "data", "writes", "payload_kb"};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (yaml_get(node, keys[i]))
			diag_error(compiler->diag, bind_place(node, keys[i]),
				   "a task that is 'async' is not waited for: it has no '%s'", keys[i]);
}

static void compile_task(struct compiler *compiler, int32_t index, const struct step_entry *entry,
			 const struct yaml_node *node)
{
	const struct workflow_surroundings *around = compiler->around;
	struct step *step = &compiler->graph->steps[index];
	step->is_stored = entry->data == DATA_STORE;
	step->is_async = entry->async;
	if (entry->async)
		refuse_waiting_keys(compiler, node);
	else if (!yaml_get(node, "payload_kb"))
		step->payload_bytes = compiler->payload_bytes;
	if (entry->writes)
		read_count(compiler, entry->writes, "writes", ITEMS_MAX, &step->writes);
	for (size_t i = 0; i < around->function_count; i++) {
		if (strcmp(around->functions[i], entry->task) == 0) {
			step->function = i;
			return;
		}
	}
	diag_error(compiler->diag, bind_place(node, "task"), "there is no function '%s'%s",
		   diag_excerpt(entry->task, compiler->arena),
		   function_name_advice(entry->task, around->functions, around->function_count, compiler->arena));
}

/* Which keys a step of a kind has beside its own and its name. */
enum { MAY_FAIL = 1, HANDS_ON = 2, IS_TASK = 4, CHOOSES = 8, IS_ONLY_STATE = 16, STARTS = 32 };

static const struct step_shape {
	void (*compile)(struct compiler *compiler, int32_t index, const struct step_entry *entry,
			const struct yaml_node *node);
	unsigned abilities;
} shapes[STEP_KINDS] = {
	[STEP_TASK] = {compile_task, MAY_FAIL | HANDS_ON | IS_TASK},
	[STEP_PARALLEL] = {compile_parallel, MAY_FAIL | HANDS_ON | STARTS},
	[STEP_MAP] = {compile_map, MAY_FAIL | HANDS_ON},
	[STEP_CHOICE] = {compile_choice, CHOOSES | IS_ONLY_STATE},
	[STEP_LOOP] = {compile_loop, MAY_FAIL | HANDS_ON},
	[STEP_WAIT] = {compile_wait, IS_ONLY_STATE},
	[STEP_FAIL] = {compile_fail, 0},
};

static const struct {
	const char *key;
	unsigned ability;
} ability_keys[] = {
	{"retry", MAY_FAIL}, {"catch", MAY_FAIL},          {"payload_kb", HANDS_ON},
	{"data", IS_TASK},   {"writes", IS_TASK},          {"async", IS_TASK},
	{"column", CHOOSES}, {"own_state", IS_ONLY_STATE}, {"machine", STARTS},
};

/* The one kind that the step is, or -1. */
static int kind_of(struct compiler *compiler, const struct yaml_node *node)
{
	int kind = -1;
	for (int i = 0; i < STEP_KINDS; i++) {
		if (!yaml_get(node, step_kind_names[i]))
			continue;
		if (kind >= 0) {
			diag_error(compiler->diag, node->place,
				   "a step is one thing, not both '%s' and '%s'; write two steps",
				   step_kind_names[kind], step_kind_names[i]);
			return -1;
		}
		kind = i;
	}
	if (kind < 0)
		diag_error(compiler->diag, node->place,
			   "a step says what it is: task, parallel, map, choice, loop, wait or fail");
	for (size_t i = 0; kind >= 0 && i < ARRAY_LEN(ability_keys); i++)
		if (yaml_get(node, ability_keys[i].key) && !(shapes[kind].abilities & ability_keys[i].ability))
			diag_error(compiler->diag, bind_place(node, ability_keys[i].key),
				   "a step of kind '%s' has no '%s'", step_kind_names[kind], ability_keys[i].key);
	return kind;
}

/* Steps are told apart by their names, in tables and by --set. */
static const char *name_of(struct compiler *compiler, const struct step_entry *entry, int kind,
			   const struct yaml_node *node)
{
	const struct graph *graph = compiler->graph;
	const char *base = entry->name[0] ? entry->name : kind == STEP_TASK ? entry->task : step_kind_names[kind];
	const char *name = base;
	int same = 1;
	for (size_t i = 0; i < graph->step_count; i++) {
		if (strcmp(graph->steps[i].name, name) != 0)
			continue;
		if (entry->name[0])
			diag_error(compiler->diag, bind_place(node, "name"), "another step before is named '%s', too",
				   diag_excerpt(name, compiler->arena));
		name = arena_printf(compiler->arena, "%s %d", base, ++same);
	}
	return name;
}

static void compile_catch(struct compiler *compiler, int32_t index, const struct yaml_node *list)
{
	struct step *step = &compiler->graph->steps[index];
	if (list->kind == YAML_LIST && list->count == 0)
		step->caught = GRAPH_END;
	else if (check_steps(compiler, list, "'catch'"))
		step->caught = compile_sequence(compiler, list, (struct standing){index, step->scope});
}

static int32_t compile_step(struct compiler *compiler, const struct yaml_node *node, struct standing at)
{
	struct graph *graph = compiler->graph;
	struct step_entry *entry = ARENA_NEW(compiler->arena, struct step_entry);
	if (node->kind != YAML_MAP) {
		diag_error(compiler->diag, node->place, "a step must be a mapping such as {task: NAME}, not %s",
			   yaml_describe(node, compiler->arena));
		return GRAPH_END;
	}
	size_t errors_before = compiler->diag->error_count;
	bind_map(&step_schema, node, entry, compiler->arena, compiler->diag);
	if (compiler->diag->error_count != errors_before)
		return GRAPH_END;
	int kind = kind_of(compiler, node);
	if (kind < 0)
		return GRAPH_END;
	if (graph->step_count == GRAPH_STEPS_MAX) {
		diag_error(compiler->diag, node->place, "a workflow can have at most %d steps", GRAPH_STEPS_MAX);
		return GRAPH_END;
	}
	int32_t index = (int32_t)graph->step_count;
	const char *name = name_of(compiler, entry, kind, node);
	graph->steps[graph->step_count++] = (struct step){
		.name = name,
		.kind = kind,
		.next = GRAPH_END,
		.around = at.around,
		.scope = at.scope,
		.caught = GRAPH_UNCAUGHT,
		.writer = GRAPH_END,
		.retry = entry->retry,
		.payload_bytes = yaml_get(node, "payload_kb") ? bytes_of_kb(entry->payload_kb) : -1,
	};
	compiler->nodes[index] = node;
	shapes[kind].compile(compiler, index, entry, node);
	if (entry->catch)
		compile_catch(compiler, index, entry->catch);
	return index;
}

static int32_t compile_sequence(struct compiler *compiler, const struct yaml_node *list, struct standing at)
{
	int32_t first = GRAPH_END;
	int32_t last = GRAPH_END;
	for (const struct yaml_node *item = list->first; item; item = item->next) {
		int32_t index = compile_step(compiler, item, at);
		if (index < 0)
			continue;
		if (last >= 0)
			check_reached(compiler, last);
		if (last >= 0)
			compiler->graph->steps[last].next = index;
		else
			first = index;
		last = index;
	}
	return first;
}

static void warn_of_unused(const struct compiler *compiler, const struct yaml_node *node)
{
	const struct graph *graph = compiler->graph;
	for (size_t f = 0; f < compiler->around->function_count; f++) {
		bool is_used = false;
		for (size_t i = 0; i < graph->step_count; i++)
			is_used = is_used || (graph->steps[i].kind == STEP_TASK && graph->steps[i].function == f);
		if (!is_used)
			diag_warning(compiler->diag, node->place, "no step of the workflow calls function '%s'",
				     compiler->around->functions[f]);
	}
}

bool workflow_compile(const struct workflow_section *section, const struct workflow_surroundings *surroundings,
		      struct arena *arena, struct diag *diag, struct graph *out)
{
	size_t nodes = count_nodes(section->steps) + 1;
	size_t errors_before = diag->error_count;
	struct compiler compiler = {
		.around = surroundings,
		.kind = section->kind,
		.payload_bytes = bytes_of_kb(section->payload_kb),
		.arena = arena,
		.diag = diag,
		.graph = out,
		.nodes = ARENA_ARRAY(arena, const struct yaml_node *, nodes),
	};
	*out = (struct graph){
		.kind = section->kind,
		.resource = section->resource,
		.payload_bytes = compiler.payload_bytes,
		.steps = ARENA_ARRAY(arena, struct step, nodes),
		.branches = ARENA_ARRAY(arena, struct step_branch, GRAPH_BRANCHES_MAX),
	};
	if (!check_steps(&compiler, section->steps, "'steps' of a workflow"))
		return false;
	compile_sequence(&compiler, section->steps, (struct standing){GRAPH_END, GRAPH_END});
	if (diag->error_count != errors_before)
		return false;
	warn_of_unused(&compiler, section->steps);
	workflow_check(out, surroundings->platform, compiler.nodes, section->steps, diag);
	return diag->error_count == errors_before;
}
