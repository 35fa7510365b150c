/*
 * The handler on its sandbox: phases one after the other until the work is done, time or memory runs out, or the
 * sandbox crashes. However it ends, it is billed. Peak memory is reached while the layers run. A visit that failed
 * leaves no result, and a sandbox that timed out, ran out of memory or crashed is gone.
 *
 * On a sandbox of its own a phase's end is known when it begins. On an instance, which others may come to, it goes
 * step by step (seat.h).
 */
#include <float.h>
#include <math.h>

#include "base/num.h"
#include "serving/billing.h"
#include "serving/demand.h"
#include "serving/instance.h"
#include "serving/seat.h"
#include "serving/transfer.h"

/* How a visit can end: what counts it, and what is left of where it was. */
static const struct end_rule {
	size_t count_offset; /* in struct function_outcome */
	bool keeps_sandbox;
	bool keeps_instance; /* where others are, or may come, on it */
	const char *name;
} end_rules[VISIT_ENDS] = {
	[VISIT_COMPLETED] = {offsetof(struct function_outcome, completed), true, true, "completed"},
	[VISIT_OUT_OF_MEMORY] = {offsetof(struct function_outcome, out_of_memory), false, false, "out of memory"},
	[VISIT_TMP_FULL] = {offsetof(struct function_outcome, tmp_full), true, true, "/tmp full"},
	[VISIT_TIMEOUT] = {offsetof(struct function_outcome, timeouts), false, true, "timeout"},
	[VISIT_ERROR] = {offsetof(struct function_outcome, errors), true, true, "error"},
	[VISIT_CRASH] = {offsetof(struct function_outcome, crashes), false, false, "crash"},
};

/* Of its function, among those whose requests a sandbox has. */
static uint64_t bit_of(const struct invocation *invocation)
{
	return UINT64_C(1) << invocation->function;
}

/* Where the table of the work is kept for all visits; NULL: this is not the work that its function always has. */
static struct demand_table **kept_demands(const struct invocation *invocation)
{
	const struct setting_function *function = function_of(invocation);
	struct demand_table **kept = &invocation->simulation->demands[2 * invocation->function];
	if (invocation->work == &function->work)
		return &kept[0];
	return invocation->work == &function->last_work ? &kept[1] : NULL;
}

static struct demand_table *new_demands(const struct invocation *invocation)
{
	struct simulation *simulation = invocation->simulation;
	struct demand_table *table = simulation->free_demands;
	if (table)
		simulation->free_demands = table->next_free;
	else
		table = ARENA_NEW(simulation->arena, struct demand_table);
	demand_table_init(table, simulation->setting->platform, invocation->work);
	return table;
}

static void take_demands(struct invocation *invocation)
{
	struct demand_table **kept = kept_demands(invocation);
	if (kept && !*kept)
		*kept = new_demands(invocation);
	invocation->demands = kept ? *kept : new_demands(invocation);
}

/* Nothing where the visit has not started. */
static void leave_demands(struct invocation *invocation)
{
	struct simulation *simulation = invocation->simulation;
	if (invocation->demands && !kept_demands(invocation)) {
		invocation->demands->next_free = simulation->free_demands;
		simulation->free_demands = invocation->demands;
	}
	invocation->demands = NULL;
}

static void leave_sandbox(struct invocation *invocation, bool is_kept)
{
	if (invocation->seat) {
		instance_leave(invocation, !is_kept);
		return;
	}
	admission_leave(invocation->simulation, invocation->function);
	if (is_kept) {
		invocation->sandbox->loaded |= bit_of(invocation);
		sandbox_pool_return(invocation->sandbox);
	} else {
		sandbox_pool_destroy(invocation->sandbox);
	}
}

/*
 * The answer has reached the caller, whose thread takes answers one after the other, and none while there are calls to
 * start.
 */
static void came_back(struct engine *engine, void *subject, int64_t end)
{
	struct invocation *invocation = subject;
	struct simulation *simulation = invocation->simulation;
	int64_t answer_ns = simulation->setting->answer_ns;
	int64_t now_ns = engine_now_ns(engine);
	if (answer_ns == 0) {
		simulation->visit_ended(engine, subject, end);
		return;
	}
	int64_t begin_ns = simulation->driver_free_ns > now_ns ? simulation->driver_free_ns : now_ns;
	simulation->driver_free_ns = begin_ns + answer_ns;
	counts_of(invocation)->cause_ns[CAUSE_CLIENT] += simulation->driver_free_ns - now_ns;
	engine_schedule(engine, simulation->driver_free_ns - now_ns, 0, simulation->visit_ended, invocation, end);
}

