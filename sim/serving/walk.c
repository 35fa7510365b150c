/*
 * A record's way through the steps of its graph (step_graph.h). An invocation is a token: it goes from step to step,
 * and where a block forks, it waits in a join for the tokens that walk the block's branches. The first branch that
 * fails ends the join: its token goes on to what was caught, and the others' find out when they would go on themselves.
 */
#include "base/num.h"
#include "serving/billing.h"
#include "serving/simulation.h"

static void enter(struct invocation *token);
static void leave(struct invocation *token, bool ends);
static void fail(struct invocation *token, bool is_final);

static const struct step *step_of(const struct invocation *token)
{
	return &token->simulation->graph->steps[token->step];
}

static struct step_outcome *step_counts_of(const struct invocation *token)
{
	return &token->simulation->outcome->steps[token->step];
}

static int64_t now_of(const struct invocation *token)
{
	return engine_now_ns(&token->simulation->engine);
}

/* --- tokens and joins --- */

static void count_token(struct invocation *token)
{
	struct simulation *simulation = token->simulation;
	token->execution->tokens++;
	simulation->outcome->tokens_begun++;
	simulation->tokens++;
	if (simulation->setting->graph && simulation->tokens > simulation->setting->in_flight_max) {
		simulation->intake.is_overfull = true;
		engine_stop(&simulation->engine);
	}
}

static void free_token(struct invocation *token)
{
	struct simulation *simulation = token->simulation;
	struct execution *execution = token->execution;
	path_drop(simulation, &token->legs);
	simulation->outcome->tokens_ended++;
	simulation->tokens--;
	token->next_free = simulation->free_list;
	simulation->free_list = token;
	execution_leave(simulation, execution);
}

static int64_t share(int64_t whole, int64_t parts)
{
	return parts > 1 ? div_ceil_int64(whole, parts) : whole;
}

/* A token for the join's next branch, with its parent's data; an item's, with a share of it. */
static struct invocation *new_branch_token(struct join *join, uint32_t branch)
{
	struct invocation *parent = join->parent;
	struct simulation *simulation = join->simulation;
	const struct step *step = step_of(parent);
	int64_t shares = step->kind == STEP_MAP ? join->total : 1;
	int64_t items = parent->items;
	if (step->kind == STEP_MAP)
		items = min_int64(step->batch, join->items - join->begun * step->batch);
	struct invocation *token = invocation_new(simulation);
	struct work *own_work = token->own_work;
	*token = (struct invocation){
		.simulation = simulation,
		.function = parent->function,
		.record = parent->record,
		.submitted_ns = parent->submitted_ns,
		.begun_ns = engine_now_ns(&simulation->engine),
		.size = step->counts_messages ? (int)items - 1 : parent->size,
		.place = NO_PLACE,
		.was_caught = parent->was_caught,
		.step = simulation->graph->branches[branch].first,
		.branch = branch,
		.join = join,
		.execution = parent->execution,
		.own_work = own_work,
		.items = items,
		.payload_bytes = share(parent->payload_bytes, shares),
		.stored_bytes = share(parent->stored_bytes, shares),
		.stored_objects = share(parent->stored_objects, shares),
		.way = invocation_mix(invocation_mix(parent->way, (uint64_t)branch),
				      (uint64_t)parent->failures << 40 | (uint64_t)join->begun),
	};
	token->leads_execution = step->is_distributed;
	if (step->is_distributed) {
		token->execution = execution_begin(simulation, step->child_kind, parent->execution);
		execution_count_transition(parent);
	} else {
		parent->execution->entries += step->kind == STEP_MAP ? step_history[STEP_MAP].per_item : 0;
	}
	token->execution->data_bytes += step->kind == STEP_LOOP ? 0 : token->payload_bytes;
	path_follow(join, token);
	join->begun++;
	join->pending++;
	count_token(token);
	return token;
}

