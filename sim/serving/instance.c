#include "serving/instance.h"

#include <math.h>

#include "base/num.h"
#include "serving/billing.h"
#include "serving/seat.h"

static struct function_instances *siblings_of(const struct instance *instance)
{
	return &instance->simulation->instances[instance->function];
}

static const struct sandbox_spec *spec_of(const struct instance *instance)
{
	return &instance->sandbox->pool->spec;
}

static const struct platform_price *price_of(const struct instance *instance)
{
	return &instance->simulation->setting->platform->price;
}

/* Puts the instance behind all others of the ring. */
static void open_for_requests(struct instance *instance, struct instance **ring)
{
	struct instance *head = *ring;
	instance->open = ring;
	instance->next_open = head ? head : instance;
	instance->previous_open = head ? head->previous_open : instance;
	instance->next_open->previous_open = instance;
	instance->previous_open->next_open = instance;
	if (!head)
		*ring = instance;
}

static void close_to_requests(struct instance *instance)
{
	if (!instance->open)
		return;
	if (*instance->open == instance)
		*instance->open = instance->next_open == instance ? NULL : instance->next_open;
	instance->next_open->previous_open = instance->previous_open;
	instance->previous_open->next_open = instance->next_open;
	instance->open = NULL;
}

/* Where it belongs now: among those that have requests and can take more, or nowhere. */
static void update_open(struct instance *instance)
{
	bool is_there = instance->requests > 0 || !instance->is_ready;
	bool can_join =
		is_there && instance->requests < spec_of(instance)->requests_max && !sandbox_is_old(instance->sandbox);
	struct function_instances *siblings = siblings_of(instance);
	struct instance **ring = instance->is_ready ? &siblings->ready : &siblings->starting;
	if (can_join && instance->open == ring)
		return;
	close_to_requests(instance);
	if (can_join)
		open_for_requests(instance, ring);
}

/* The ring's next instance; those that have become too old are in none any more. */
static struct instance *next_of(struct instance *const *ring)
{
	while (*ring && sandbox_is_old((*ring)->sandbox))
		close_to_requests(*ring);
	return *ring;
}

struct instance *instance_to_join(const struct invocation *invocation)
{
	const struct function_instances *instances = &invocation->simulation->instances[home_of(invocation)];
	bool has_idle = invocation->simulation->pools[home_of(invocation)].idle_count > 0;
	bool is_spread = has_idle && instances->busy < instances->wanted;
	if (next_of(&instances->ready) && !is_spread)
		return instances->ready;
	bool is_fleet = invocation->simulation->setting->platform->sandbox.starts == STARTS_BY_TARGET;
	return has_idle || is_fleet ? NULL : next_of(&instances->starting);
}

void instance_await(struct invocation *invocation, event_action *comes)
{
	struct function_instances *instances = &invocation->simulation->instances[home_of(invocation)];
	invocation->next_waiting = NULL;
	invocation->comes = comes;
	if (instances->waiting)
		instances->last_waiting->next_waiting = invocation;
	else
		instances->waiting = invocation;
	instances->last_waiting = invocation;
}

/* So many places are free: those that wait come, before anybody who comes at the same time. */
static void call_waiting(struct function_instances *instances, struct engine *engine, int64_t places)
{
	for (; places > 0 && instances->waiting; places--) {
		struct invocation *invocation = instances->waiting;
		instances->waiting = invocation->next_waiting;
		engine_schedule(engine, 0, EVENT_PRIORITY_MIN, invocation->comes, invocation, 0);
	}
}

/* What requests share of a sandbox's bucket, which nobody else takes from. */
static void flow_of(struct fluid_group *group, struct fluid *card, const struct token_bucket *bucket)
{
	fluid_group_init(group, card, bucket->burst_bytes_per_ns, bucket->refill_bytes_per_ns, bucket->depth_bytes);
}

