/*
 * The handler on its sandbox: phases one after the other until the work is done, time or memory runs out, or the
 * sandbox crashes. However it ends, it is billed. Peak memory is reached while the layers run. A visit that failed
 * leaves no result, and a sandbox that timed out, ran out of memory or crashed is gone.
 */
#include <math.h>

#include "base/num.h"
#include "serving/simulation.h"
#include "serving/transfer.h"

const struct work *invocation_work(const struct invocation *invocation)
{
	const struct setting *setting = invocation->simulation->setting;
	const struct setting_function *function = function_of(invocation);
	if (invocation->size >= 0 && function->sized_works)
		return &function->sized_works[invocation->size];
	return invocation->record == setting->records - 1 ? &function->last_work : &function->work;
}

void invocation_stream(struct stream *stream, const struct invocation *invocation, const char *name)
{
	const struct simulate_options *options = invocation->simulation->options;
	uint64_t visit = (uint64_t)invocation->record * SETTING_FUNCTIONS_MAX + invocation->function;
	uint64_t again = (uint64_t)invocation->failures << 56;
	stream_init(stream, options->seed, options->replication, stream_id_from_name(name), visit + again);
}

void visit_span(const struct invocation *invocation, const char *name, int64_t start_ns, int64_t end_ns)
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

static void bill_visit(struct invocation *invocation, int64_t duration_ns)
{
	const struct setting_function *function = function_of(invocation);
	const struct platform *platform = invocation->simulation->setting->platform;
	struct function_outcome *counts = counts_of(invocation);
	const struct sandbox *sandbox = invocation->sandbox;
	bool init_counts = invocation->is_cold && price_bills_init(&platform->price, function->sandbox.is_image);
	int64_t billed_init_ns = init_counts ? sandbox->init_ns : 0;
	int64_t billed_ns = price_billed_ns(&platform->price, duration_ns, billed_init_ns);
	double used_mb = fmin(invocation_work(invocation)->peak_memory_mb, (double)function->memory_mb);
	int64_t billed_mb = price_billed_mb(&platform->price, function->memory_mb, used_mb);
	int64_t tmp_mb = function->tmp_mb - platform->limits.tmp_mb;
	counts->duration_ns += duration_ns;
	counts->billed_ns += billed_ns;
	counts->billed_init_ns += billed_init_ns;
	struct usage *usage = &counts->usage;
	price_mb_ns *const meters[2][2] = {{&usage->billed_mb_ns, &usage->billed_arm64_mb_ns},
					   {&usage->provisioned_busy_mb_ns, &usage->provisioned_busy_arm64_mb_ns}};
	*meters[sandbox->is_provisioned][function->sandbox.is_arm64] += (price_mb_ns)billed_ns * (price_mb_ns)billed_mb;
	counts->usage.billed_micro_vcpu_ns +=
		(price_mb_ns)billed_ns * (price_mb_ns)llround(1e6 * cpu_share(&platform->cpu, function->memory_mb));
	counts->usage.tmp_mb_ns += tmp_mb > 0 ? (price_mb_ns)billed_ns * (price_mb_ns)tmp_mb : 0;
	counts->usage.requests++;
	counts->paid_mb_ns += (price_mb_ns)duration_ns * (price_mb_ns)function->memory_mb;
	counts->used_mb_ns += (price_mb_ns)((double)duration_ns * used_mb);
}

static const struct end_rule {
	size_t count_offset; /* in struct function_outcome */
	bool keeps_sandbox;
} end_rules[VISIT_ENDS] = {
	[VISIT_COMPLETED] = {offsetof(struct function_outcome, completed), true},
	[VISIT_OUT_OF_MEMORY] = {offsetof(struct function_outcome, out_of_memory), false},
	[VISIT_TMP_FULL] = {offsetof(struct function_outcome, tmp_full), true},
	[VISIT_TIMEOUT] = {offsetof(struct function_outcome, timeouts), false},
	[VISIT_ERROR] = {offsetof(struct function_outcome, errors), true},
	[VISIT_CRASH] = {offsetof(struct function_outcome, crashes), false},
};

