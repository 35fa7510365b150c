/*
 * Calling a function: the driver starts one call at a time, the call is admitted or throttled, and a sandbox is found
 * or made for it. A caller that waits repeats a throttled call with exponential back-off and full jitter, as the AWS
 * SDKs do; an asynchronous call goes back to the service's queue, which tries for hours (AWS Lambda developer guide,
 * asynchronous invocation: 1 s doubling to 5 min, up to 6 h; two more tries after errors).
 *
 * Every attempt of every caller is simulated: which one gets the next place is decided by whose luck it is. So work
 * grows with the attempts, which `throttles` counts; of a crowd they grow faster than its callers, as each of them
 * waits longer. (One Poisson process for all of them is no substitute: nobody rests longer than the longest back-off,
 * and a batch of 100,000 on 1,000 places would end a quarter later.)
 */
#include <math.h>

#include "base/num.h"
#include "serving/billing.h"
#include "serving/instance.h"
#include "serving/simulation.h"

static void call_arrives(struct engine *engine, void *subject, int64_t argument);

/* After so many attempts the luck of the first ones comes again. */
enum { STREAM_ATTEMPTS = 64 };

/* A caller that waits backs off with full jitter. */
static double sync_delay_seconds(struct invocation *invocation, const struct platform_limits *limits)
{
	double cap = fmin(limits->retry_max_seconds, ldexp(limits->retry_min_seconds, invocation->attempts));
	if (invocation->attempts % STREAM_ATTEMPTS == 0)
		invocation_stream(&invocation->retry_luck, invocation, LUCK_RETRY);
	return cap * stream_uniform(&invocation->retry_luck);
}

/* The service's queue doubles its delay. */
static double async_delay_seconds(const struct invocation *invocation, const struct platform_limits *limits)
{
	return fmin(limits->async_backoff_max_seconds, ldexp(limits->async_backoff_min_seconds, invocation->attempts));
}

/* Asynchronous calls are given up when they are too old: then, or when they would be called again after a rest. */
static bool is_too_old(const struct invocation *invocation, int64_t rest_ns)
{
	const struct setting *setting = invocation->simulation->setting;
	int64_t now_ns = engine_now_ns(&invocation->simulation->engine);
	int64_t most_ns = setting->source.async_age_ns;
	if (most_ns == 0)
		most_ns = ns_from_seconds(setting->platform->limits.async_age_seconds);
	return invocation_is_async(invocation) &&
	       now_ns + rest_ns - invocation->asked_ns + invocation->age_ns >= most_ns;
}

static void back_off(struct invocation *invocation)
{
	const struct setting *setting = invocation->simulation->setting;
	const struct platform_limits *limits = &setting->platform->limits;
	counts_of(invocation)->throttles++;
	/* Others see its messages by now. */
	if (invocation->batch && source_is_late(invocation->simulation, invocation->batch)) {
		counts_of(invocation)->late_batches++;
		invocation->simulation->call_ended(invocation, false);
		return;
	}
	bool is_expired = is_too_old(invocation, 0);
	counts_of(invocation)->expired += is_expired;
	if (is_expired || invocation_is_lost(invocation)) {
		invocation->simulation->call_ended(invocation, false);
		return;
	}
	double seconds = invocation_is_async(invocation) ? async_delay_seconds(invocation, limits)
							 : sync_delay_seconds(invocation, limits);
	int64_t travel_ns = 2 * setting->client_ns;
	invocation->attempts++;
	invocation->travel_ns += travel_ns;
	engine_schedule(&invocation->simulation->engine, ns_from_seconds(seconds) + travel_ns + 1, 0, call_arrives,
			invocation, 0);
}

static int64_t cold_start_ns(struct invocation *invocation, struct sandbox_pool *pool)
{
	struct function_outcome *counts = counts_of(invocation);
	int64_t start_ns;
	invocation->sandbox = sandbox_pool_create(pool, &start_ns);
	invocation->init_ns = start_ns;
	counts->cold_starts++;
	counts->init_ns += start_ns;
	billing_restore(pool->platform, &pool->spec, pool->spec.memory_mb, &counts->usage);
	return start_ns;
}

/* Draws what it takes to reach a sandbox that runs. */
static int64_t reach_ns(struct invocation *invocation)
{
	const struct platform_sandbox *platform = &invocation->simulation->setting->platform->sandbox;
	struct stream luck;
	invocation_stream(&luck, invocation, LUCK_WARM_START);
	int64_t start_ns = ns_from_seconds(quantile_draw_only(&platform->warm_start_seconds.table, &luck));
	counts_of(invocation)->cause_ns[CAUSE_WARM_START] += start_ns;
	return start_ns;
}

/* Draws what a sandbox takes beside that was suspended. */
static int64_t resume_ns(struct invocation *invocation, const struct sandbox_pool *pool)
{
	const struct quantile_table *table = &pool->platform->sandbox.resume_seconds.table;
	struct stream luck;
	billing_resumed(pool, &counts_of(invocation)->usage);
	if (table->count == 0)
		return 0;
	invocation_stream(&luck, invocation, LUCK_RESUME);
	int64_t resume_ns = ns_from_seconds(quantile_draw_only(table, &luck));
	counts_of(invocation)->cause_ns[CAUSE_WARM_START] += resume_ns;
	return resume_ns;
}