static void init_network(struct instance *instance)
{
	struct simulation *simulation = instance->simulation;
	struct fluid *inbound = &instance->inbound_card;
	struct fluid *outbound = &instance->outbound_card;
	if (simulation->setting->has_hosts) {
		instance->host = host_pool_place(&simulation->hosts, spec_of(instance)->memory_mb);
		inbound = &instance->host->inbound;
		outbound = &instance->host->outbound;
	} else {
		fluid_init(inbound, &simulation->engine, HUGE_VAL);
		fluid_init(outbound, &simulation->engine, HUGE_VAL);
	}
	flow_of(&instance->inbound, inbound, &instance->sandbox->inbound);
	flow_of(&instance->outbound, outbound, &instance->sandbox->outbound);
}

static void init_cpu(struct instance *instance)
{
	const struct sandbox_spec *spec = spec_of(instance);
	const struct platform_cpu cpu = cpu_in_burst(
		cpu_of_architecture(&instance->simulation->setting->platform->cpu, spec->is_arm64), spec->burst_times);
	double vcpus = cpu_handler_share(&cpu, spec->memory_mb);
	fluid_init(&instance->cpu, &instance->simulation->engine, vcpus);
	fluid_group_init(&instance->cpu_share, &instance->cpu, vcpus, vcpus, 0);
	fluid_watch(&instance->cpu, cpu_share(&instance->simulation->setting->platform->cpu, spec->memory_mb));
}

void instance_attach(struct simulation *simulation, size_t function, struct sandbox *sandbox)
{
	struct instance *instance = simulation->free_instances;
	if (instance)
		simulation->free_instances = instance->next;
	else
		instance = ARENA_NEW(simulation->arena, struct instance);
	*instance = (struct instance){
		.simulation = simulation,
		.sandbox = sandbox,
		.function = function,
		.is_ready = true,
		.counted_ns = engine_now_ns(&simulation->engine),
		.idle_since_ns = engine_now_ns(&simulation->engine),
		.is_shared = sandbox->pool->spec.requests_max > 1 || sandbox->pool->spec.burst_times > 1,
		.free_seats = instance->free_seats,
		.next = simulation->living_instances,
	};
	if (instance->next)
		instance->next->previous = instance;
	simulation->living_instances = instance;
	sandbox->instance = instance;
	init_network(instance);
	init_cpu(instance);
}

/* So many more (or, negative, fewer) requests are on instances from now on. */
static void count_requests(struct function_instances *instances, const struct engine *engine, int64_t more)
{
	int64_t now_ns = engine_now_ns(engine);
	instances->request_ns += (double)(now_ns - instances->counted_ns) * (double)instances->requests;
	instances->counted_ns = now_ns;
	instances->requests += more;
}

double instance_take_request_ns(struct function_instances *instances, const struct engine *engine)
{
	count_requests(instances, engine, 0);
	double request_ns = instances->request_ns;
	instances->request_ns = 0;
	return request_ns;
}

static struct seat *take_seat(struct instance *instance, struct invocation *invocation, event_action *starts)
{
	struct seat *seat = instance->free_seats;
	if (seat)
		instance->free_seats = seat->next;
	else
		seat = ARENA_NEW(instance->simulation->arena, struct seat);
	*seat = (struct seat){
		.invocation = invocation,
		.instance = instance,
		.previous = instance->last,
		.then = starts,
		.joined_ns = engine_now_ns(&instance->simulation->engine),
	};
	if (instance->last)
		instance->last->next = seat;
	else
		instance->first = seat;
	instance->last = seat;
	siblings_of(instance)->busy += instance->requests++ == 0;
	count_requests(siblings_of(instance), &instance->simulation->engine, 1);
	invocation->seat = seat;
	invocation->sandbox = instance->sandbox;
	update_open(instance);
	return seat;
}

void instance_join(struct instance *instance, struct invocation *invocation, int64_t start_ns, event_action *starts)
{
	counts_of(invocation)->joined++;
	/* Instances take turns: the next call goes to the next one of the ring. */
	if (instance->is_ready)
		*instance->open = instance->next_open;
	struct seat *seat = take_seat(instance, invocation, starts);
	if (instance->is_ready)
		seat->timer = engine_schedule(&instance->simulation->engine, start_ns, 0, starts, invocation, 0);
}

