/*
 * States and their ways as blocks (asl_flow.h says where ways meet and what loops there are):
 *   choice    its branches up to where they meet; where one ends or fails and others go on, it says so (`ends`)
 *   loop      A, choice, B, back to A: A once, then with some probability a loop of B and A; without B a loop of A,
 *             without A a loop of B
 *   catch     what follows an error up to where the state itself goes on, or to another end
 * A state to which ways of different choices lead is written where each of them comes to it.
 * What a loop's choice decides beside, where it leads out of it and where back, is a choice without a state.
 * A pass, and the end of a machine by Succeed, is a wait of no time, which counts as a transition.
 */
#include "deploy/import_workflow.h"

#include <string.h>

#include "deploy/import_left_out.h"
#include "deploy/import_steps.h"
#include "deploy/template.h"

/* One scope of the machine, whose steps go into blocks. */
struct scope_writer {
	struct step_writer *writer;
	const struct asl_scope *scope;
	struct asl_flow flow;
	bool *is_open;     /* by loop: a round is being written */
	bool *is_catching; /* by state: its catch is being written */
	int *times;        /* by state: how often it was written, but for what a loop repeats */
	bool is_repeat;
	bool is_inner; /* of a map or a parallel */
};

struct branch {
	int to;
	const struct yaml_node *rule;
};

static void write_scope(struct step_writer *writer, struct yaml_node *list, const struct asl_scope *scope,
			bool is_inner);
static void write_sequence(struct scope_writer *sw, struct yaml_node *list, int node, int stop);

static struct arena *arena_of(const struct scope_writer *sw)
{
	return sw->writer->importing->arena;
}

static struct diag *diag_of(const struct scope_writer *sw)
{
	return sw->writer->importing->diag;
}

static const char *quoted(const struct scope_writer *sw, int state)
{
	return diag_excerpt(sw->scope->states[state].name, arena_of(sw));
}

/* The state's name, or with a number where a step has it. */
static const char *step_name(struct step_writer *writer, const char *name)
{
	struct arena *arena = writer->importing->arena;
	const char *unique = name;
	for (size_t i = 0, same = 1; i < writer->name_count; i++) {
		if (strcmp(writer->names[i], unique) != 0)
			continue;
		unique = arena_printf(arena, "%s %zu", name, ++same);
		i = (size_t)-1;
	}
	if (writer->name_count == writer->name_capacity) {
		size_t capacity = writer->name_capacity > 0 ? 2 * writer->name_capacity : 64;
		const char **names = ARENA_ARRAY(arena, const char *, capacity);
		if (writer->name_count > 0)
			memcpy(names, writer->names, writer->name_count * sizeof *names);
		writer->names = names;
		writer->name_capacity = capacity;
	}
	writer->names[writer->name_count++] = unique;
	return unique;
}

/* False, said once, where a workflow can have no more steps. */
static bool has_room(const struct scope_writer *sw, int state)
{
	struct step_writer *writer = sw->writer;
	if (writer->name_count < ASL_STATES_MAX)
		return true;
	if (!writer->is_full)
		diag_error(diag_of(sw), sw->scope->states[state].node->key_place,
			   "its ways cross so often that they make more than %d steps, the most of a workflow; '%s' is "
			   "reached from too many of them",
			   ASL_STATES_MAX, quoted(sw, state));
	writer->is_full = true;
	return false;
}

static struct yaml_node *new_list(struct arena *arena)
{
	struct yaml_node *list = ARENA_NEW(arena, struct yaml_node);
	list->kind = YAML_LIST;
	return list;
}

/* Moves what is in a list behind what is in another. */
static void append(struct yaml_node *to, struct yaml_node *from)
{
	struct yaml_node **tail = &to->first;
	while (*tail)
		tail = &(*tail)->next;
	*tail = from->first;
	to->count += from->count;
}

static struct yaml_node *new_step(struct yaml_node *list, struct arena *arena)
{
	return import_add(list, YAML_MAP, NULL, NULL, arena);
}

static void add_name(struct scope_writer *sw, struct yaml_node *step, int state)
{
	import_add_text(step, "name", step_name(sw->writer, sw->scope->states[state].name), NULL, arena_of(sw));
}

/* --- choices --- */

/* A branch's probability is to be stated; one may be left out and has the rest. */
static struct yaml_node *new_branch(struct scope_writer *sw, struct yaml_node *list, const char *comment, bool is_rest)
{
	struct yaml_node *branch = import_add(list, YAML_MAP, NULL, NULL, arena_of(sw));
	if (!is_rest)
		import_add_blank(branch, "probability", comment, arena_of(sw));
	return branch;
}