/* The token waits for so many others. */
static struct join *new_join(struct invocation *parent, int64_t total)
{
	struct simulation *simulation = parent->simulation;
	struct join *join = simulation->free_joins;
	if (join)
		simulation->free_joins = join->next_free;
	else
		join = ARENA_NEW(simulation->arena, struct join);
	*join = (struct join){
		.simulation = simulation,
		.parent = parent,
		.outer = parent->join,
		.total = total,
		.begun_ns = now_of(parent),
		.turn_ns = now_of(parent),
	};
	return join;
}

static void free_join(struct join *join)
{
	struct simulation *simulation = join->simulation;
	path_drop(simulation, &join->ended);
	path_drop(simulation, &join->freed);
	join->next_free = simulation->free_joins;
	simulation->free_joins = join;
}

static void end_lost(struct invocation *token);

/* Nobody waits for the join any more; with its last branch, or event, it goes, and its token where that still waits. */
static void drop_join(struct join *join)
{
	if (join->pending > 0)
		return;
	struct invocation *parent = join->is_over ? NULL : join->parent;
	free_join(join);
	if (parent)
		end_lost(parent);
}

/* A token ends that nobody waits for. */
static void end_lost(struct invocation *token)
{
	struct join *join = token->join;
	if (token->leads_execution)
		execution_bill(token);
	free_token(token);
	join->pending--;
	drop_join(join);
}

/* All branches are done: their parent goes on with what they hand on. */
static void close_join(struct join *join)
{
	struct invocation *parent = join->parent;
	bool ends = join->ends;
	path_count_slack(join);
	parent->payload_bytes = join->payload_bytes;
	parent->stored_bytes = join->stored_bytes;
	parent->stored_objects = join->stored_objects;
	free_join(join);
	leave(parent, ends);
}

static void turn_comes(struct engine *engine, void *subject, int64_t argument);

/* What children of a distributed map wait for, beside the rate at which they may start, has not been measured. */
static bool is_forked_by_service(const struct join *join, const struct step *step)
{
	return step->kind != STEP_LOOP && !step->is_distributed &&
	       workflow_is_of_service(join->simulation->graph->kind);
}

/* So that whatever is walked takes events, which have a budget and can be interrupted. */
enum { BRANCHES_PER_EVENT_MAX = 1000 };

static bool begins_too_many(struct simulation *simulation)
{
	if (simulation->branches_event != simulation->engine.events_run)
		simulation->branches_begun = 0;
	simulation->branches_event = simulation->engine.events_run;
	return simulation->branches_begun++ >= BRANCHES_PER_EVENT_MAX;
}

static void await_turn(struct join *join, int64_t rest_ns)
{
	if (join->is_turn_awaited)
		return;
	engine_schedule(&join->simulation->engine, rest_ns, 0, turn_comes, join, 0);
	join->is_turn_awaited = true;
	join->pending++;
}

/* Until the next branch may start. */
static int64_t rest_of(const struct join *join, const struct step *step)
{
	const struct simulation *simulation = join->simulation;
	if (step->is_distributed)
		return execution_child_rest_ns(simulation, step->child_kind == WORKFLOW_EXPRESS);
	return join->turn_ns - engine_now_ns(&simulation->engine);
}

/* Starts branches as far as they may run at once: all of a parallel step, a map's items at its pace, a loop's round. */
static void begin_branches(struct join *join)
{
	if (join->is_filling)
		return;
	struct simulation *simulation = join->simulation;
	const struct step *step = step_of(join->parent);
	const struct platform_workflow *workflow = &simulation->setting->platform->workflow;
	bool is_paced = step->kind == STEP_MAP && is_forked_by_service(join, step);
	int64_t at_once = step->kind == STEP_MAP ? step->concurrency : INT64_MAX;
	if (join->begun == 0 && is_forked_by_service(join, step))
		join->turn_ns = join->begun_ns + ns_from_seconds(workflow->fork_seconds);
	join->is_filling = true;
	join->pending++;
	while (!join_is_lost(join) && join->begun < join->total &&
	       join->pending - 1 - join->is_turn_awaited < at_once) {
		int64_t rest_ns = rest_of(join, step);
		if (rest_ns > 0 || begins_too_many(simulation)) {
			await_turn(join, rest_ns > 0 ? rest_ns : 0);
			break;
		}
		uint32_t branch = step->first_branch + (step->kind == STEP_PARALLEL ? (uint32_t)join->begun : 0);
		struct invocation *token = new_branch_token(join, branch);
		if (is_paced)
			join->turn_ns += workflow_map_rest_ns(workflow, join->begun) - rest_ns;
		enter(token);
	}
	join->is_filling = false;
	join->pending--;
	if (join_is_lost(join))
		drop_join(join);
	else if (join->pending == 0 && join->begun == join->total)
		close_join(join);
}