static void visit_end(struct invocation *invocation, enum visit_end end)
{
	struct simulation *simulation = invocation->simulation;
	bill_visit(invocation, engine_now_ns(&simulation->engine) - invocation->start_ns);
	int64_t *count = (int64_t *)(void *)((char *)counts_of(invocation) + end_rules[end].count_offset);
	++*count;
	call_leave(invocation);
	if (end_rules[end].keeps_sandbox) {
		invocation->sandbox->is_initialised = true;
		sandbox_pool_return(invocation->sandbox);
	} else {
		sandbox_pool_destroy(invocation->sandbox);
	}
	invocation->sandbox = NULL;
	if (end == VISIT_COMPLETED || !call_again(invocation))
		journey_visit_done(invocation, end == VISIT_COMPLETED);
}

static int64_t wait_ns(const struct invocation *invocation, const struct phase *phase)
{
	return invocation->phase == WORK_WAIT ? phase->wait_ns + (invocation->function == 0 ? invocation->wait_ns : 0)
					      : 0;
}

/* Initialising that was broken off is done again before anything else, by the throttled first request. */
static int64_t repeat_init_ns(const struct invocation *invocation)
{
	return invocation->phase == WORK_IMPORT ? invocation->sandbox->repeat_init_ns : 0;
}

static int64_t phase_end_ns(struct invocation *invocation, const struct phase *phase)
{
	int64_t now_ns = engine_now_ns(&invocation->simulation->engine);
	struct sandbox *sandbox = invocation->sandbox;
	struct phase_split *split = &invocation->split;
	*split = (struct phase_split){0};
	if (phase->gets + phase->puts > 0)
		return transfer_end_ns(invocation, phase, work_phase_names[invocation->phase], split);
	double work_ns = (double)(phase->cpu_ns + repeat_init_ns(invocation));
	int64_t cpu_ns = llround(fmin(work_ns * sandbox->slowness * invocation->straggling, 1e18));
	int64_t threads = phase->threads > 0 ? phase->threads : 1;
	int64_t begin_ns = now_ns + wait_ns(invocation, phase);
	int64_t end_ns = cpu_quota_run(&sandbox->quota, begin_ns, cpu_ns, threads);
	split->ns[CAUSE_WAIT] = begin_ns - now_ns;
	int64_t unthrottled_ns = cpu_unthrottled_ns(&sandbox->quota, cpu_ns, threads);
	split->ns[CAUSE_COMPUTE] = unthrottled_ns < end_ns - begin_ns ? unthrottled_ns : end_ns - begin_ns;
	split->ns[CAUSE_THROTTLED] = end_ns - begin_ns - split->ns[CAUSE_COMPUTE];
	return end_ns;
}

static bool phase_is_empty(const struct invocation *invocation, const struct phase *phase)
{
	if (phase->cold_only && invocation->sandbox->is_initialised)
		return true;
	return phase->cpu_ns + repeat_init_ns(invocation) == 0 && phase->gets + phase->puts == 0 &&
	       wait_ns(invocation, phase) == 0;
}

static void count_phase(struct invocation *invocation, int64_t now_ns)
{
	struct function_outcome *counts = counts_of(invocation);
	int64_t elapsed_ns = now_ns - invocation->phase_start_ns;
	counts->phase_ns[invocation->phase] += elapsed_ns;
	if (invocation_work(invocation)->phases[invocation->phase].cold_only)
		counts->cause_ns[CAUSE_LOAD] += elapsed_ns;
	else
		cause_count(counts, &invocation->split, elapsed_ns);
	visit_span(invocation, work_phase_names[invocation->phase], invocation->phase_start_ns, now_ns);
}

static void visit_stopped(struct engine *engine, void *subject, int64_t end)
{
	struct invocation *invocation = subject;
	count_phase(invocation, engine_now_ns(engine));
	visit_end(invocation, (enum visit_end)end);
}

