/*
 * The serving model: records wait for a place (a job or a function's place), the driver calls a function, the call is
 * admitted or throttled, a sandbox is found or made, the handler's phases run one after the other, the sandbox goes
 * idle, the record moves on. Assumptions: a call is retried only when throttled; out of memory and out of time are
 * final for the record (they would happen again) and destroy the sandbox.
 */
#include "serving/simulate.h"

#include <math.h>
#include <stdlib.h>

#include "base/num.h"
#include "engine/engine.h"
#include "engine/resource.h"
#include "platform/concurrency.h"
#include "platform/sandbox.h"
#include "random/stream.h"
#include "serving/machine.h"

const char *const schedule_names[] = {[SCHEDULE_PER_RECORD] = "per_record", [SCHEDULE_PIPELINED] = "pipelined", NULL};

struct simulation {
	struct engine engine;
	const struct setting *setting;
	const struct simulate_options *options;
	struct arena *arena;
	struct outcome *outcome;
	struct sandbox_pool *pools; /* one per function */
	struct resource *places;    /* one for all jobs, or one per function */
	struct concurrency concurrency;
	int64_t driver_free_ns; /* when the driver can start its next call */
	struct invocation *free_list;
};

/* One record on its way; reused for the next record when it is done. */
struct invocation {
	struct simulation *simulation;
	struct invocation *next_free;
	int64_t record;
	size_t function;
	int64_t submitted_ns;
	int attempts; /* throttled calls of the current function */
	struct sandbox *sandbox;
	bool is_cold;
	int phase;
	int64_t init_ns;
	int64_t start_ns; /* handler start */
	int64_t phase_start_ns;
};

static const struct setting_function *function_of(const struct invocation *invocation)
{
	return &invocation->simulation->setting->functions[invocation->function];
}

static const struct work *work_of(const struct invocation *invocation)
{
	const struct setting *setting = invocation->simulation->setting;
	const struct setting_function *function = function_of(invocation);
	return invocation->record == setting->records - 1 ? &function->last_work : &function->work;
}

static struct function_outcome *counts_of(const struct invocation *invocation)
{
	return &invocation->simulation->outcome->functions[invocation->function];
}

static struct resource *places_of(const struct invocation *invocation)
{
	const struct simulation *simulation = invocation->simulation;
	bool is_pipelined = simulation->setting->schedule == SCHEDULE_PIPELINED;
	return &simulation->places[is_pipelined ? invocation->function : 0];
}

/* Luck of a record's visit to a function, the same whatever the memory, the schedule or the order of events. */
static void visit_stream(struct stream *stream, const struct invocation *invocation, const char *name)
{
	const struct simulate_options *options = invocation->simulation->options;
	uint64_t visit = (uint64_t)invocation->record * SETTING_FUNCTIONS_MAX + invocation->function;
	stream_init(stream, options->seed, options->replication, stream_id_from_name(name), visit);
}

static void emit_span(const struct invocation *invocation, const char *name, int64_t start_ns, int64_t end_ns)
{
	const struct span_sink *sink = invocation->simulation->options->sink;
	if (!sink)
		return;
	struct span span = {
		.name = name,
		.function = (uint32_t)invocation->function,
		.sandbox = invocation->sandbox->ordinal,
		.record = invocation->record,
		.start_ns = start_ns,
		.end_ns = end_ns,
		.is_cold = invocation->is_cold,
	};
	sink->span(sink->context, &span);
}

static void visit_granted(struct engine *engine, void *subject, int64_t argument);

static void record_done(struct invocation *invocation, bool completed)
{
	struct simulation *simulation = invocation->simulation;
	struct outcome *outcome = simulation->outcome;
	int64_t now_ns = engine_now_ns(&simulation->engine);
	if (completed) {
		int64_t taken_ns = now_ns - invocation->submitted_ns;
		outcome->record_times_ns[outcome->records_completed++] = taken_ns;
		outcome->record_ns += taken_ns;
		outcome->images_completed += work_of(invocation)->images;
	} else {
		outcome->records_failed++;
	}
	outcome->makespan_ns = now_ns;
	invocation->next_free = simulation->free_list;
	simulation->free_list = invocation;
}

/* Gives the place back after a visit, or keeps the job for the record's next function. */
static void visit_done(struct invocation *invocation, bool completed)
{
	struct simulation *simulation = invocation->simulation;
	bool is_last = invocation->function + 1 == simulation->setting->function_count;
	bool keeps_place = simulation->setting->schedule == SCHEDULE_PER_RECORD && completed && !is_last;
	struct resource *places = places_of(invocation);
	if (completed && !is_last) {
		invocation->function++;
		invocation->attempts = 0;
		if (keeps_place)
			visit_granted(&simulation->engine, invocation, 0);
		else
			resource_acquire(places_of(invocation), 1, visit_granted, invocation, 0);
	} else {
		record_done(invocation, completed);
	}
	if (!keeps_place)
		resource_release(places, 1);
}