static void set_steps(struct scope_writer *sw, struct yaml_node *block, struct yaml_node *list)
{
	if (list->count == 0)
		return;
	struct yaml_node *steps = import_add(block, YAML_LIST, "steps", NULL, arena_of(sw));
	append(steps, list);
}

static const char *rule_comment(struct scope_writer *sw, const struct branch *branch)
{
	const char *place = import_place(branch->rule->place, arena_of(sw));
	if (branch->to >= (int)sw->scope->count)
		return place;
	return arena_printf(arena_of(sw), "%s, to %s", place, sw->scope->states[branch->to].name);
}

static bool is_failing(const struct scope_writer *sw, int node)
{
	return sw->flow.meeting[node] == ASL_NONE;
}

/* Whether all that goes on from a node comes by another. */
static bool comes_by(const struct scope_writer *sw, int node, int by)
{
	while (node != by && node != sw->flow.end && node != ASL_NONE)
		node = sw->flow.meeting[node];
	return node == by;
}

/* Where most of the branches, at least two, meet before the end; the end where none do. */
static int partial_meeting(const struct scope_writer *sw, const struct branch *branches, size_t count)
{
	int best = sw->flow.end;
	size_t most = 1;
	for (size_t i = 0; i < count; i++) {
		if (is_failing(sw, branches[i].to))
			continue;
		for (int node = branches[i].to; node != sw->flow.end; node = sw->flow.meeting[node]) {
			size_t together = 0;
			for (size_t k = 0; k < count; k++)
				together += !is_failing(sw, branches[k].to) && comes_by(sw, branches[k].to, node);
			if (together > most) {
				most = together;
				best = node;
			}
		}
	}
	return best;
}

/* Where the branches that do not end by themselves go on. */
static int find_meeting(const struct scope_writer *sw, const struct branch *branches, size_t count, int stop)
{
	int meeting = ASL_NONE;
	for (size_t i = 0; i < count; i++)
		if (!is_failing(sw, branches[i].to))
			meeting = meeting == ASL_NONE ? branches[i].to
						      : asl_flow_meeting(&sw->flow, meeting, branches[i].to);
	if (meeting == ASL_NONE)
		return stop;
	return meeting == sw->flow.end ? partial_meeting(sw, branches, count) : meeting;
}

/* The list of a choice's branches. is_own: it is a state; else a loop's has decided it, too. */
static struct yaml_node *new_choice(struct scope_writer *sw, struct yaml_node *list, int choice, bool is_own)
{
	struct yaml_node *step = new_step(list, arena_of(sw));
	const char *place = import_place(sw->scope->states[choice].node->key_place, arena_of(sw));
	struct yaml_node *entries = import_add(step, YAML_LIST, "choice", place, arena_of(sw));
	if (!is_own)
		import_add(step, YAML_SCALAR, "own_state", NULL, arena_of(sw))->text = "false";
	add_name(sw, step, choice);
	return entries;
}

/* The branches up to where those go on that do; others end what they stand in. Returns where to go on. */
static int write_branches(struct scope_writer *sw, struct yaml_node *list, int choice, bool is_own,
			  const struct branch *branches, size_t count, int stop)
{
	int meeting = find_meeting(sw, branches, count, stop);
	struct yaml_node *entries = new_choice(sw, list, choice, is_own);
	for (size_t i = 0; i < count; i++) {
		struct yaml_node *steps = new_list(arena_of(sw));
		struct yaml_node *entry = new_branch(sw, entries, rule_comment(sw, &branches[i]), i + 1 == count);
		bool ends = is_failing(sw, branches[i].to) || !comes_by(sw, branches[i].to, meeting);
		write_sequence(sw, steps, branches[i].to, ends ? sw->flow.end : meeting);
		set_steps(sw, entry, steps);
		if (ends && meeting != sw->flow.end && !is_failing(sw, branches[i].to))
			import_add(entry, YAML_SCALAR, "ends", NULL, arena_of(sw))->text = "true";
	}
	return meeting;
}

/* The ways of a choice that lead out of a loop (or with inside, into its next round), each target once; in order. */
static size_t list_branches(struct scope_writer *sw, int choice, const struct asl_loop *loop, bool inside,
			    struct branch *out)
{
	const struct asl_state *state = &sw->scope->states[choice];
	size_t count = 0;
	for (size_t i = 0; i < state->way_count; i++) {
		int to = asl_flow_target(&sw->flow, choice, i);
		bool is_new = !loop || loop->body[state->ways[i].to] == inside;
		for (size_t k = 0; k < count && is_new; k++)
			is_new = out[k].to != to;
		if (is_new)
			out[count++] = (struct branch){to, state->ways[i].node};
	}
	return count;
}