static bool handler_fails(const struct invocation *invocation)
{
	double rate = invocation->simulation->setting->failures.error_rate;
	if (rate == 0)
		return false;
	struct stream luck;
	invocation_stream(&luck, invocation, "handler error");
	return stream_uniform(&luck) < rate;
}

static void phase_done(struct engine *engine, void *subject, int64_t argument);

/* Starts the next phase that has something to do, or ends the visit. */
static void next_phase(struct invocation *invocation)
{
	struct engine *engine = &invocation->simulation->engine;
	const struct setting_function *function = function_of(invocation);
	const struct work *work = invocation_work(invocation);
	while (invocation->phase < WORK_PHASES && phase_is_empty(invocation, &work->phases[invocation->phase]))
		invocation->phase++;
	if (invocation->phase >= WORK_COMPUTE && invocation->phase < WORK_PHASES &&
	    work->peak_memory_mb > (double)function->memory_mb) {
		visit_end(invocation, VISIT_OUT_OF_MEMORY);
		return;
	}
	if (invocation->phase >= WORK_DECODE && invocation->phase < WORK_PHASES &&
	    work->tmp_mb > (double)function->tmp_mb) {
		visit_end(invocation, VISIT_TMP_FULL);
		return;
	}
	if (invocation->phase == WORK_PHASES) {
		visit_end(invocation, handler_fails(invocation) ? VISIT_ERROR : VISIT_COMPLETED);
		return;
	}
	int64_t now_ns = engine_now_ns(engine);
	int64_t deadline_ns = invocation->start_ns + function->timeout_ns;
	int64_t stop_ns = deadline_ns < invocation->stop_ns ? deadline_ns : invocation->stop_ns;
	const struct phase *phase = &work->phases[invocation->phase];
	int64_t end_ns = phase_end_ns(invocation, phase);
	/* A request is paid for when it is made, even where the function does not live to see the answer. */
	counts_of(invocation)->usage.gets += phase->gets;
	counts_of(invocation)->usage.puts += phase->puts;
	invocation->phase_start_ns = now_ns;
	if (end_ns > stop_ns)
		engine_schedule(engine, stop_ns - now_ns, 0, visit_stopped, invocation,
				stop_ns == deadline_ns ? VISIT_TIMEOUT : VISIT_CRASH);
	else
		engine_schedule(engine, end_ns - now_ns, 0, phase_done, invocation, 0);
}

static void phase_done(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	const struct phase *phase = &invocation_work(invocation)->phases[invocation->phase];
	struct function_outcome *counts = counts_of(invocation);
	count_phase(invocation, engine_now_ns(engine));
	if (phase->puts > 0) {
		counts->bytes_out += phase->bytes;
		counts->usage.put_bytes += phase->bytes;
	} else {
		counts->bytes_in += phase->bytes;
		counts->usage.get_bytes += phase->bytes;
	}
	invocation->phase++;
	next_phase(invocation);
}

static void draw_failures(struct invocation *invocation)
{
	const struct failures *failures = &invocation->simulation->setting->failures;
	invocation->straggling = 1;
	invocation->stop_ns = INT64_MAX;
	struct stream luck;
	invocation_stream(&luck, invocation, "failures");
	if (failures->straggler_rate > 0 && stream_uniform(&luck) < failures->straggler_rate)
		invocation->straggling = failures->straggler_slowdown;
	if (failures->crashes_per_hour > 0) {
		double hours = stream_exponential(&luck, 1 / failures->crashes_per_hour);
		invocation->stop_ns = invocation->start_ns + (int64_t)fmin(hours * 3.6e12, 4e18);
	}
}

void visit_start(struct invocation *invocation)
{
	invocation->start_ns = engine_now_ns(&invocation->simulation->engine);
	invocation->phase = 0;
	draw_failures(invocation);
	next_phase(invocation);
}