/* Billed time is what the visit has added to its function's. */
static void tell_visit(const struct invocation *invocation, enum visit_end end, wide_sum billed_before_ns)
{
	const struct simulation *simulation = invocation->simulation;
	const struct visit_sink *sink = simulation->options->visits;
	if (!sink)
		return;
	const struct visit_entry entry = {
		.record = invocation->record,
		.function = (uint32_t)invocation->function,
		.sandbox = invocation->sandbox->ordinal,
		.attempt = invocation->failures,
		.is_cold = invocation->is_cold,
		.end = end_rules[end].name,
		.submitted_ns = invocation->submitted_ns,
		.asked_ns = invocation->asked_ns,
		.start_ns = invocation->start_ns,
		.end_ns = engine_now_ns(&simulation->engine),
		.init_ns = invocation->init_ns,
		.billed_ns = (int64_t)(counts_of(invocation)->billed_ns - billed_before_ns),
	};
	sink->ended(sink->context, &entry);
}

/* The invocation is billed, counted and leaves; what it leaves behind is kept or not. */
static void end_one(struct invocation *invocation, enum visit_end end, bool is_kept)
{
	struct simulation *simulation = invocation->simulation;
	wide_sum billed_before_ns = counts_of(invocation)->billed_ns;
	invocation->ended_ns = engine_now_ns(&simulation->engine);
	billing_visit(invocation, engine_now_ns(&simulation->engine) - invocation->start_ns);
	tell_visit(invocation, end, billed_before_ns);
	invocation_span(invocation, SPAN_VISIT, end_rules[end].name, invocation->start_ns);
	int64_t *count = (int64_t *)(void *)((char *)counts_of(invocation) + end_rules[end].count_offset);
	++*count;
	leave_sandbox(invocation, is_kept);
	leave_demands(invocation);
	invocation->sandbox = NULL;
	int64_t back_ns = simulation->setting->client_ns;
	counts_of(invocation)->cause_ns[CAUSE_CLIENT] += back_ns;
	if (back_ns > 0)
		engine_schedule(&simulation->engine, back_ns, 0, came_back, invocation, end);
	else
		came_back(&simulation->engine, invocation, end);
}

/* What the current phase took until now, whether it is over or stopped. */
static void count_phase(struct invocation *invocation)
{
	int64_t now_ns = engine_now_ns(&invocation->simulation->engine);
	invocation_count_step(invocation);
	counts_of(invocation)->phase_ns[invocation->phase] += now_ns - invocation->phase_start_ns;
	const char *label = work_phase_label(invocation->work->is_stated, invocation->phase);
	invocation_span(invocation, SPAN_PHASE, label, invocation->phase_start_ns);
}

/* An instance is lost with all of its requests, those whose handlers have not started among them. */
static void end_all(struct instance *instance, enum visit_end end)
{
	for (int64_t left = instance->requests; left > 0; left--) {
		struct invocation *invocation = instance->first->invocation;
		if (!instance->first->has_started)
			invocation->start_ns = engine_now_ns(&invocation->simulation->engine);
		else if (instance->first->is_in_phase)
			count_phase(invocation);
		end_one(invocation, end, false);
	}
}

static void visit_end(struct invocation *invocation, enum visit_end end)
{
	const struct end_rule *rule = &end_rules[end];
	struct instance *instance = invocation->seat ? invocation->seat->instance : NULL;
	bool is_kept = instance && instance->is_shared ? rule->keeps_instance : rule->keeps_sandbox;
	if (instance && !is_kept)
		end_all(instance, end);
	else
		end_one(invocation, end, is_kept);
}

/* When a phase on a sandbox of its own ends, and what its time is put down to. */
static int64_t phase_end_ns(struct invocation *invocation, const struct demand *demand)
{
	int64_t now_ns = engine_now_ns(&invocation->simulation->engine);
	struct sandbox *sandbox = invocation->sandbox;
	struct phase_split *split = &invocation->split;
	if (demand->is_transfer)
		return transfer_end_ns(invocation, demand, split);
	int64_t wait_ns = invocation_wait_ns(invocation, demand);
	int64_t cpu_ns = invocation_cpu_ns(invocation, demand);
	int64_t end_ns = demand_end_ns(demand, &sandbox->quota, now_ns, wait_ns, cpu_ns);
	int64_t computed_ns = end_ns - now_ns - wait_ns;
	int64_t unthrottled_ns = cpu_unthrottled_ns(&sandbox->quota, cpu_ns, demand->threads);
	split->ns[CAUSE_WAIT] = wait_ns;
	split->ns[CAUSE_COMPUTE] = unthrottled_ns < computed_ns ? unthrottled_ns : computed_ns;
	split->ns[CAUSE_THROTTLED] = computed_ns - split->ns[CAUSE_COMPUTE];
	return end_ns;
}

