#include "deploy/asl.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/num.h"

static const char *const type_names[] = {
	[ASL_TASK] = "Task",       [ASL_PASS] = "Pass", [ASL_WAIT] = "Wait",         [ASL_CHOICE] = "Choice",
	[ASL_SUCCEED] = "Succeed", [ASL_FAIL] = "Fail", [ASL_PARALLEL] = "Parallel", [ASL_MAP] = "Map",
};

struct asl_reader {
	struct arena *arena;
	struct diag *diag;
	size_t states; /* of all scopes */
	size_t ways;
	bool is_too_long;
};

/* A scope's states by name, sorted. */
struct name_index {
	const struct asl_state **states;
	const struct asl_scope *scope;
};

static const char *shown(const struct asl_reader *reader, const char *text)
{
	return diag_excerpt(text, reader->arena);
}

static int by_name(const void *a, const void *b)
{
	const struct asl_state *x = *(const struct asl_state *const *)a;
	const struct asl_state *y = *(const struct asl_state *const *)b;
	return strcmp(x->name, y->name);
}

static void index_names(const struct asl_reader *reader, const struct asl_scope *scope, struct name_index *out)
{
	*out = (struct name_index){ARENA_ARRAY(reader->arena, const struct asl_state *, scope->count), scope};
	for (size_t i = 0; i < scope->count; i++)
		out->states[i] = &scope->states[i];
	qsort(out->states, scope->count, sizeof *out->states, by_name);
}

static int find_state(const struct name_index *index, const char *name)
{
	const struct asl_state wanted = {.name = name};
	const struct asl_state *key = &wanted;
	const struct asl_state **found =
		bsearch(&key, index->states, index->scope->count, sizeof *index->states, by_name);
	return found ? (int)(*found - index->scope->states) : ASL_NONE;
}

/* The state that a text names; with a diag error the one that it seems to mean, or ASL_NONE. */
static int named_state(const struct asl_reader *reader, const struct name_index *index, const struct yaml_node *node,
		       const char *key)
{
	int found = node->kind == YAML_SCALAR ? find_state(index, node->text) : ASL_NONE;
	if (found != ASL_NONE)
		return found;
	const char *meant = NULL;
	if (node->kind == YAML_SCALAR && reader->diag->count < DIAG_MAX) {
		const char **names = ARENA_ARRAY(reader->arena, const char *, index->scope->count);
		for (size_t i = 0; i < index->scope->count; i++)
			names[i] = index->scope->states[i].name;
		meant = did_you_mean(node->text, names, index->scope->count);
	}
	diag_error(reader->diag, node->place, "'%s' is %s, and there is no such state here%s%s%s", key,
		   yaml_describe(node, reader->arena), meant ? "; did you mean '" : "",
		   meant ? shown(reader, meant) : "", meant ? "'?" : "");
	return meant ? find_state(index, meant) : ASL_NONE;
}

static bool is_true(const struct yaml_node *node)
{
	return node && node->kind == YAML_SCALAR && strcmp(node->text, "true") == 0;
}

/* Where a state goes on: its Next, unless it ends. */
static void read_next(const struct asl_reader *reader, const struct name_index *index, struct asl_state *state)
{
	const struct yaml_node *next = yaml_get(state->node, "Next");
	bool ends = is_true(yaml_get(state->node, "End"));
	if (next && ends)
		diag_error(reader->diag, next->place, "state '%s' has both 'Next' and 'End'",
			   shown(reader, state->name));
	else if (!next && !ends)
		diag_error(reader->diag, state->node->key_place, "state '%s' says neither 'Next' nor 'End: true'",
			   shown(reader, state->name));
	if (!next)
		return;
	state->ways = ARENA_NEW(reader->arena, struct asl_way);
	state->ways[0] = (struct asl_way){state->node, named_state(reader, index, next, "Next")};
	state->way_count = state->ways[0].to != ASL_NONE;
	state->is_broken = state->way_count == 0;
}