static void turn_comes(struct engine *engine, void *subject, int64_t argument)
{
	struct join *join = subject;
	join->is_turn_awaited = false;
	join->pending--;
	if (join_is_lost(join))
		drop_join(join);
	else
		begin_branches(join);
}

/* A loop's round hands on to the next, where there is one: as an event, so that rounds without any take no stack. */
static bool loop_goes_on(struct join *join, const struct invocation *round)
{
	struct invocation *parent = join->parent;
	const struct step *step = step_of(parent);
	struct stream luck;
	invocation_step_stream(&luck, parent, LUCK_CHOICE, parent->step, (uint64_t)join->begun);
	parent->execution->entries += step_history[STEP_LOOP].per_item;
	execution_count_transition(parent);
	int64_t rest_ns = execution_enter_ns(parent);
	if (join->begun == step->at_most || stream_uniform(&luck) >= step->again)
		return false;
	parent->payload_bytes = round->payload_bytes;
	parent->stored_bytes = round->stored_bytes;
	parent->stored_objects = round->stored_objects;
	join->total++;
	await_turn(join, rest_ns);
	return true;
}

static void branch_completed(struct invocation *token, bool ends)
{
	struct join *join = token->join;
	bool is_loop = step_of(join->parent)->kind == STEP_LOOP;
	bool is_map = step_of(join->parent)->kind == STEP_MAP;
	/* What another item, or round, waits for has no time to lose. */
	if (!is_loop && join->begun == join->total)
		path_add(token->simulation, &join->ended, token->branch, 1, now_of(token) - join->begun_ns);
	bool is_last = join->begun == join->total && join->pending == join->is_filling;
	int64_t others = join->pending - join->is_filling - join->is_turn_awaited;
	if (is_map && join->begun < join->total && others + 1 >= step_of(join->parent)->concurrency)
		path_hand_over(token);
	if (is_loop || is_last)
		path_take_branch(token);
	bool goes_on = is_loop && !ends && loop_goes_on(join, token);
	join->ends = is_loop && ends;
	if (!goes_on) {
		join->payload_bytes += token->payload_bytes;
		join->stored_bytes += token->stored_bytes;
		join->stored_objects += token->stored_objects;
	}
	free_token(token);
	if (!goes_on)
		begin_branches(join);
}

enum ending {
	ENDING_COMPLETED,
	ENDING_EARLY, /* completed by a choice's branch that ends */
	ENDING_FAILED,
	ENDING_FINAL, /* a failure that nothing catches */
};

/* The records, or messages, that a fail step ended; not those that come again, nor those that had failed before. */
static void count_failed(const struct invocation *token)
{
	struct simulation *simulation = token->simulation;
	bool comes_again = token->batch && !simulation->setting->source.is_handed_over;
	if (token->failed_at >= 0 && !token->was_caught && !comes_again)
		simulation->outcome->steps[token->failed_at].failed += token->batch ? token->size + 1 : 1;
}