/* Goes to the next phase that asks for something, or behind the last one. */
static const struct demand *find_demand(struct invocation *invocation)
{
	const struct sandbox *sandbox = invocation->sandbox;
	const struct demand_visit visit = {
		.is_first = !(sandbox->loaded & bit_of(invocation)),
		.repeat_init_ns = sandbox->loaded == 0 ? sandbox->repeat_init_ns : 0,
		.traced_wait_ns = invocation->function == 0 ? invocation->wait_ns : 0,
	};
	return demand_find(invocation->demands, &visit, &invocation->phase);
}

/* Time has run out, or the sandbox crashes (enum visit_end). Where all on the instance end, end_all counts phases. */
static void visit_stopped(struct engine *engine, void *subject, int64_t end)
{
	struct invocation *invocation = subject;
	struct seat *seat = invocation->seat;
	bool is_counted_with_others = seat && (!seat->instance->is_shared || end == VISIT_CRASH);
	if (!is_counted_with_others)
		count_phase(invocation);
	visit_end(invocation, (enum visit_end)end);
}

static bool handler_fails(const struct invocation *invocation)
{
	double rate = invocation->simulation->setting->failures.error_rate;
	if (rate == 0)
		return false;
	struct stream luck;
	invocation_stream(&luck, invocation, LUCK_ERROR);
	return stream_uniform(&luck) < rate;
}

/* Whether the visit ends before the phase, or after the last one. */
static bool ends_here(struct invocation *invocation, enum visit_end *end)
{
	const struct setting_function *function = function_of(invocation);
	const struct work *work = invocation->work;
	bool is_over = invocation->phase == WORK_PHASES;
	struct seat *seat = invocation->seat;
	if (invocation->phase >= WORK_COMPUTE && !is_over &&
	    (seat ? !instance_hold(seat, work, setting_room_mb(function))
		  : work->peak_memory_mb > setting_room_mb(function))) {
		*end = VISIT_OUT_OF_MEMORY;
		return true;
	}
	if (invocation->phase >= WORK_DECODE && !is_over && work->tmp_mb > (double)function->tmp_mb) {
		*end = VISIT_TMP_FULL;
		return true;
	}
	*end = handler_fails(invocation) ? VISIT_ERROR : VISIT_COMPLETED;
	return is_over;
}

static void phase_done(struct engine *engine, void *subject, int64_t argument);

/* A phase on a sandbox of its own: its end is known, so that one event ends it, in time or not. */
static void begin_alone(struct invocation *invocation, const struct demand *demand)
{
	struct engine *engine = &invocation->simulation->engine;
	int64_t now_ns = engine_now_ns(engine);
	int64_t deadline_ns = invocation->start_ns + function_of(invocation)->timeout_ns;
	int64_t stop_ns = deadline_ns < invocation->stop_ns ? deadline_ns : invocation->stop_ns;
	int64_t end_ns = phase_end_ns(invocation, demand);
	if (end_ns > stop_ns)
		engine_schedule(engine, stop_ns - now_ns, 0, visit_stopped, invocation,
				stop_ns == deadline_ns ? VISIT_TIMEOUT : VISIT_CRASH);
	else
		engine_schedule(engine, end_ns - now_ns, 0, phase_done, invocation, 0);
}

static void next_phase(struct invocation *invocation);

/* What another request has loaded is there. */
static void others_have_loaded(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	invocation->seat->timer = 0;
	invocation->seat->waits_for_load = false;
	count_phase(invocation);
	invocation->seat->is_in_phase = false;
	next_phase(invocation);
}

/* On an instance one request loads what all need; false where another one does. */
static bool may_load(struct seat *seat, const struct phase *phase)
{
	struct instance *instance = seat->instance;
	if (!phase->cold_only)
		return true;
	if (!instance->loader)
		instance->loader = seat;
	seat->waits_for_load = instance->loader != seat;
	seat->then = others_have_loaded;
	return !seat->waits_for_load;
}

/* What comes only once in a sandbox's life is over. */
static void note_loaded(struct invocation *invocation)
{
	struct sandbox *sandbox = invocation->sandbox;
	if ((sandbox->loaded & bit_of(invocation)) || invocation->phase <= WORK_WEIGHTS_LOAD)
		return;
	sandbox->loaded |= bit_of(invocation);
	/* Another function's request may be loading, where they share the instance. */
	if (sandbox->instance->loader == invocation->seat || !sandbox->instance->loader)
		instance_loaded(sandbox->instance);
}