enum visit_end { VISIT_COMPLETED, VISIT_OUT_OF_MEMORY, VISIT_TIMEOUT };

static void bill_visit(struct invocation *invocation, int64_t duration_ns)
{
	const struct setting_function *function = function_of(invocation);
	const struct platform *platform = invocation->simulation->setting->platform;
	struct function_outcome *counts = counts_of(invocation);
	int64_t billed_ns = price_billed_ns(&platform->price, duration_ns, invocation->init_ns);
	double used_mb = fmin(work_of(invocation)->peak_memory_mb, (double)function->memory_mb);
	counts->duration_ns += duration_ns;
	counts->billed_ns += billed_ns;
	counts->usage.billed_mb_ns += (price_mb_ns)billed_ns * (price_mb_ns)function->memory_mb;
	counts->usage.requests++;
	counts->paid_mb_ns += (price_mb_ns)duration_ns * (price_mb_ns)function->memory_mb;
	counts->used_mb_ns += (price_mb_ns)((double)duration_ns * used_mb);
}

static void visit_end(struct invocation *invocation, enum visit_end end)
{
	struct simulation *simulation = invocation->simulation;
	struct function_outcome *counts = counts_of(invocation);
	bill_visit(invocation, engine_now_ns(&simulation->engine) - invocation->start_ns);
	counts->completed += end == VISIT_COMPLETED;
	counts->out_of_memory += end == VISIT_OUT_OF_MEMORY;
	counts->timeouts += end == VISIT_TIMEOUT;
	concurrency_leave(&simulation->concurrency);
	if (end == VISIT_COMPLETED) {
		invocation->sandbox->is_initialised = true;
		sandbox_pool_return(invocation->sandbox);
	} else {
		sandbox_pool_destroy(invocation->sandbox);
	}
	invocation->sandbox = NULL;
	visit_done(invocation, end == VISIT_COMPLETED);
}

/* First-byte latencies, one after the other, then the stream: the slowest of store, client and sandbox. */
static int64_t transfer_end_ns(struct invocation *invocation, const struct phase *phase, const char *name)
{
	const struct platform *platform = invocation->simulation->setting->platform;
	struct sandbox *sandbox = invocation->sandbox;
	int64_t now_ns = engine_now_ns(&invocation->simulation->engine);
	struct stream luck;
	visit_stream(&luck, invocation, name);
	double latency = 0;
	for (int64_t i = 0; i < phase->gets; i++)
		latency += quantile_draw(&platform->store.get_seconds.table, &luck);
	for (int64_t i = 0; i < phase->puts; i++)
		latency += quantile_draw(&platform->store.put_seconds.table, &luck);
	now_ns += ns_from_seconds(latency);

	double cap_mb_per_second = fmin(platform->store.connection_mb_per_second, phase->stream_mb_per_second);
	int64_t capped_ns = ns_from_seconds((double)phase->bytes / 1e6 / cap_mb_per_second);
	struct token_bucket *bucket = phase->puts > 0 ? &sandbox->outbound : &sandbox->inbound;
	int64_t network_ns = token_bucket_transfer_ns(bucket, now_ns, phase->bytes);
	double cpu_seconds = (double)phase->bytes / 1e6 * platform->network.cpu_seconds_per_mb * sandbox->slowness;
	int64_t local_end_ns = cpu_quota_run(&sandbox->quota, now_ns + network_ns, ns_from_seconds(cpu_seconds), 1);
	return now_ns + capped_ns > local_end_ns ? now_ns + capped_ns : local_end_ns;
}

static int64_t phase_end_ns(struct invocation *invocation, const struct phase *phase)
{
	int64_t now_ns = engine_now_ns(&invocation->simulation->engine);
	struct sandbox *sandbox = invocation->sandbox;
	if (phase->gets + phase->puts > 0)
		return transfer_end_ns(invocation, phase, work_phase_names[invocation->phase]);
	int64_t cpu_ns = llround((double)phase->cpu_ns * sandbox->slowness);
	return cpu_quota_run(&sandbox->quota, now_ns, cpu_ns, phase->threads);
}

static bool phase_is_empty(const struct invocation *invocation, const struct phase *phase)
{
	if (phase->cold_only && invocation->sandbox->is_initialised)
		return true;
	return phase->cpu_ns == 0 && phase->gets == 0 && phase->puts == 0;
}

static void phase_done(struct engine *engine, void *subject, int64_t argument);
static void visit_timed_out(struct engine *engine, void *subject, int64_t argument);