static void write_pause(struct scope_writer *sw, struct yaml_node *list, int state, const char *what)
{
	struct yaml_node *step = new_step(list, arena_of(sw));
	struct yaml_node *wait = import_add(step, YAML_MAP, "wait", NULL, arena_of(sw));
	const char *place = import_place(sw->scope->states[state].node->key_place, arena_of(sw));
	import_add_int(wait, "seconds", 0, arena_printf(arena_of(sw), "%s, %s", place, what), arena_of(sw));
	add_name(sw, step, state);
}

static int write_choice(struct scope_writer *sw, struct yaml_node *list, int choice, const struct asl_loop *loop,
			int stop)
{
	struct branch *branches = ARENA_ARRAY(arena_of(sw), struct branch, sw->scope->states[choice].way_count);
	size_t count = list_branches(sw, choice, loop, false, branches);
	if (count == 0)
		return sw->flow.end;
	if (count > 1)
		return write_branches(sw, list, choice, !loop, branches, count, stop);
	/* All rules lead to the same. */
	if (!loop)
		write_pause(sw, list, choice, "a choice without a choice");
	return branches[0].to;
}

/* --- loops --- */

static void add_loop(struct scope_writer *sw, struct yaml_node *list, const struct asl_loop *loop,
		     struct yaml_node *steps)
{
	const struct yaml_node *node = sw->scope->states[loop->exit].node;
	struct yaml_node *step = new_step(list, arena_of(sw));
	struct yaml_node *block =
		import_add(step, YAML_MAP, "loop", import_place(node->key_place, arena_of(sw)), arena_of(sw));
	import_add_blank(block, "again", "the probability of a further round", arena_of(sw));
	import_add_blank(block, "at_most", "rounds in all", arena_of(sw));
	set_steps(sw, block, steps);
	import_add_text(step, "name", step_name(sw->writer, arena_printf(arena_of(sw), "%s again", node->key)), NULL,
			arena_of(sw));
}

/* A loop that is entered with some probability. */
static void add_entered_loop(struct scope_writer *sw, struct yaml_node *list, const struct asl_loop *loop,
			     struct yaml_node *steps)
{
	struct yaml_node *entries = new_choice(sw, list, loop->exit, true);
	struct yaml_node *entry = new_branch(sw, entries, "of a first round", false);
	struct yaml_node *rounds = new_list(arena_of(sw));
	add_loop(sw, rounds, loop, steps);
	set_steps(sw, entry, rounds);
	new_branch(sw, entries, NULL, true);
}

/* What a round does behind the choice, up to the header. */
static void write_way_back(struct scope_writer *sw, struct yaml_node *list, int at)
{
	const struct asl_loop *loop = &sw->flow.loops[at];
	struct branch *branches = ARENA_ARRAY(arena_of(sw), struct branch, sw->scope->states[loop->exit].way_count);
	size_t count = list_branches(sw, loop->exit, loop, true, branches);
	int end = asl_flow_end_of(&sw->flow, at);
	int next = count == 1 ? branches[0].to : write_branches(sw, list, loop->exit, false, branches, count, end);
	write_sequence(sw, list, next, end);
}

static int write_loop(struct scope_writer *sw, struct yaml_node *list, int at, int stop)
{
	const struct asl_loop *loop = &sw->flow.loops[at];
	struct yaml_node *before = new_list(arena_of(sw));
	struct yaml_node *round = new_list(arena_of(sw));
	sw->is_open[at] = true;
	write_sequence(sw, before, loop->header, loop->exit);
	write_way_back(sw, round, at);
	if (before->count == 0 && round->count == 0) {
		diag_error(diag_of(sw), sw->scope->states[loop->header].node->key_place,
			   "choice '%s' leads back to itself with nothing between: its rounds take no time",
			   quoted(sw, loop->header));
	} else if (round->count == 0) {
		add_loop(sw, list, loop, before);
	} else {
		bool was_repeat = sw->is_repeat;
		sw->is_repeat = true;
		if (before->count > 0)
			write_sequence(sw, round, loop->header, loop->exit);
		sw->is_repeat = was_repeat;
		append(list, before);
		add_entered_loop(sw, list, loop, round);
	}
	sw->is_open[at] = false;
	return write_choice(sw, list, loop->exit, loop, stop);
}