/* Starts the next phase that has something to do, or ends the visit. */
static void next_phase(struct invocation *invocation)
{
	const struct work *work = invocation->work;
	struct seat *seat = invocation->seat;
	const struct demand *demand = find_demand(invocation);
	enum visit_end end;
	if (seat)
		note_loaded(invocation);
	if (ends_here(invocation, &end)) {
		visit_end(invocation, end);
		return;
	}
	const struct phase *phase = &work->phases[invocation->phase];
	invocation->phase_start_ns = engine_now_ns(&invocation->simulation->engine);
	invocation->step_start_ns = invocation->phase_start_ns;
	invocation->split = (struct phase_split){0};
	if (seat) {
		seat->is_in_phase = true;
		if (!may_load(seat, phase))
			return;
	}
	/* A request is paid for when it is made, even where the function does not live to see the answer. */
	demand_count_requests(demand, &counts_of(invocation)->usage);
	if (seat)
		seat_begin_phase(seat, demand, phase_done);
	else
		begin_alone(invocation, demand);
}

/* The current phase is over. */
static void phase_done(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	const struct phase *phase = &invocation->work->phases[invocation->phase];
	struct function_outcome *counts = counts_of(invocation);
	count_phase(invocation);
	*(phase->puts > 0 ? &counts->bytes_out : &counts->bytes_in) += phase->bytes;
	phase_count_bytes(phase, &counts->usage);
	invocation->phase++;
	if (invocation->seat)
		invocation->seat->is_in_phase = false;
	next_phase(invocation);
}

static void draw_failures(struct invocation *invocation)
{
	const struct failures *failures = &invocation->simulation->setting->failures;
	invocation->straggling = 1;
	invocation->stop_ns = INT64_MAX;
	struct stream luck;
	invocation_stream(&luck, invocation, LUCK_FAILURES);
	if (failures->straggler_rate > 0 && stream_uniform(&luck) < failures->straggler_rate)
		invocation->straggling = failures->straggler_slowdown;
	if (failures->crashes_per_hour > 0) {
		double hours = stream_exponential(&luck, 1 / failures->crashes_per_hour);
		invocation->stop_ns = invocation->start_ns + (int64_t)fmin(hours * 3.6e12, 4e18);
	}
	int64_t taken_ns = invocation->sandbox->taken_ns;
	if (taken_ns < invocation->stop_ns)
		invocation->stop_ns = taken_ns > invocation->start_ns ? taken_ns : invocation->start_ns;
}

/* The same for a request's visit on any size and schedule. */
static double draw_variation(const struct invocation *invocation)
{
	const struct work *work = invocation->work;
	if (work->variation < DBL_EPSILON)
		return 1;
	struct stream luck;
	invocation_stream(&luck, invocation, LUCK_WORK);
	return work_factor_draw(work, &luck);
}

static void instance_crashes(struct engine *engine, void *subject, int64_t argument)
{
	struct instance *instance = subject;
	instance->crash = 0;
	visit_stopped(engine, instance->first->invocation, VISIT_CRASH);
}

/* A busy sandbox crashes at a constant rate, however many requests it has. */
static void await_crash(struct instance *instance, const struct invocation *invocation)
{
	struct engine *engine = &instance->simulation->engine;
	if (!instance->crash_is_drawn && invocation->stop_ns < INT64_MAX)
		instance->crash = engine_schedule(engine, invocation->stop_ns - engine_now_ns(engine),
						  EVENT_PRIORITY_MIN, instance_crashes, instance, 0);
	instance->crash_is_drawn = true;
}

/* On an instance it is not known when a phase begins whether it ends in time. */
static void await_stops(struct invocation *invocation)
{
	struct engine *engine = &invocation->simulation->engine;
	/* What ends at the very time is not too late. */
	invocation->seat->timeout = engine_schedule(engine, function_of(invocation)->timeout_ns, EVENT_PRIORITY_MIN,
						    visit_stopped, invocation, VISIT_TIMEOUT);
	await_crash(invocation->seat->instance, invocation);
}

void visit_start(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	invocation->work = invocation_work(invocation);
	take_demands(invocation);
	invocation->start_ns = engine_now_ns(engine);
	if (invocation->is_cold)
		invocation_span(invocation, SPAN_COLD_START, NULL, invocation->start_ns - invocation->init_ns);
	invocation->phase = 0;
	draw_failures(invocation);
	invocation->variation = draw_variation(invocation);
	cpu_quota_receive(&invocation->sandbox->quota, invocation->start_ns);
	if (invocation->seat) {
		await_stops(invocation);
		instance_handler_starts(invocation->seat);
	}
	next_phase(invocation);
}