/* A token has come to the end of its branch, or of the workflow. */
static void end_token(struct invocation *token, enum ending ending)
{
	bool is_completed = ending <= ENDING_EARLY;
	bool is_final = ending == ENDING_FINAL;
	struct join *join = token->join;
	if (!join) {
		if (!is_completed)
			count_failed(token);
		path_count_record(token);
		execution_bill(token);
		token->simulation->walk_ended(token, is_completed);
		return;
	}
	join->pending--;
	bool is_child = token->leads_execution;
	if (is_child)
		execution_bill(token);
	if (is_completed) {
		branch_completed(token, ending == ENDING_EARLY);
		return;
	}
	struct invocation *parent = join->parent;
	parent->failed_at = token->failed_at;
	path_take_branch(token);
	join->is_over = true;
	free_token(token);
	drop_join(join);
	/* The end of a map's child, whatever its reason, is an error in the execution that it belongs to. */
	fail(parent, is_final && !is_child);
}

void walk_free(struct invocation *token)
{
	free_token(token);
}

/* --- steps --- */

/* Of a pipeline, places are given back with every step; else with the record. */
static int32_t take_place_back(struct invocation *token)
{
	if (token->simulation->setting->schedule != SCHEDULE_PIPELINED)
		return NO_PLACE;
	int32_t place = token->place;
	token->place = NO_PLACE;
	return place;
}

static void free_place(struct simulation *simulation, int32_t place)
{
	if (place != NO_PLACE)
		simulation->place_left(simulation, place);
}

/* Goes on behind the step, or behind what ends with it; nowhere, where that is a branch that ends. */
static void go_on(struct invocation *token, bool ends)
{
	const struct step *steps = token->simulation->graph->steps;
	int32_t at = token->step;
	while (!ends && steps[at].next == GRAPH_END && steps[at].around != steps[at].scope) {
		ends = steps[at].is_ending;
		at = steps[at].around;
	}
	if (ends || steps[at].next == GRAPH_END) {
		end_token(token, ends ? ENDING_EARLY : ENDING_COMPLETED);
		return;
	}
	token->step = steps[at].next;
	enter(token);
}

static void leave(struct invocation *token, bool ends)
{
	struct simulation *simulation = token->simulation;
	const struct step *step = step_of(token);
	if (step->payload_bytes >= 0) {
		token->payload_bytes = step->is_stored ? 0 : step->payload_bytes;
		token->stored_bytes = step->is_stored ? step->payload_bytes : 0;
		token->stored_objects = step->is_stored;
	}
	if (execution_is_stopped(token)) {
		fail(token, true);
		return;
	}
	int32_t place = take_place_back(token);
	path_count_step(token);
	go_on(token, ends);
	free_place(simulation, place);
}

static void try_again(struct engine *engine, void *subject, int64_t argument);

static void fail(struct invocation *token, bool is_final)
{
	struct simulation *simulation = token->simulation;
	const struct step *step = step_of(token);
	if (!is_final && step_forks(step) && token->failures < step->retry.attempts) {
		int64_t rest_ns = retry_rest_ns(&step->retry, token->failures++);
		engine_schedule(&simulation->engine, rest_ns, 0, try_again, token, 0);
		return;
	}
	int32_t place = take_place_back(token);
	path_count_step(token);
	if (simulation->setting->graph && step->kind != STEP_FAIL)
		step_counts_of(token)->failed++;
	token->was_caught = token->was_caught || step->caught != GRAPH_UNCAUGHT;
	if (is_final || step->caught == GRAPH_UNCAUGHT) {
		end_token(token, is_final ? ENDING_FINAL : ENDING_FAILED);
	} else if (step->caught == GRAPH_END) {
		go_on(token, false);
	} else {
		token->step = step->caught;
		enter(token);
	}
	free_place(simulation, place);
}

static void call_granted(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *token = subject;
	token->place = (int32_t)token->function;
	call_soon(token);
}

static bool is_first_step(const struct invocation *token)
{
	return token->step == 0 && !token->join;
}