/* Starts the next phase that has something to do, or ends the visit. */
static void next_phase(struct invocation *invocation)
{
	struct engine *engine = &invocation->simulation->engine;
	const struct setting_function *function = function_of(invocation);
	const struct work *work = work_of(invocation);
	while (invocation->phase < WORK_PHASES && phase_is_empty(invocation, &work->phases[invocation->phase]))
		invocation->phase++;
	if (invocation->phase == WORK_PHASES) {
		visit_end(invocation, VISIT_COMPLETED);
		return;
	}
	/* Peak memory is reached while the layers run. */
	if (invocation->phase >= WORK_COMPUTE && work->peak_memory_mb > (double)function->memory_mb) {
		visit_end(invocation, VISIT_OUT_OF_MEMORY);
		return;
	}
	int64_t now_ns = engine_now_ns(engine);
	int64_t deadline_ns = invocation->start_ns + function->timeout_ns;
	const struct phase *phase = &work->phases[invocation->phase];
	int64_t end_ns = phase_end_ns(invocation, phase);
	/* A request is paid for when it is made, even where the function does not live to see the answer. */
	counts_of(invocation)->usage.gets += phase->gets;
	counts_of(invocation)->usage.puts += phase->puts;
	invocation->phase_start_ns = now_ns;
	if (end_ns > deadline_ns)
		engine_schedule(engine, deadline_ns - now_ns, 0, visit_timed_out, invocation, 0);
	else
		engine_schedule(engine, end_ns - now_ns, 0, phase_done, invocation, 0);
}

static void count_phase(struct invocation *invocation, int64_t now_ns)
{
	counts_of(invocation)->phase_ns[invocation->phase] += now_ns - invocation->phase_start_ns;
	emit_span(invocation, work_phase_names[invocation->phase], invocation->phase_start_ns, now_ns);
}

static void visit_timed_out(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	count_phase(invocation, engine_now_ns(engine));
	visit_end(invocation, VISIT_TIMEOUT);
}

static void phase_done(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	const struct phase *phase = &work_of(invocation)->phases[invocation->phase];
	struct function_outcome *counts = counts_of(invocation);
	count_phase(invocation, engine_now_ns(engine));
	if (phase->puts > 0)
		counts->bytes_out += phase->bytes;
	else
		counts->bytes_in += phase->bytes;
	invocation->phase++;
	next_phase(invocation);
}

static void handler_starts(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	int64_t now_ns = engine_now_ns(engine);
	if (invocation->is_cold)
		emit_span(invocation, "cold start", now_ns - invocation->init_ns, now_ns);
	invocation->start_ns = now_ns;
	invocation->phase = 0;
	next_phase(invocation);
}

static void call(struct engine *engine, void *subject, int64_t argument);

/* Exponential back-off with full jitter, as the AWS SDKs do. */
static void retry_later(struct invocation *invocation)
{
	const struct platform_limits *limits = &invocation->simulation->setting->platform->limits;
	counts_of(invocation)->throttles++;
	double cap = fmin(limits->retry_max_seconds, ldexp(limits->retry_min_seconds, invocation->attempts));
	struct stream luck;
	visit_stream(&luck, invocation, "retry");
	double jitter = 0;
	for (int i = 0; i <= invocation->attempts % 64; i++)
		jitter = stream_uniform(&luck);
	invocation->attempts++;
	engine_schedule(&invocation->simulation->engine, ns_from_seconds(cap * jitter) + 1, 0, call, invocation, 0);
}

static void call(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	struct simulation *simulation = invocation->simulation;
	struct sandbox_pool *pool = &simulation->pools[invocation->function];
	struct function_outcome *counts = counts_of(invocation);
	bool needs_new_sandbox = pool->idle_count == 0;
	if (!concurrency_admit(&simulation->concurrency, engine_now_ns(engine), needs_new_sandbox)) {
		retry_later(invocation);
		return;
	}
	int64_t start_ns;
	invocation->is_cold = needs_new_sandbox;
	if (needs_new_sandbox) {
		invocation->sandbox = sandbox_pool_create(pool, &start_ns);
		invocation->init_ns = start_ns;
		counts->cold_starts++;
		counts->init_ns += start_ns;
	} else {
		struct stream luck;
		visit_stream(&luck, invocation, "warm start");
		invocation->sandbox = sandbox_pool_take(pool);
		invocation->init_ns = 0;
		start_ns = ns_from_seconds(
			quantile_draw(&simulation->setting->platform->sandbox.warm_start_seconds.table, &luck));
	}
	counts->invocations++;
	engine_schedule(engine, start_ns, 0, handler_starts, invocation, 0);
}