/* The `Next` of each element of a list of rules or catchers. */
static size_t read_ways(struct asl_reader *reader, const struct name_index *index, const struct yaml_node *list,
			struct asl_way *ways)
{
	size_t count = 0;
	reader->ways += list->count;
	if (reader->ways > ASL_WAYS_MAX) {
		if (!reader->is_too_long)
			diag_error(reader->diag, list->place,
				   "more than %d rules and catchers, the most that a workflow can have", ASL_WAYS_MAX);
		reader->is_too_long = true;
		return 0;
	}
	for (const struct yaml_node *rule = list->kind == YAML_LIST ? list->first : NULL; rule; rule = rule->next) {
		const struct yaml_node *next = yaml_get(rule, "Next");
		int to = next ? named_state(reader, index, next, "Next") : ASL_NONE;
		if (!next)
			diag_error(reader->diag, rule->place, "'Next' is missing: where does this lead to?");
		if (to != ASL_NONE)
			ways[count++] = (struct asl_way){rule, to};
	}
	return count;
}

static void read_choice(struct asl_reader *reader, const struct name_index *index, struct asl_state *state)
{
	const struct yaml_node *rules = yaml_get(state->node, "Choices");
	const struct yaml_node *fallback = yaml_get(state->node, "Default");
	if (!rules || rules->kind != YAML_LIST || rules->count == 0) {
		diag_error(reader->diag, rules ? rules->place : state->node->key_place,
			   "choice '%s' has no 'Choices', a list of rules", shown(reader, state->name));
		return;
	}
	state->ways = ARENA_ARRAY(reader->arena, struct asl_way, rules->count + 1);
	state->way_count = read_ways(reader, index, rules, state->ways);
	int to = fallback ? named_state(reader, index, fallback, "Default") : ASL_NONE;
	if (to != ASL_NONE)
		state->ways[state->way_count++] = (struct asl_way){fallback, to};
	state->is_broken = state->way_count < rules->count + (fallback != NULL);
}

static void read_catches(struct asl_reader *reader, const struct name_index *index, struct asl_state *state)
{
	const struct yaml_node *catchers = yaml_get(state->node, "Catch");
	if (!catchers)
		return;
	if (catchers->kind != YAML_LIST) {
		diag_error(reader->diag, catchers->place, "'Catch' must be a list, not %s",
			   yaml_describe(catchers, reader->arena));
		return;
	}
	state->catches = ARENA_ARRAY(reader->arena, struct asl_way, catchers->count);
	state->catch_count = read_ways(reader, index, catchers, state->catches);
}

static bool read_scope(struct asl_reader *reader, const struct yaml_node *node, struct asl_scope *out);

static void read_branches(struct asl_reader *reader, struct asl_state *state)
{
	const struct yaml_node *branches = yaml_get(state->node, "Branches");
	if (!branches || branches->kind != YAML_LIST || branches->count == 0) {
		diag_error(reader->diag, branches ? branches->place : state->node->key_place,
			   "parallel '%s' has no 'Branches', a list of machines", shown(reader, state->name));
		return;
	}
	state->scopes = ARENA_ARRAY(reader->arena, struct asl_scope, branches->count);
	for (const struct yaml_node *branch = branches->first; branch; branch = branch->next)
		state->scope_count += read_scope(reader, branch, &state->scopes[state->scope_count]);
}

static void read_processor(struct asl_reader *reader, struct asl_state *state)
{
	const struct yaml_node *processor = yaml_get(state->node, "ItemProcessor");
	const struct yaml_node *items = yaml_get(state->node, "Items");
	const struct yaml_node *most =
		yaml_get(yaml_get(yaml_get(state->node, "ItemReader"), "ReaderConfig"), "MaxItems");
	/* The older name. */
	processor = processor ? processor : yaml_get(state->node, "Iterator");
	if (items && items->kind == YAML_LIST && items->count == 0)
		diag_error(reader->diag, items->place, "map '%s' goes over nothing: its 'Items' are an empty list",
			   shown(reader, state->name));
	double limit;
	if (most && most->kind == YAML_SCALAR && num_parse_double(most->text, &limit) && limit < 1)
		diag_error(reader->diag, most->place, "map '%s' goes over nothing: its 'MaxItems' is %s",
			   shown(reader, state->name), shown(reader, most->text));
	if (!processor) {
		diag_error(reader->diag, state->node->key_place,
			   "map '%s' does nothing with its items: it has no 'ItemProcessor'",
			   shown(reader, state->name));
		return;
	}
	state->scopes = ARENA_NEW(reader->arena, struct asl_scope);
	state->scope_count = read_scope(reader, processor, state->scopes);
}