static void task_reached(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *token = subject;
	struct simulation *simulation = token->simulation;
	if (is_first_step(token)) {
		/* It has its place, for which it has waited since it asked. */
		call_soon(token);
		return;
	}
	token->asked_ns = engine_now_ns(engine);
	if (simulation->setting->schedule == SCHEDULE_PIPELINED)
		resource_acquire(&simulation->places[token->function], 1, call_granted, token, 0);
	else
		call_soon(token);
}

/* What comes through the object store, and what goes there, is moved beside the function's own work. */
static void set_work(struct invocation *token, const struct step *step)
{
	token->has_own_work = false;
	if (!step->is_stored && token->stored_objects == 0)
		return;
	if (!token->own_work)
		token->own_work = ARENA_NEW(token->simulation->arena, struct work);
	*token->own_work = *invocation_work(token);
	struct phase *get = &token->own_work->phases[WORK_RECORD_GET];
	struct phase *put = &token->own_work->phases[WORK_RECORD_PUT];
	get->gets += token->stored_objects;
	get->bytes += token->stored_bytes;
	put->puts += step->is_stored;
	put->bytes += step->is_stored ? step->payload_bytes : 0;
	token->has_own_work = true;
}

int64_t walk_hop_ns(const struct invocation *token)
{
	const struct setting *setting = token->simulation->setting;
	if (setting->graph && setting->graph->kind == WORKFLOW_DURABLE && !is_first_step(token))
		return ns_from_seconds(setting->platform->workflow.durable_operation_seconds);
	const struct quantiles *hop = setting_hop(setting, !is_first_step(token));
	if (!hop)
		return 0;
	struct stream luck;
	invocation_stream(&luck, token, LUCK_HOP);
	int64_t payload_ns =
		setting->graph ? workflow_payload_ns(&setting->platform->workflow, token->payload_bytes) : 0;
	return ns_from_seconds(quantile_draw(&hop->table, &luck)) + payload_ns;
}

/* A token for an asynchronous task's call, which goes its own way. */
static void detach(struct invocation *parent)
{
	struct invocation *token = invocation_new(parent->simulation);
	struct work *own_work = token->own_work;
	*token = *parent;
	token->own_work = own_work;
	token->has_own_work = false;
	token->join = NULL;
	token->batch = NULL;
	token->legs = NULL;
	token->place = NO_PLACE;
	token->leads_execution = false;
	token->is_detached = true;
	token->asked_ns = now_of(parent);
	count_token(token);
	call_soon(token);
}

/* The call is queued, and that is all that the step waits for. */
static void task_queued(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *token = subject;
	if (invocation_is_lost(token)) {
		end_lost(token);
		return;
	}
	detach(token);
	leave(token, false);
}

static void enter_task(struct invocation *token)
{
	struct engine *engine = &token->simulation->engine;
	const struct step *step = step_of(token);
	token->function = step->function;
	token->attempts = 0;
	set_work(token, step);
	int64_t delay_ns = is_first_step(token) ? 0 : walk_hop_ns(token);
	event_action *reached = step->is_async ? task_queued : task_reached;
	if (delay_ns > 0)
		engine_schedule(engine, delay_ns, 0, reached, token, 0);
	else
		reached(engine, token, 0);
}

static void enter_block(struct invocation *token)
{
	const struct step *step = step_of(token);
	struct join *join = new_join(token, step->kind == STEP_PARALLEL ? step->branch_count : 1);
	begin_branches(join);
}

static void enter_map(struct invocation *token)
{
	int64_t items = invocation_map_items(token);
	if (items == 0) {
		token->payload_bytes = 0;
		leave(token, false);
		return;
	}
	struct join *join = new_join(token, div_ceil_int64(items, step_of(token)->batch));
	join->items = items;
	begin_branches(join);
}

static uint32_t draw_branch(const struct invocation *token)
{
	const struct step *step = step_of(token);
	const struct step_branch *branches = &token->simulation->graph->branches[step->first_branch];
	struct stream luck;
	invocation_step_stream(&luck, token, LUCK_CHOICE, token->step, 0);
	double left = stream_uniform(&luck);
	uint32_t taken = 0;
	while (taken + 1 < step->branch_count && left >= branches[taken].probability)
		left -= branches[taken++].probability;
	return taken;
}