/* --- other states --- */

static bool is_any_open(const struct scope_writer *sw)
{
	for (size_t i = 0; i < sw->flow.loop_count; i++)
		if (sw->is_open[i])
			return true;
	return false;
}

/* Nothing is done behind it. */
static void write_end(struct scope_writer *sw, struct yaml_node *list)
{
	struct yaml_node *step = new_step(list, arena_of(sw));
	struct yaml_node *entries = import_add(step, YAML_LIST, "choice", NULL, arena_of(sw));
	struct yaml_node *entry = import_add(entries, YAML_MAP, NULL, NULL, arena_of(sw));
	import_add(entry, YAML_SCALAR, "ends", NULL, arena_of(sw))->text = "true";
	import_add(step, YAML_SCALAR, "own_state", NULL, arena_of(sw))->text = "false";
	import_add_text(step, "name", step_name(sw->writer, "The end"), NULL, arena_of(sw));
}

/* What follows an error: up to where the state goes on, or to the end; nothing out of the middle of a loop. */
static void write_catch(struct scope_writer *sw, struct yaml_node *step, int state, int next)
{
	const struct asl_state *from = &sw->scope->states[state];
	if (from->catch_count == 0 || sw->is_catching[state])
		return;
	const struct asl_way *way = &from->catches[from->catch_count - 1];
	const char *place = import_place(way->node->place, arena_of(sw));
	if (from->catch_count > 1)
		place = arena_printf(arena_of(sw), "%s, the last of %zu", place, from->catch_count);
	/* Within a round the state goes on at the loop's end, and other ways to its header do likewise. */
	int stop = next;
	if (next >= (int)sw->scope->count && next != sw->flow.end && !comes_by(sw, way->to, next))
		stop = sw->flow.loops[next - (int)sw->scope->count].header;
	bool fails = is_failing(sw, way->to);
	bool ends = fails || !comes_by(sw, way->to, stop);
	if (ends && !fails && is_any_open(sw)) {
		diag_warning(
			diag_of(sw), way->node->place,
			"after an error of '%s' the way by '%s' does not come to where '%s' goes on; it is left out",
			quoted(sw, state), quoted(sw, way->to), quoted(sw, state));
		return;
	}
	struct yaml_node *list = import_add(step, YAML_LIST, "catch", place, arena_of(sw));
	sw->is_catching[state] = true;
	write_sequence(sw, list, way->to, ends ? sw->flow.end : stop);
	sw->is_catching[state] = false;
	if (ends && !fails && next != sw->flow.end)
		write_end(sw, list);
}

static void write_branch_scopes(struct scope_writer *sw, struct yaml_node *step, int state)
{
	const struct asl_state *from = &sw->scope->states[state];
	struct yaml_node *branches = import_add(step, YAML_LIST, "parallel",
						import_place(from->node->key_place, arena_of(sw)), arena_of(sw));
	for (size_t i = 0; i < from->scope_count; i++)
		write_scope(sw->writer, import_add(branches, YAML_LIST, NULL, NULL, arena_of(sw)), &from->scopes[i],
			    true);
}

/* The states of another machine as a branch: its execution's transitions are counted beside that of the task. */
static void write_nested(struct scope_writer *sw, struct yaml_node *step, int state,
			 const struct inventory_item *machine)
{
	struct step_writer *writer = sw->writer;
	const struct inventory_item *own = writer->machine;
	const struct asl_scope *scope = asl_read(machine->node, arena_of(sw), diag_of(sw));
	const char *place = import_place(sw->scope->states[state].node->key_place, arena_of(sw));
	struct yaml_node *branches =
		import_add(step, YAML_LIST, "parallel",
			   arena_printf(arena_of(sw), "%s, an execution of %s", place, machine->id), arena_of(sw));
	import_add_text(step, "machine", machine->id, NULL, arena_of(sw));
	if (!scope)
		return;
	writer->outer[writer->outer_count++] = own;
	writer->machine = machine;
	write_scope(writer, import_add(branches, YAML_LIST, NULL, NULL, arena_of(sw)), scope, true);
	writer->machine = own;
	writer->outer_count--;
}

static void write_map(struct scope_writer *sw, struct yaml_node *step, int state)
{
	const struct asl_state *from = &sw->scope->states[state];
	struct yaml_node *map =
		import_add(step, YAML_MAP, "map", import_place(from->node->key_place, arena_of(sw)), arena_of(sw));
	import_map(sw->writer, map, from, !sw->is_inner && sw->scope->start == state);
	write_scope(sw->writer, import_add(map, YAML_LIST, "steps", NULL, arena_of(sw)), from->scopes, true);
}