/* The memory that an instance's requests share; a full record's work stands for that of all. */
static double shared_mb(const struct instance *instance)
{
	double mb = setting_shared_mb(instance->simulation->setting, instance->function);
	return fmin(mb, (double)spec_of(instance)->memory_mb);
}

/* vCPU time beyond the size's own share, and memory beyond its own, since the last bill. */
static void take_burst(struct instance *instance, struct billed_time *time)
{
	double beyond_ns = fluid_beyond(&instance->cpu);
	if (spec_of(instance)->burst_times > 1) {
		time->burst_vcpu_ns = llround(beyond_ns - instance->counted_cpu_ns);
		time->burst_mb_ns = instance->beyond_mb_ns;
	}
	instance->counted_cpu_ns = beyond_ns;
	instance->beyond_mb_ns = 0;
}

/* Where activity is paid for: what has come together since the last bill, one stretch of time. */
static void bill_activity(struct instance *instance)
{
	if (price_of(instance)->billed_by != BILLED_BY_ACTIVITY)
		return;
	struct billed_time time = {
		.busy_ns = instance->active_ns,
		.init_ns = instance->init_ns,
		.idle_ns = instance->ran_on_ns,
		.used_mb = shared_mb(instance),
		.is_provisioned = instance->sandbox->is_provisioned,
	};
	take_burst(instance, &time);
	billing_time(instance->simulation, instance->function, &time);
	instance->active_ns = 0;
	instance->ran_on_ns = 0;
	instance->init_ns = 0;
}

/* It has requests again: what it ran on for in between belongs to the stretch that goes on, or ends one. */
static void end_idle(struct instance *instance, bool was_suspended)
{
	instance->ran_on_ns += sandbox_ran_on_ns(instance->sandbox, instance->idle_since_ns);
	if (was_suspended)
		bill_activity(instance);
}

void instance_begin(struct invocation *invocation, int64_t start_ns, event_action *starts)
{
	struct simulation *simulation = invocation->simulation;
	struct sandbox *sandbox = invocation->sandbox;
	if (!sandbox->instance)
		instance_attach(simulation, home_of(invocation), sandbox);
	struct instance *instance = sandbox->instance;
	if (invocation->is_cold) {
		instance->is_ready = false;
		instance->start_ns = start_ns;
		instance->init_ns = billing_init_ns(price_of(instance), sandbox);
	} else {
		end_idle(instance, sandbox->was_suspended);
	}
	instance->busy_since_ns = engine_now_ns(&simulation->engine) + start_ns;
	take_seat(instance, invocation, starts)->timer =
		engine_schedule(&simulation->engine, start_ns, 0, starts, invocation, 0);
}

/* Those who joined it while it started begin; `first`, if any, has begun. */
static void begin_waiting(struct instance *instance, const struct seat *first)
{
	struct engine *engine = &instance->simulation->engine;
	instance->is_ready = true;
	update_open(instance);
	for (struct seat *seat = instance->first; seat; seat = seat->next) {
		if (seat == first)
			continue;
		counts_of(seat->invocation)->wait_ns += engine_now_ns(engine) - seat->joined_ns;
		seat->timer = engine_schedule(engine, 0, 0, seat->then, seat->invocation, 0);
	}
}

void instance_handler_starts(struct seat *seat)
{
	seat->has_started = true;
	seat->timer = 0;
	if (!seat->instance->is_ready)
		begin_waiting(seat->instance, seat);
}

void instance_loaded(struct instance *instance)
{
	instance->loader = NULL;
	for (struct seat *seat = instance->first; seat; seat = seat->next) {
		if (seat->waits_for_load && seat->timer == 0)
			seat->timer =
				engine_schedule(&instance->simulation->engine, 0, 0, seat->then, seat->invocation, 0);
	}
}

/* What is there beside the requests' own: what this function's have in common, and what other functions' there have. */
static double common_mb(const struct instance *instance, const struct invocation *invocation, const struct work *work)
{
	const struct setting_function *function = function_of(invocation);
	double others_mb =
		setting_shared_mb(instance->simulation->setting, instance->function) - function->work.shared_memory_mb;
	return fmin(work->shared_memory_mb, work->peak_memory_mb) + others_mb;
}