/* A record has a place for its current function: the driver makes the call when it is free to. */
static void visit_granted(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	struct simulation *simulation = invocation->simulation;
	int64_t now_ns = engine_now_ns(engine);
	int64_t call_ns = simulation->driver_free_ns > now_ns ? simulation->driver_free_ns : now_ns;
	simulation->driver_free_ns = call_ns + simulation->setting->dispatch_ns;
	engine_schedule(engine, call_ns - now_ns, 0, call, invocation, 0);
}

static void submit(struct simulation *simulation, int64_t record)
{
	struct invocation *invocation = simulation->free_list;
	if (invocation)
		simulation->free_list = invocation->next_free;
	else
		invocation = ARENA_NEW(simulation->arena, struct invocation);
	*invocation = (struct invocation){
		.simulation = simulation,
		.record = record,
		.submitted_ns = engine_now_ns(&simulation->engine),
	};
	resource_acquire(places_of(invocation), 1, visit_granted, invocation, 0);
}

static void warm_up(struct simulation *simulation)
{
	for (size_t i = 0; i < simulation->setting->function_count; i++) {
		for (int64_t k = 0; k < simulation->setting->warm_sandboxes; k++) {
			int64_t cold_start_ns;
			struct sandbox *sandbox = sandbox_pool_create(&simulation->pools[i], &cold_start_ns);
			sandbox->is_initialised = true;
			sandbox_pool_return(sandbox);
		}
	}
}

static void simulation_init(struct simulation *simulation, const struct setting *setting,
			    const struct simulate_options *options, struct arena *arena, struct outcome *out)
{
	*simulation = (struct simulation){
		.setting = setting,
		.options = options,
		.arena = arena,
		.outcome = out,
	};
	size_t functions = setting->function_count;
	engine_init(&simulation->engine, arena, 4 * (size_t)setting->parallel * functions + 64);
	simulation->engine.interrupted = options->interrupt;
	concurrency_init(&simulation->concurrency, &setting->platform->limits);
	simulation->pools = ARENA_ARRAY(arena, struct sandbox_pool, functions);
	for (size_t i = 0; i < functions; i++)
		sandbox_pool_init(&simulation->pools[i], &simulation->engine, arena, setting->platform,
				  setting->functions[i].memory_mb, setting->functions[i].package_mb, i, options->seed,
				  options->replication);
	size_t places = setting->schedule == SCHEDULE_PIPELINED ? functions : 1;
	simulation->places = ARENA_ARRAY(arena, struct resource, places);
	for (size_t i = 0; i < places; i++)
		resource_init(&simulation->places[i], &simulation->engine, setting->parallel);
}

static const enum outcome_end end_of_engine[] = {
	[ENGINE_EMPTY] = OUTCOME_COMPLETE,          [ENGINE_STOPPED] = OUTCOME_COMPLETE,
	[ENGINE_BUDGET] = OUTCOME_EVENT_BUDGET,     [ENGINE_HORIZON] = OUTCOME_HORIZON,
	[ENGINE_INTERRUPTED] = OUTCOME_INTERRUPTED,
};

static void simulate_functions(const struct setting *setting, const struct simulate_options *options,
			       struct arena *arena, struct outcome *out)
{
	struct simulation simulation;
	simulation_init(&simulation, setting, options, arena, out);
	warm_up(&simulation);
	for (int64_t record = 0; record < setting->records; record++)
		submit(&simulation, record);
	enum engine_end end = engine_run(&simulation.engine, setting->horizon_ns, setting->event_budget);
	out->end = end_of_engine[end];
	out->peak_concurrency = simulation.concurrency.peak;
	out->events = engine_events_run(&simulation.engine);
}

static int compare_times(const void *a, const void *b)
{
	const int64_t *x = a;
	const int64_t *y = b;
	return (*x > *y) - (*x < *y);
}

void simulate(const struct setting *setting, const struct simulate_options *options, struct arena *arena,
	      struct outcome *out)
{
	CHECK(setting->records >= 1 && setting->records <= SETTING_RECORDS_MAX);
	*out = (struct outcome){
		.functions = ARENA_ARRAY(arena, struct function_outcome, setting->function_count),
		.function_count = setting->function_count,
		.record_times_ns = ARENA_ARRAY(arena, int64_t, (size_t)setting->records),
	};
	if (setting->platform->kind == PLATFORM_MACHINE)
		simulate_machine(setting, options, arena, out);
	else
		simulate_functions(setting, options, arena, out);
	qsort(out->record_times_ns, (size_t)out->records_completed, sizeof out->record_times_ns[0], compare_times);
	for (size_t i = 0; i < out->function_count; i++)
		usage_add(&out->usage, &out->functions[i].usage);
	price_bill(&setting->platform->price, &out->usage, &out->bill);
}