static int64_t warm_start_ns(struct invocation *invocation, struct sandbox_pool *pool)
{
	invocation->sandbox = sandbox_pool_take(pool);
	invocation->init_ns = 0;
	return reach_ns(invocation) + (invocation->sandbox->was_suspended ? resume_ns(invocation, pool) : 0);
}

static void call_arrives(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	struct sandbox_pool *pool = &invocation->simulation->pools[home_of(invocation)];
	struct function_outcome *counts = counts_of(invocation);
	bool has_instances = invocation->simulation->instances;
	billing_attempt(invocation->simulation->setting, &counts->usage);
	struct instance *instance = has_instances ? instance_to_join(invocation) : NULL;
	invocation->is_cold = !instance && pool->idle_count == 0;
	if (invocation->is_cold && pool->spec.instances_min > 0) {
		if (pool->platform->sandbox.when_full == FLEET_QUEUES)
			instance_await(invocation, call_arrives);
		else
			back_off(invocation);
		return;
	}
	if (!admission_admit(invocation, invocation->is_cold, instance)) {
		back_off(invocation);
		return;
	}
	counts->invocations++;
	invocation->called_ns = engine_now_ns(engine);
	int64_t transitions = billing_call_transitions(invocation);
	counts->usage.transitions += transitions;
	invocation->simulation->outcome->steps[invocation->step].transitions += transitions;
	counts->usage.durable_operations += invocation->execution->kind == WORKFLOW_DURABLE;
	invocation->execution->entries += step_history[STEP_TASK].per_try;
	counts->wait_ns += engine_now_ns(engine) - invocation->asked_ns - invocation->travel_ns;
	counts->cause_ns[CAUSE_CLIENT] += invocation->travel_ns;
	if (instance) {
		instance_join(instance, invocation, instance->is_ready ? reach_ns(invocation) : 0, visit_start);
		return;
	}
	int64_t start_ns = invocation->is_cold ? cold_start_ns(invocation, pool) : warm_start_ns(invocation, pool);
	if (has_instances)
		instance_begin(invocation, start_ns, visit_start);
	else
		engine_schedule(engine, start_ns, 0, visit_start, invocation, 0);
}

static void call_now(struct engine *engine, void *subject, int64_t argument)
{
	call_soon(subject);
}

/*
 * Where the caller waits, it repeats the call as its rule says, a chain's at once; a queue rests first, each time
 * longer. False where the record is given up.
 */
static bool call_again(struct invocation *invocation)
{
	struct simulation *simulation = invocation->simulation;
	const struct setting *setting = simulation->setting;
	const struct bind_doubles *rests = &setting->platform->limits.async_retry_seconds;
	const struct retry_rule *rule = &simulation->graph->steps[invocation->step].retry;
	bool is_async = invocation_is_async(invocation);
	int64_t queue_retries = setting->source.async_retries_plus_one > 0 ? setting->source.async_retries_plus_one - 1
									   : (int64_t)rests->count;
	if (invocation->failures >= (is_async ? queue_retries : rule->attempts))
		return false;
	int64_t rest_ns = is_async ? ns_from_seconds(rests->values[invocation->failures])
				   : retry_rest_ns(rule, invocation->failures);
	if (is_too_old(invocation, rest_ns))
		return false;
	int64_t asked_ns = engine_now_ns(&simulation->engine) + rest_ns;
	invocation->failures++;
	invocation->attempts = 0;
	counts_of(invocation)->retries++;
	invocation->age_ns += asked_ns - invocation->asked_ns;
	invocation->asked_ns = asked_ns;
	invocation->travel_ns = 0;
	engine_schedule(&simulation->engine, rest_ns, 0, call_now, invocation, 0);
	return true;
}

/*
 * A gateway in front has answered for the function that took too long, which is paid for all the same. I: its caller is
 * taken to go on when the function ends. In front of a workflow it waits for the whole (journey.c).
 */
static bool gateway_has_gone(const struct invocation *invocation)
{
	const struct setting *setting = invocation->simulation->setting;
	int64_t timeout_ns = setting->source.timeout_ns;
	return timeout_ns > 0 && !setting->graph && invocation->ended_ns - invocation->called_ns > timeout_ns;
}

void call_visit_ended(struct engine *engine, void *subject, int64_t end)
{
	struct invocation *invocation = subject;
	bool is_completed = end == VISIT_COMPLETED;
	if (is_completed && gateway_has_gone(invocation)) {
		counts_of(invocation)->gateway_timeouts++;
		is_completed = false;
	}
	if (is_completed || invocation_is_lost(invocation) || !call_again(invocation))
		invocation->simulation->call_ended(invocation, is_completed);
}

void call_soon(struct invocation *invocation)
{
	struct simulation *simulation = invocation->simulation;
	int64_t now_ns = engine_now_ns(&simulation->engine);
	int64_t call_ns = simulation->driver_free_ns > now_ns ? simulation->driver_free_ns : now_ns;
	/* Calls after the horizon are never made. */
	if (call_ns <= simulation->setting->horizon_ns)
		simulation->driver_free_ns = call_ns + simulation->setting->dispatch_ns;
	invocation->travel_ns = simulation->setting->client_ns;
	engine_schedule(&simulation->engine, call_ns - now_ns + invocation->travel_ns, 0, call_arrives, invocation, 0);
}