/* Memory beyond the sandbox's own, up to now; from now on so much is needed. */
static void count_memory(struct instance *instance, double needed_mb)
{
	int64_t now_ns = engine_now_ns(&instance->simulation->engine);
	double beyond_mb = fmax(0, instance->needed_mb - (double)spec_of(instance)->memory_mb);
	instance->beyond_mb_ns += beyond_mb * (double)(now_ns - instance->counted_ns);
	instance->counted_ns = now_ns;
	instance->needed_mb = needed_mb;
}

bool instance_hold(struct seat *seat, const struct work *work, double memory_mb)
{
	struct instance *instance = seat->instance;
	double own_mb = fmax(0, work->peak_memory_mb - work->shared_memory_mb);
	instance->held_mb += own_mb - seat->held_mb;
	seat->held_mb = own_mb;
	double needed_mb = common_mb(instance, seat->invocation, work) + instance->held_mb;
	count_memory(instance, needed_mb);
	return needed_mb <= memory_mb;
}

static void free_seat(struct seat *seat)
{
	struct instance *instance = seat->instance;
	seat_stop(seat);
	instance->held_mb -= seat->held_mb;
	count_memory(instance, fmax(0, instance->needed_mb - seat->held_mb));
	if (seat->previous)
		seat->previous->next = seat->next;
	else
		instance->first = seat->next;
	if (seat->next)
		seat->next->previous = seat->previous;
	else
		instance->last = seat->previous;
	seat->next = instance->free_seats;
	instance->free_seats = seat;
	seat->invocation->seat = NULL;
	seat->invocation = NULL;
	siblings_of(instance)->busy -= --instance->requests == 0;
	count_requests(siblings_of(instance), &instance->simulation->engine, -1);
}

/* The instance's last request has left: what belonged to the time with requests ends. */
static void end_activity(struct instance *instance)
{
	struct engine *engine = &instance->simulation->engine;
	engine_cancel(engine, instance->crash);
	instance->crash = 0;
	instance->crash_is_drawn = false;
	/* Nobody holds memory now; the sum that says so would keep its rounding errors. */
	instance->held_mb = 0;
	count_memory(instance, 0);
	int64_t since_ns = engine_now_ns(engine) - instance->busy_since_ns;
	int64_t busy_ns = since_ns > 0 ? since_ns : 0;
	instance->busy_ns += busy_ns;
	instance->active_ns += busy_ns;
	instance->idle_since_ns = engine_now_ns(engine);
	if (instance->simulation->setting->platform->sandbox.suspend_after_seconds == 0)
		bill_activity(instance);
}

static void become_idle(struct instance *instance, bool is_lost)
{
	end_activity(instance);
	admission_leave(instance->simulation, instance->function);
	if (is_lost)
		sandbox_pool_destroy(instance->sandbox);
	else
		sandbox_pool_return(instance->sandbox);
}

/* For timelines, as a request tells of the sandbox that it has started. */
static void tell_start(const struct instance *instance)
{
	const struct span_sink *sink = instance->simulation->options->sink;
	if (!sink)
		return;
	int64_t now_ns = engine_now_ns(&instance->simulation->engine);
	const struct span span = {
		.kind = SPAN_COLD_START,
		.function = (uint32_t)instance->function,
		.sandbox = instance->sandbox->ordinal,
		.record = -1,
		.start_ns = now_ns - instance->start_ns,
		.end_ns = now_ns,
		.is_cold = true,
	};
	sink->span(sink->context, &span);
}

static void unasked_has_started(struct engine *engine, void *subject, int64_t argument)
{
	struct instance *instance = subject;
	instance->busy_since_ns = engine_now_ns(engine);
	tell_start(instance);
	begin_waiting(instance, NULL);
	if (instance->requests == 0)
		become_idle(instance, false);
	call_waiting(siblings_of(instance), engine, spec_of(instance)->requests_max);
}