static void write_wait(struct scope_writer *sw, struct yaml_node *step, int state)
{
	const struct yaml_node *node = sw->scope->states[state].node;
	struct yaml_node *wait = import_add(step, YAML_MAP, "wait", NULL, arena_of(sw));
	if (yaml_get(node, "Seconds"))
		import_step_number(sw->writer, wait, "seconds", node, "Seconds");
	else
		import_add_blank(wait, "seconds",
				 arena_printf(arena_of(sw), "%s, as long as its input says",
					      import_place(node->key_place, arena_of(sw))),
				 arena_of(sw));
}

/* Somebody else says when what the function has set going is done. */
static void write_answer(struct scope_writer *sw, struct yaml_node *list, int state)
{
	const struct asl_state *from = &sw->scope->states[state];
	struct yaml_node *step = new_step(list, arena_of(sw));
	struct yaml_node *wait = import_add(step, YAML_MAP, "wait", NULL, arena_of(sw));
	import_add_blank(wait, "seconds",
			 arena_printf(arena_of(sw), "%s, from the function's end to its token's return",
				      import_place(from->node->key_place, arena_of(sw))),
			 arena_of(sw));
	import_add(step, YAML_SCALAR, "own_state", NULL, arena_of(sw))->text = "false";
	import_add_text(step, "name", step_name(sw->writer, arena_printf(arena_of(sw), "%s, its answer", from->name)),
			NULL, arena_of(sw));
}

static void write_fail(struct scope_writer *sw, struct yaml_node *list, int state)
{
	const struct yaml_node *node = sw->scope->states[state].node;
	const char *error = inventory_plain_text(node, "Error");
	struct yaml_node *step = new_step(list, arena_of(sw));
	import_add_text(step, "fail", error && strncmp(error, "{%", 2) != 0 ? error : "an error",
			import_place(node->key_place, arena_of(sw)), arena_of(sw));
	add_name(sw, step, state);
}

/* A state that is no choice; returns where it goes on. */
static int write_state(struct scope_writer *sw, struct yaml_node *list, int state)
{
	const struct asl_state *from = &sw->scope->states[state];
	int next = from->way_count > 0 ? asl_flow_target(&sw->flow, state, 0) : sw->flow.end;
	if (from->type == ASL_PASS || from->type == ASL_SUCCEED) {
		write_pause(sw, list, state, from->type == ASL_PASS ? "a pass" : "the end");
		return next;
	}
	if (from->type == ASL_FAIL) {
		write_fail(sw, list, state);
		return next;
	}
	struct yaml_node *step = new_step(list, arena_of(sw));
	bool is_function = from->type == ASL_TASK && import_is_function(from, arena_of(sw));
	const struct inventory_item *nested =
		from->type == ASL_TASK && !is_function ? import_nested_machine(sw->writer, from) : NULL;
	if (from->type == ASL_TASK)
		import_note_standard(sw->writer, from);
	if (is_function)
		import_task(sw->writer, step, from);
	else if (nested)
		write_nested(sw, step, state, nested);
	else if (from->type == ASL_TASK)
		import_service(sw->writer, step, from);
	else if (from->type == ASL_WAIT)
		write_wait(sw, step, state);
	else if (from->type == ASL_PARALLEL)
		write_branch_scopes(sw, step, state);
	else
		write_map(sw, step, state);
	add_name(sw, step, state);
	if (is_function && import_waits_for_token(from, arena_of(sw)))
		write_answer(sw, list, state);
	if (is_function || nested || from->type == ASL_PARALLEL || from->type == ASL_MAP) {
		import_retry(sw->writer, step, from);
		write_catch(sw, step, state, next);
	}
	return next;
}

/* From a node up to, and without, another one, or up to the end. */
static void write_sequence(struct scope_writer *sw, struct yaml_node *list, int node, int stop)
{
	int states = (int)sw->scope->count;
	while (node != stop && node != sw->flow.end) {
		if (node >= states) {
			const struct asl_state *header = &sw->scope->states[sw->flow.loops[node - states].header];
			diag_error(
				diag_of(sw), header->node->key_place,
				"a way inside leads back to '%s', where another loop begins; loops of a workflow hold "
				"each other",
				diag_excerpt(header->name, arena_of(sw)));
			return;
		}
		if (!has_room(sw, node))
			return;
		int loop = sw->flow.loop_at[node];
		if (loop != ASL_NONE && !sw->is_open[loop]) {
			node = write_loop(sw, list, loop, stop);
			continue;
		}
		sw->times[node] += !sw->is_repeat && !is_failing(sw, node);
		if (sw->scope->states[node].type == ASL_CHOICE)
			node = write_choice(sw, list, node, NULL, stop);
		else
			node = write_state(sw, list, node);
	}
}