static void check_task(const struct asl_reader *reader, const struct asl_state *state)
{
	if (!yaml_get(state->node, "Resource"))
		diag_error(reader->diag, state->node->key_place, "task '%s' has no 'Resource': what does it call?",
			   shown(reader, state->name));
}

static void check_wait(const struct asl_reader *reader, const struct asl_state *state)
{
	static const char *const keys[] = {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (yaml_get(state->node, keys[i]))
			return;
	diag_error(reader->diag, state->node->key_place, "wait '%s' says neither 'Seconds' nor 'Timestamp', nor a path",
		   shown(reader, state->name));
}

/* Functions in what is the state's own: nested scopes check theirs. */
static void check_functions(const struct asl_reader *reader, const struct asl_state *state)
{
	static const char *const nested[] = {"Branches", "ItemProcessor", "Iterator"};
	for (const struct yaml_node *entry = state->node->first; entry; entry = entry->next) {
		bool is_nested = false;
		for (size_t i = 0; i < ARRAY_LEN(nested); i++)
			is_nested = is_nested || strcmp(entry->key, nested[i]) == 0;
		if (!is_nested)
			asl_check_functions(entry, reader->diag);
	}
}

static void read_state(struct asl_reader *reader, const struct name_index *index, struct asl_state *state)
{
	if (state->type == ASL_CHOICE)
		read_choice(reader, index, state);
	else if (state->type != ASL_SUCCEED && state->type != ASL_FAIL)
		read_next(reader, index, state);
	read_catches(reader, index, state);
	check_functions(reader, state);
	if (state->type == ASL_PARALLEL)
		read_branches(reader, state);
	else if (state->type == ASL_MAP)
		read_processor(reader, state);
	else if (state->type == ASL_TASK)
		check_task(reader, state);
	else if (state->type == ASL_WAIT)
		check_wait(reader, state);
}

/* False, with a diag error, where it is no state. */
static bool read_type(const struct asl_reader *reader, const struct yaml_node *node, enum asl_type *out)
{
	const struct yaml_node *type = yaml_get(node, "Type");
	if (!type || type->kind != YAML_SCALAR) {
		diag_error(reader->diag, node->key_place, "state '%s' has no 'Type'", shown(reader, node->key));
		return false;
	}
	for (int i = 0; i < ASL_TYPES; i++) {
		if (strcmp(type->text, type_names[i]) == 0) {
			*out = (enum asl_type)i;
			return true;
		}
	}
	const char *meant = did_you_mean(type->text, type_names, ASL_TYPES);
	diag_error(reader->diag, type->place, "there is no 'Type' '%s'%s%s%s", shown(reader, type->text),
		   meant ? "; did you mean '" : "; there are Task, Pass, Wait, Choice, Succeed, Fail, Parallel and Map",
		   meant ? meant : "", meant ? "'?" : "");
	return false;
}

static void reach(const struct asl_scope *scope, int from, bool *is_reached, int *stack)
{
	size_t depth = 0;
	if (!is_reached[from])
		stack[depth++] = from;
	is_reached[from] = true;
	while (depth > 0) {
		const struct asl_state *state = &scope->states[stack[--depth]];
		for (size_t i = 0; i < state->way_count + state->catch_count; i++) {
			int to = i < state->way_count ? state->ways[i].to : state->catches[i - state->way_count].to;
			if (!is_reached[to])
				stack[depth++] = to;
			is_reached[to] = true;
		}
	}
}

static bool may_end(const struct asl_state *state, const bool *ends)
{
	if (state->way_count == 0 || state->is_broken)
		return true;
	for (size_t i = 0; i < state->way_count; i++)
		if (ends[state->ways[i].to])
			return true;
	return false;
}

/* States from which no way leads out: they go round for ever. */
static void check_endless(const struct asl_reader *reader, const struct asl_scope *scope)
{
	bool *ends = ARENA_ARRAY(reader->arena, bool, scope->count);
	bool is_new = true;
	while (is_new) {
		is_new = false;
		for (size_t i = scope->count; i-- > 0;) {
			if (!ends[i] && may_end(&scope->states[i], ends)) {
				ends[i] = true;
				is_new = true;
			}
		}
	}
	struct buf names;
	const struct asl_state *first = NULL;
	buf_init(&names);
	for (size_t i = 0, listed = 0; i < scope->count; i++) {
		if (ends[i])
			continue;
		first = first ? first : &scope->states[i];
		if (listed++ < 8)
			buf_printf(&names, "%s'%s'", listed > 1 ? ", " : "", shown(reader, scope->states[i].name));
		else if (listed == 9)
			buf_add(&names, ", ...");
	}
	if (first)
		diag_error(reader->diag, first->node->key_place, "no way leads out of %s: a cycle without an end",
			   buf_text(&names));
	buf_release(&names);
}

static void check_ways(const struct asl_reader *reader, const struct asl_scope *scope)
{
	bool *is_reached = ARENA_ARRAY(reader->arena, bool, scope->count);
	int *stack = ARENA_ARRAY(reader->arena, int, scope->count);
	reach(scope, scope->start, is_reached, stack);
	for (size_t i = 0; i < scope->count; i++)
		if (!is_reached[i])
			diag_error(reader->diag, scope->states[i].node->key_place,
				   "'%s' is never reached: no way leads to it from '%s', where it starts",
				   shown(reader, scope->states[i].name),
				   shown(reader, scope->states[scope->start].name));
	check_endless(reader, scope);
}

/* False where there are too many. */
static bool list_states(struct asl_reader *reader, const struct yaml_node *states, struct asl_scope *out)
{
	reader->states += states->count;
	if (reader->states > ASL_STATES_MAX) {
		if (!reader->is_too_long)
			diag_error(reader->diag, states->place,
				   "more than %d states, the most that a workflow can have", ASL_STATES_MAX);
		reader->is_too_long = true;
		return false;
	}
	out->states = ARENA_ARRAY(reader->arena, struct asl_state, states->count);
	for (const struct yaml_node *node = states->first; node; node = node->next) {
		struct asl_state *state = &out->states[out->count];
		*state = (struct asl_state){.name = node->key, .node = node};
		if (node->kind != YAML_MAP)
			diag_error(reader->diag, node->place, "state '%s' must be a mapping, not %s",
				   shown(reader, node->key), yaml_describe(node, reader->arena));
		out->count += node->kind == YAML_MAP;
	}
	return true;
}

static bool read_scope(struct asl_reader *reader, const struct yaml_node *node, struct asl_scope *out)
{
	const struct yaml_node *states = yaml_get(node, "States");
	const struct yaml_node *start = yaml_get(node, "StartAt");
	*out = (struct asl_scope){.node = node, .start = ASL_NONE};
	if (!states || states->kind != YAML_MAP || states->count == 0) {
		diag_error(reader->diag, states ? states->place : node->place,
			   "there is nothing to do: 'States' must hold at least one state");
		return false;
	}
	if (!list_states(reader, states, out))
		return false;
	struct name_index index;
	index_names(reader, out, &index);
	if (start)
		out->start = named_state(reader, &index, start, "StartAt");
	else
		diag_error(reader->diag, node->place, "'StartAt' is missing: which of its states comes first?");
	for (size_t i = 0; i < out->count; i++)
		if (read_type(reader, out->states[i].node, &out->states[i].type))
			read_state(reader, &index, &out->states[i]);
	if (out->start != ASL_NONE)
		check_ways(reader, out);
	return true;
}

const struct asl_scope *asl_read(const struct yaml_node *machine, struct arena *arena, struct diag *diag)
{
	struct asl_reader reader = {.arena = arena, .diag = diag};
	struct asl_scope *scope = ARENA_NEW(arena, struct asl_scope);
	size_t errors_before = diag->error_count;
	read_scope(&reader, machine, scope);
	return diag->error_count == errors_before ? scope : NULL;
}