bool instance_start(struct simulation *simulation, size_t function)
{
	if (!admission_take_place(simulation, function))
		return false;
	int64_t start_ns;
	struct sandbox *sandbox = sandbox_pool_create(&simulation->pools[function], &start_ns);
	instance_attach(simulation, function, sandbox);
	struct instance *instance = sandbox->instance;
	instance->is_ready = false;
	instance->start_ns = start_ns;
	instance->init_ns = billing_init_ns(price_of(instance), sandbox);
	update_open(instance);
	engine_schedule(&simulation->engine, start_ns, 0, unasked_has_started, instance, 0);
	return true;
}

void instance_leave(struct invocation *invocation, bool is_lost)
{
	struct seat *seat = invocation->seat;
	struct instance *instance = seat->instance;
	bool was_loader = instance->loader == seat;
	free_seat(seat);
	/* Those who waited for what the request was loading go on, and one of them loads it. */
	if (was_loader && !is_lost)
		instance_loaded(instance);
	if (is_lost)
		close_to_requests(instance);
	else
		update_open(instance);
	struct function_instances *siblings = siblings_of(instance);
	struct engine *engine = &instance->simulation->engine;
	if (instance->requests == 0)
		become_idle(instance, is_lost);
	if (!is_lost)
		call_waiting(siblings, engine, 1);
}

/* Bills activity that came together with what an idle instance ran on for. */
static void bill_rest(struct instance *instance)
{
	if (instance->active_ns + instance->ran_on_ns > 0)
		bill_activity(instance);
}

/* Bills an instance that is paid for all along from its start to until_ns. */
static void bill_life(struct instance *instance, int64_t until_ns)
{
	if (price_of(instance)->billed_by != BILLED_BY_INSTANCE)
		return;
	int64_t life_ns = until_ns - instance->sandbox->created_ns;
	/* An instance may end, or be billed, while it starts. */
	int64_t start_ns = instance->start_ns < life_ns ? instance->start_ns : life_ns;
	const struct billed_time time = {
		.busy_ns = instance->busy_ns,
		.init_ns = start_ns,
		.idle_ns = life_ns - instance->busy_ns - start_ns,
		.used_mb = shared_mb(instance),
	};
	billing_time(instance->simulation, instance->function, &time);
}

void instance_gone(struct sandbox *sandbox)
{
	struct instance *instance = sandbox->instance;
	struct simulation *simulation = instance->simulation;
	bill_life(instance, engine_now_ns(&simulation->engine));
	if (instance->requests == 0)
		instance->ran_on_ns += sandbox_ran_on_ns(sandbox, instance->idle_since_ns);
	bill_rest(instance);
	siblings_of(instance)->gone_cpu_ns += fluid_done(&instance->cpu);
	if (instance->host)
		host_leave(&simulation->hosts, instance->host, spec_of(instance)->memory_mb);
	if (instance->previous)
		instance->previous->next = instance->next;
	else
		simulation->living_instances = instance->next;
	if (instance->next)
		instance->next->previous = instance->previous;
	instance->next = simulation->free_instances;
	simulation->free_instances = instance;
	sandbox->instance = NULL;
}

/* An instance that is idle in the end runs on for as long as it would have. */
static int64_t kept_until_ns(const struct instance *instance, int64_t now_ns)
{
	/* A fleet goes on; what it is paid for then is no part of this. */
	bool is_fleet = instance->sandbox->pool->spec.instances_min > 0;
	bool is_kept = instance->requests == 0 && !is_fleet && instance->sandbox->expires_ns > now_ns;
	return is_kept ? instance->sandbox->expires_ns : now_ns;
}

void instance_bill_living(struct simulation *simulation)
{
	int64_t now_ns = engine_now_ns(&simulation->engine);
	int64_t most_ns = ns_from_seconds(simulation->setting->platform->sandbox.suspend_after_seconds);
	for (struct instance *instance = simulation->living_instances; instance; instance = instance->next) {
		int64_t until_ns = kept_until_ns(instance, now_ns);
		int64_t idle_ns = instance->requests == 0 ? until_ns - instance->idle_since_ns : 0;
		if (instance->requests > 0 && instance->busy_since_ns < now_ns)
			instance->busy_ns += now_ns - instance->busy_since_ns;
		bill_life(instance, until_ns);
		instance->ran_on_ns += idle_ns < most_ns ? idle_ns : most_ns;
		bill_rest(instance);
	}
}