/* Where ways cross, what they come to is there for each of them; where it begins is told. */
static void tell_copies(const struct scope_writer *sw)
{
	for (size_t i = 0; i < sw->scope->count; i++) {
		const struct asl_state *state = &sw->scope->states[i];
		bool is_first = sw->times[i] > 1 && state->type != ASL_SUCCEED;
		for (size_t k = 0; k < sw->scope->count && is_first; k++)
			for (size_t j = 0; j < sw->scope->states[k].way_count; j++)
				is_first = is_first &&
					   (sw->scope->states[k].ways[j].to != (int)i || sw->times[k] < sw->times[i]);
		if (is_first)
			diag_warning(diag_of(sw), state->node->key_place,
				     "ways to '%s' cross those of other choices: it is written %d times",
				     quoted(sw, (int)i), sw->times[i]);
	}
}

static void write_scope(struct step_writer *writer, struct yaml_node *list, const struct asl_scope *scope,
			bool is_inner)
{
	struct arena *arena = writer->importing->arena;
	struct scope_writer sw = {
		.writer = writer,
		.scope = scope,
		.is_inner = is_inner,
		.is_open = ARENA_ARRAY(arena, bool, scope->count),
		.is_catching = ARENA_ARRAY(arena, bool, scope->count),
		.times = ARENA_ARRAY(arena, int, scope->count),
	};
	for (size_t i = 0; i < scope->count; i++)
		import_tell_keys(writer->importing, LEFT_OF_STATE, scope->states[i].node, scope->states[i].name);
	if (!asl_flow_init(&sw.flow, scope, arena, writer->importing->diag))
		return;
	write_sequence(&sw, list, scope->start, sw.flow.end);
	tell_copies(&sw);
}

static int depth_of(const struct yaml_node *node)
{
	int deepest = 0;
	for (const struct yaml_node *child = node->first; child && node->kind != YAML_SCALAR; child = child->next) {
		int depth = depth_of(child);
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + (node->kind != YAML_SCALAR);
}

bool import_is_express(const struct inventory_item *machine)
{
	static const char *const paths[] = {"Properties.Type", "Properties.StateMachineType", "values.type", "type"};
	const char *kind = NULL;
	for (size_t i = 0; i < ARRAY_LEN(paths) && !kind; i++)
		kind = inventory_plain_text(machine->resource, paths[i]);
	return kind && strcmp(kind, "EXPRESS") == 0;
}

struct yaml_node *import_workflow(struct importing *importing, const struct inventory_item *machine)
{
	size_t errors_before = importing->diag->error_count;
	const struct asl_scope *scope = asl_read(machine->node, importing->arena, importing->diag);
	struct step_writer writer = {.importing = importing, .machine = machine};
	if (!scope)
		return NULL;
	import_tell_keys(importing, LEFT_OF_MACHINE, machine->node, machine->id[0] ? machine->id : "the machine");
	if (machine->resource != machine->node) {
		const struct yaml_node *properties = yaml_get(machine->resource, "Properties");
		properties = properties ? properties : yaml_get(machine->resource, "values");
		import_tell_keys(importing, LEFT_OF_MACHINE, properties ? properties : machine->resource, machine->id);
	}
	struct yaml_node *workflow = yaml_build_map(importing->arena);
	import_add_text(workflow, "kind", import_is_express(machine) ? "express" : "standard",
			import_place(machine->place, importing->arena), importing->arena);
	if (machine->id[0])
		import_add_text(workflow, "resource", machine->id, NULL, importing->arena);
	struct yaml_node *steps = import_add(workflow, YAML_LIST, "steps", NULL, importing->arena);
	write_scope(&writer, steps, scope, false);
	if (!writer.is_full && depth_of(workflow) + 1 > YAML_DEPTH_MAX)
		diag_error(importing->diag, machine->place,
			   "its blocks stand in each other more than those of an experiment can, which has %d levels",
			   YAML_DEPTH_MAX);
	importing->standard = writer.standard;
	return importing->diag->error_count == errors_before ? workflow : NULL;
}