static void enter_choice(struct invocation *token)
{
	const struct step *step = step_of(token);
	const struct step_branch *branches = &token->simulation->graph->branches[step->first_branch];
	uint32_t taken = step->codes ? (uint32_t)step->branches_of[step->codes[token->record]] : draw_branch(token);
	if (branches[taken].first == GRAPH_END) {
		leave(token, branches[taken].ends);
		return;
	}
	path_count_step(token);
	token->step = branches[taken].first;
	enter(token);
}

static void waited(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *token = subject;
	if (invocation_is_lost(token))
		end_lost(token);
	else
		leave(token, false);
}

static void enter_wait(struct invocation *token)
{
	counts_of(token)->usage.durable_operations += token->execution->kind == WORKFLOW_DURABLE;
	engine_schedule(&token->simulation->engine, step_of(token)->wait_ns, 0, waited, token, 0);
}

static void enter_fail(struct invocation *token)
{
	token->failed_at = token->step;
	fail(token, false);
}

static void (*const enter_kinds[STEP_KINDS])(struct invocation *token) = {
	[STEP_TASK] = enter_task,     [STEP_PARALLEL] = enter_block, [STEP_MAP] = enter_map,
	[STEP_CHOICE] = enter_choice, [STEP_LOOP] = enter_block,     [STEP_WAIT] = enter_wait,
	[STEP_FAIL] = enter_fail,
};

enum { MUST_WAIT_AGAIN, MAY_ENTER };

static void enter_step(struct invocation *token)
{
	const struct step *step = step_of(token);
	token->execution->entries += step->has_no_state ? 0 : step_history[step->kind].per_step;
	if (step_is_transition(step))
		execution_count_transition(token);
	if (execution_is_stopped(token))
		fail(token, true);
	else
		enter_kinds[step->kind](token);
}

/* Begins the token's step, for the first time or after it has failed. */
static void begin_step(struct invocation *token)
{
	const struct step *step = step_of(token);
	bool is_counted = step->kind == STEP_TASK || step_is_transition(step);
	int64_t rest_ns = is_counted ? execution_enter_ns(token) : 0;
	if (rest_ns > 0)
		engine_schedule(&token->simulation->engine, rest_ns, 0, try_again, token, MAY_ENTER);
	else
		enter_step(token);
}

static void enter(struct invocation *token)
{
	if (invocation_is_lost(token)) {
		end_lost(token);
		return;
	}
	token->failures = 0;
	token->age_ns = 0;
	token->failed_at = GRAPH_END;
	if (token->simulation->setting->graph) {
		token->entered_ns = now_of(token);
		token->inside_ns = 0;
		step_counts_of(token)->entered++;
	}
	begin_step(token);
}

static void try_again(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *token = subject;
	if (invocation_is_lost(token))
		end_lost(token);
	else if (argument == MAY_ENTER)
		enter_step(token);
	else
		begin_step(token);
}

void walk_begin(struct invocation *record)
{
	struct simulation *simulation = record->simulation;
	record->execution = execution_begin(simulation, simulation->graph->kind, NULL);
	record->payload_bytes = simulation->graph->payload_bytes;
	record->execution->data_bytes = record->payload_bytes;
	record->step = 0;
	record->items = 1;
	count_token(record);
	enter(record);
}

void walk_call_ended(struct invocation *token, bool is_completed)
{
	if (token->is_detached) {
		token->simulation->outcome->dead_letters += !is_completed;
		free_token(token);
	} else if (invocation_is_lost(token)) {
		struct simulation *simulation = token->simulation;
		int32_t place = take_place_back(token);
		end_lost(token);
		free_place(simulation, place);
	} else if (is_completed) {
		leave(token, false);
	} else {
		fail(token, false);
	}
}
