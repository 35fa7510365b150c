#include "platform/sandbox.h"

#include <math.h>

#include "base/num.h"
#include "platform/cold_start.h"
#include "platform/keys.h"
#include "random/stream.h"

enum { REQUESTS_MAX = 10000 };

static const char *const snapshot_offers[] = {
	[SNAPSHOT_NONE] = "none", [SNAPSHOT_FREE] = "free", [SNAPSHOT_BILLED] = "billed", NULL};

static const struct bind_field runtime_fields[] = {
	BIND_FIELD(struct platform_runtime, snapshot, BIND_CHOICE, .fallback = "none", .choices = snapshot_offers,
		   .help = "whether its functions can be restored from snapshots, and whether that costs anything"),
	QUANTILES(struct platform_runtime, init_seconds, "start of the runtime, zip package"),
	MAYBE_QUANTILES(struct platform_runtime, image_init_seconds, "start of the runtime, container image"),
	BIND_END,
};

static const struct bind_schema runtime_schema = {
	.title = "a runtime",
	.bytes = sizeof(struct platform_runtime),
	.fields = runtime_fields,
	.name_offset_plus_one = offsetof(struct platform_runtime, name) + 1,
};

static const char *const starts_names[] = {[STARTS_ON_REQUEST] = "on_request", [STARTS_BY_TARGET] = "by_target", NULL};
static const char *const full_names[] = {[FLEET_REFUSES] = "refuse", [FLEET_QUEUES] = "queue", NULL};

static const struct bind_field sandbox_fields[] = {
	QUANTILES(struct platform_sandbox, cold_start_seconds, "call to handler on a new sandbox, small package"),
	BIND_FIELD(struct platform_sandbox, runtimes, BIND_STRUCT_MAP, .schema = &runtime_schema, .count_max = 64,
		   .help = "more time for a language runtime, by name; without them cold_start_seconds hold it"),
	NUMBER(struct platform_sandbox, package_reference_mb, 1, 1e6,
	       "unzipped size of a zip package that package_seconds hold for, MB"),
	QUANTILES(struct platform_sandbox, package_seconds,
		  "more time for a zip package of that size than for a small one"),
	MAYBE_QUANTILES(struct platform_sandbox, image_seconds,
			"more time for a container image than for a small zip package, whatever its size"),
	MAYBE_NUMBER(struct platform_sandbox, image_mb_per_second, "0", 0, 1e9,
		     "that a container image is pulled at, MB a second; 0: image_seconds hold it, whatever its size"),
	MAYBE_NUMBER(struct platform_sandbox, image_read_share, "1", 0, 1,
		     "of an image, what is pulled before the handler runs: all of it, or the chunks that are read"),
	MAYBE_QUANTILES(struct platform_sandbox, disk_seconds_per_gb,
			"10^9 bytes read from a new sandbox's own disk, or for the first time from its image"),
	MAYBE_QUANTILES(struct platform_sandbox, restore_seconds,
			"snapshot instead of package, runtime and initialising"),
	QUANTILES(struct platform_sandbox, warm_start_seconds, "call to handler on an idle sandbox"),
	QUANTILES(struct platform_sandbox, keep_alive_seconds, "idle time after which a sandbox is gone"),
	MAYBE_QUANTILES(struct platform_sandbox, surplus_keep_alive_seconds,
			"the same of one that has others beside it; by default it is no other"),
	MAYBE_NUMBER(struct platform_sandbox, halving_seconds, "0", 0, 1e6,
		     "each time a function has had no request for this long, a share of its sandboxes is gone"),
	NUMBER_OF_IT(struct platform_sandbox, halving_share, 1e-3, 1, "that share, rounded down"),
	INTEGER_OF_IT(struct platform_sandbox, halving_spares, 0, 1000000, "as many are left by it at least"),
	MAYBE_QUANTILES(struct platform_sandbox, lifetime_seconds, "age at which a sandbox is not used again"),
	MAYBE_NUMBER(struct platform_sandbox, suspend_after_seconds, "0", 0, 86400,
		     "how long an idle sandbox runs on before it is suspended; paid for where activity is"),
	MAYBE_QUANTILES(struct platform_sandbox, resume_seconds,
			"more time than warm_start_seconds, where the sandbox has been suspended"),
	MAYBE_NUMBER(
		struct platform_sandbox, burst_times, "1", 1, 64,
		"times its vCPUs and memory that a sandbox may use where its function says 'burst'; what is beyond "
		"them is paid for as it is used"),
	MAYBE_NUMBER(struct platform_sandbox, interruptions_per_hour, "0", 0, 3600,
		     "how often a sandbox is taken away by the provider, as an instance of a spot market is"),
	MAYBE_NUMBER(struct platform_sandbox, interruption_notice_seconds, "0", 0, 86400,
		     "from the notice, after which it gets no requests, to that, which ends those that it still has"),
	BIND_FIELD(struct platform_sandbox, requests_max, BIND_INT, .fallback = "1", .min = 1, .max = REQUESTS_MAX,
		   .help = "requests at once on one sandbox, the most that a function may ask for"),
	BIND_FIELD(struct platform_sandbox, requests_default, BIND_INT, .fallback = "1", .min = 1, .max = REQUESTS_MAX,
		   .help = "the same of a function that does not ask"),
	MAYBE_NUMBER(struct platform_sandbox, target_share, "0", 0, 1,
		     "share of vCPUs and requests that an autoscaler keeps instances below; 0: they are filled"),
	NUMBER_OF_IT(struct platform_sandbox, target_window_seconds, 1e-3, 86400, "how far it looks back"),
	INTEGER_OF_IT(struct platform_sandbox, target_looks, 1, 1000, "how often it looks in this time"),
	BIND_FIELD(
		struct platform_sandbox, starts, BIND_CHOICE, .fallback = "on_request", .choices = starts_names,
		.help = "what starts a sandbox: a request that finds none, or the autoscaler's target alone (a fleet)"),
	BIND_FIELD(struct platform_sandbox, when_full, BIND_CHOICE, .fallback = "refuse", .choices = full_names,
		   .help = "what a full fleet does with a request"),
	BIND_FIELD(struct platform_sandbox, instances_min, BIND_INT, .fallback = "0", .min = 0, .max = 100000,
		   .help = "instances that a fleet has at least, from the start on"),
	MAYBE_NUMBER(struct platform_sandbox, shared_from_vcpus, "0", 0, 1024,
		     "sizes with fewer vCPUs have one request at a time"),
	BIND_END,
};

static void check_sandbox(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform_sandbox *sandbox = value;
	if (sandbox->requests_default > sandbox->requests_max)
		diag_error(diag, bind_place(node, "requests_default"),
			   "'requests_default' is above 'requests_max' (%lld)", (long long)sandbox->requests_max);
	static const char *const of_halving[] = {"halving_share", "halving_spares", NULL};
	static const char *const of_target[] = {"target_window_seconds", "target_looks", NULL};
	keys_need(node, "halving_seconds", sandbox->halving_seconds, of_halving, diag);
	keys_need(node, "target_share", sandbox->target_share, of_target, diag);
	if (sandbox->interruptions_per_hour > 0 && sandbox->starts != STARTS_BY_TARGET)
		diag_error(diag, bind_place(node, "interruptions_per_hour"),
			   "'interruptions_per_hour' is of instances that a fleet rents ('starts: by_target'); "
			   "sandboxes that requests start crash (failures.crashes_per_hour)");
	if (sandbox->starts == STARTS_BY_TARGET && (sandbox->instances_min == 0 || sandbox->target_share == 0))
		diag_error(diag, bind_place(node, "starts"),
			   "where the autoscaler alone starts instances, 'target_share' and an 'instances_min' of 1 or "
			   "more are needed");
}

const struct bind_schema platform_sandbox_schema = {
	.title = "sandbox",
	.bytes = sizeof(struct platform_sandbox),
	.fields = sandbox_fields,
	.check = check_sandbox,
};

static void add_provisioned(struct sandbox_pool *pool);

static const char *const luck_names[SANDBOX_LUCKS] = {
	[SANDBOX_LUCK_HOST] = "sandbox",
	[SANDBOX_LUCK_COLD_START] = "cold start",
	[SANDBOX_LUCK_KEEP_ALIVE] = "keep alive",
	[SANDBOX_LUCK_LIFETIME] = "lifetime",
	[SANDBOX_LUCK_INTERRUPTION] = "interruption",
};

void sandbox_pool_init(struct sandbox_pool *pool, struct engine *engine, struct arena *arena,
		       const struct platform *platform, const struct sandbox_spec *spec, uint64_t function,
		       uint64_t seed, uint32_t replication)
{
	*pool = (struct sandbox_pool){
		.engine = engine,
		.arena = arena,
		.platform = platform,
		.spec = *spec,
		.function = function,
		.seed = seed,
		.replication = replication,
	};
	for (int luck = 0; luck < SANDBOX_LUCKS; luck++)
		pool->luck[luck] = stream_id_from_name(luck_names[luck]);
	for (int64_t i = 0; i < spec->provisioned; i++)
		add_provisioned(pool);
}

/* Every draw belongs to a named purpose and a sandbox, so that two settings meet the same luck. */
static void named_stream(struct stream *stream, const struct sandbox_pool *pool, enum sandbox_luck luck,
			 uint64_t ordinal)
{
	stream_init(stream, pool->seed, pool->replication, pool->luck[luck], pool->function << 48 | ordinal);
}

void sandbox_pool_count(struct sandbox_pool *pool)
{
	int64_t now_ns = engine_now_ns(pool->engine);
	price_mb_ns passed_ns = (price_mb_ns)(now_ns - pool->counted_ns);
	pool->busy_instance_ns += passed_ns * (price_mb_ns)pool->busy_count;
	pool->idle_instance_ns += passed_ns * (price_mb_ns)pool->idle_count;
	if (pool->watch && passed_ns > 0)
		pool->watch->stretch(pool->watch->context, pool->counted_ns, now_ns, pool->busy_count,
				     pool->idle_count);
	pool->counted_ns = now_ns;
}

int64_t sandbox_ran_on_ns(const struct sandbox *sandbox, int64_t idle_since_ns)
{
	const struct sandbox_pool *pool = sandbox->pool;
	int64_t idle_ns = engine_now_ns(pool->engine) - idle_since_ns;
	int64_t most_ns = ns_from_seconds(pool->platform->sandbox.suspend_after_seconds);
	return idle_ns < most_ns ? idle_ns : most_ns;
}

/* It is taken, or gone. */
static void count_suspended(struct sandbox *sandbox)
{
	struct sandbox_pool *pool = sandbox->pool;
	int64_t idle_ns = engine_now_ns(pool->engine) - sandbox->idle_since_ns;
	int64_t suspended_ns = idle_ns - sandbox_ran_on_ns(sandbox, sandbox->idle_since_ns);
	sandbox->was_suspended = suspended_ns > 0;
	pool->suspended_ns += (price_mb_ns)suspended_ns;
	pool->suspensions += sandbox->was_suspended;
}

void sandbox_pool_suspend_idle(struct sandbox_pool *pool)
{
	for (struct sandbox *sandbox = pool->newest_idle; sandbox; sandbox = sandbox->older) {
		count_suspended(sandbox);
		pool->suspensions += !sandbox->was_suspended;
	}
}

static void unlink_idle(struct sandbox *sandbox)
{
	struct sandbox_pool *pool = sandbox->pool;
	count_suspended(sandbox);
	sandbox_pool_count(pool);
	if (sandbox->newer)
		sandbox->newer->older = sandbox->older;
	else
		pool->newest_idle = sandbox->older;
	if (sandbox->older)
		sandbox->older->newer = sandbox->newer;
	sandbox->newer = NULL;
	sandbox->older = NULL;
	pool->idle_count--;
}

static struct sandbox *take_provisioned(struct sandbox_pool *pool)
{
	struct sandbox *sandbox = pool->provisioned_idle;
	sandbox_pool_count(pool);
	pool->provisioned_idle = sandbox->older;
	pool->idle_count--;
	pool->busy_count++;
	return sandbox;
}

static void stop_halving(struct sandbox_pool *pool)
{
	engine_cancel(pool->engine, pool->halving);
	pool->halving = 0;
}

struct sandbox *sandbox_pool_take(struct sandbox_pool *pool)
{
	stop_halving(pool);
	if (pool->provisioned_idle)
		return take_provisioned(pool);
	struct sandbox *sandbox = pool->newest_idle;
	if (!sandbox)
		return NULL;
	unlink_idle(sandbox);
	pool->busy_count++;
	bool was_pending = engine_cancel(pool->engine, sandbox->expiry);
	CHECK(was_pending);
	sandbox->expiry = 0;
	return sandbox;
}

/* When a sandbox is too old to be used again. */
static int64_t retires_ns(const struct sandbox *sandbox)
{
	const struct quantiles *lifetime = &sandbox->pool->platform->sandbox.lifetime_seconds;
	if (lifetime->table.count == 0)
		return INT64_MAX;
	struct stream luck;
	named_stream(&luck, sandbox->pool, SANDBOX_LUCK_LIFETIME, sandbox->ordinal);
	int64_t age_ns = ns_from_seconds(quantile_draw_only(&lifetime->table, &luck));
	return age_ns < INT64_MAX - sandbox->created_ns ? sandbox->created_ns + age_ns : INT64_MAX;
}

/* Draws when the provider takes it away, and lets it retire with the notice. */
static void draw_interruption(struct sandbox *sandbox)
{
	const struct platform_sandbox *platform = &sandbox->pool->platform->sandbox;
	sandbox->taken_ns = INT64_MAX;
	if (platform->interruptions_per_hour == 0)
		return;
	struct stream luck;
	named_stream(&luck, sandbox->pool, SANDBOX_LUCK_INTERRUPTION, sandbox->ordinal);
	double hours = stream_exponential(&luck, 1 / platform->interruptions_per_hour);
	int64_t notice_ns = sandbox->created_ns + (int64_t)fmin(hours * 3.6e12, 1e18);
	sandbox->taken_ns = notice_ns + ns_from_seconds(platform->interruption_notice_seconds);
	sandbox->retires_ns = notice_ns < sandbox->retires_ns ? notice_ns : sandbox->retires_ns;
}

/* Finds what is the same for all sandboxes of the pool. */
static void find_new(struct sandbox_pool *pool)
{
	const struct platform_cpu cpu =
		cpu_in_burst(cpu_of_architecture(&pool->platform->cpu, pool->spec.is_arm64), pool->spec.burst_times);
	cpu_quota_init(&pool->new_quota, &cpu, pool->spec.memory_mb, 0);
	token_bucket_init(&pool->new_bucket, &pool->platform->network, pool->spec.memory_mb);
	pool->new_start = ARENA_NEW(pool->arena, struct cold_start);
	cold_start_init(pool->new_start, pool->platform, &pool->spec);
}

struct sandbox *sandbox_pool_create(struct sandbox_pool *pool, int64_t *cold_start_ns)
{
	const struct platform_cpu *cpu = &pool->platform->cpu;
	if (pool->created == 0)
		find_new(pool);
	struct sandbox *sandbox = pool->free_list;
	if (sandbox)
		pool->free_list = sandbox->older;
	else
		sandbox = ARENA_NEW(pool->arena, struct sandbox);
	sandbox_pool_count(pool);
	pool->busy_count++;
	uint64_t ordinal = pool->created++;
	struct stream luck;
	named_stream(&luck, pool, SANDBOX_LUCK_HOST, ordinal);
	*sandbox = (struct sandbox){
		.pool = pool,
		.ordinal = ordinal,
		.created_ns = engine_now_ns(pool->engine),
		.slowness = stream_lognormal(&luck, 0, cpu->speed_spread),
		.quota = pool->new_quota,
		.inbound = pool->new_bucket,
		.outbound = pool->new_bucket,
	};
	sandbox->retires_ns = retires_ns(sandbox);
	draw_interruption(sandbox);
	if (pool->spec.is_arm64)
		sandbox->slowness /= cpu->arm64_speed;
	cpu_quota_align(&sandbox->quota, (int64_t)stream_below(&luck, (uint64_t)sandbox->quota.period_ns));
	named_stream(&luck, pool, SANDBOX_LUCK_COLD_START, ordinal);
	struct cold_start_times times;
	cold_start_add_up(pool->new_start, sandbox->slowness, &luck, &times);
	sandbox->init_ns = times.init_ns;
	sandbox->repeat_init_ns = times.repeat_init_ns;
	*cold_start_ns = times.placed_ns + times.init_ns;
	return sandbox;
}

static void forget_sandbox(struct sandbox *sandbox)
{
	struct sandbox_pool *pool = sandbox->pool;
	if (sandbox->instance)
		pool->gone(sandbox);
	sandbox->older = pool->free_list;
	pool->free_list = sandbox;
}

static void add_provisioned(struct sandbox_pool *pool)
{
	int64_t cold_start_ns;
	struct sandbox *sandbox = sandbox_pool_create(pool, &cold_start_ns);
	sandbox->is_provisioned = true;
	sandbox->repeat_init_ns = 0;
	sandbox_pool_return(sandbox);
}

void sandbox_pool_destroy(struct sandbox *sandbox)
{
	sandbox_pool_count(sandbox->pool);
	sandbox->pool->busy_count--;
	if (sandbox->is_provisioned)
		add_provisioned(sandbox->pool);
	forget_sandbox(sandbox);
}

/* Takes an idle sandbox away for good. */
static void retire_idle(struct sandbox *sandbox)
{
	struct sandbox_pool *pool = sandbox->pool;
	unlink_idle(sandbox);
	pool->unused_instance_ns += (price_mb_ns)(engine_now_ns(pool->engine) - sandbox->idle_since_ns);
	pool->expired++;
	forget_sandbox(sandbox);
}

bool sandbox_is_old(const struct sandbox *sandbox)
{
	return engine_now_ns(sandbox->pool->engine) >= sandbox->retires_ns;
}

/* A fleet's least number stays. */
static bool is_kept(const struct sandbox *sandbox)
{
	const struct sandbox_pool *pool = sandbox->pool;
	return pool->idle_count + pool->busy_count <= pool->spec.instances_min && !sandbox_is_old(sandbox);
}

static void idle_time_is_over(struct engine *engine, void *subject, int64_t argument)
{
	struct sandbox *sandbox = subject;
	if (!is_kept(sandbox)) {
		retire_idle(sandbox);
		return;
	}
	/* It is looked at again when it would have been idle for as long once more. */
	int64_t again_ns = engine_now_ns(engine) - sandbox->idle_since_ns;
	int64_t left_ns = sandbox->retires_ns - engine_now_ns(engine);
	again_ns = again_ns < 1 ? 1 : again_ns;
	sandbox->expires_ns = engine_now_ns(engine) + (again_ns < left_ns ? again_ns : left_ns);
	sandbox->expiry =
		engine_schedule(engine, sandbox->expires_ns - engine_now_ns(engine), 0, idle_time_is_over, sandbox, 0);
}

price_mb_ns sandbox_pool_observed_ns(const struct sandbox_pool *pool, int64_t assumed_ns)
{
	price_mb_ns observed_ns = pool->busy_instance_ns + pool->idle_instance_ns - pool->unused_instance_ns;
	for (const struct sandbox *idle = pool->newest_idle; idle; idle = idle->older) {
		int64_t idle_ns = engine_now_ns(pool->engine) - idle->idle_since_ns;
		observed_ns -= (price_mb_ns)(idle_ns > assumed_ns ? idle_ns - assumed_ns : 0);
	}
	int64_t gone = (int64_t)pool->created - pool->busy_count - pool->idle_count;
	return observed_ns + (price_mb_ns)assumed_ns * (price_mb_ns)gone;
}

/* Counts idle sandboxes but for provisioned ones, which stay whatever happens. */
static int64_t count_idle(const struct sandbox_pool *pool)
{
	int64_t count = 0;
	for (const struct sandbox *idle = pool->newest_idle; idle; idle = idle->older)
		count++;
	return count;
}

static void await_halving(struct sandbox_pool *pool);

static void halve_idle(struct engine *engine, void *subject, int64_t argument)
{
	struct sandbox_pool *pool = subject;
	const struct platform_sandbox *platform = &pool->platform->sandbox;
	pool->halving = 0;
	int64_t count = count_idle(pool);
	int64_t left = count - (int64_t)floor((double)count * platform->halving_share);
	int64_t kept = left > platform->halving_spares ? left : platform->halving_spares;
	struct sandbox *sandbox = pool->newest_idle;
	for (int64_t i = 0; i < kept && sandbox; i++)
		sandbox = sandbox->older;
	while (sandbox) {
		struct sandbox *older = sandbox->older;
		engine_cancel(engine, sandbox->expiry);
		retire_idle(sandbox);
		sandbox = older;
	}
	if (kept > platform->halving_spares && kept < count)
		await_halving(pool);
}

/* Schedules the next halving for when no request will have come for long enough. */
static void await_halving(struct sandbox_pool *pool)
{
	int64_t delay_ns = ns_from_seconds(pool->platform->sandbox.halving_seconds);
	if (delay_ns == 0)
		return;
	stop_halving(pool);
	pool->halving = engine_schedule(pool->engine, delay_ns, 0, halve_idle, pool, 0);
}

/* The time that a sandbox, idle from now on, is kept. */
static int64_t keep_alive_ns(struct sandbox *sandbox)
{
	const struct sandbox_pool *pool = sandbox->pool;
	const struct platform_sandbox *platform = &pool->platform->sandbox;
	bool is_alone = pool->newest_idle == sandbox && !sandbox->older && pool->busy_count == 0;
	bool is_surplus = !is_alone && platform->surplus_keep_alive_seconds.table.count > 0;
	struct stream luck;
	named_stream(&luck, pool, SANDBOX_LUCK_KEEP_ALIVE, sandbox->ordinal << 20 | sandbox->idle_periods++);
	const struct quantiles *kept =
		is_surplus ? &platform->surplus_keep_alive_seconds : &platform->keep_alive_seconds;
	return ns_from_seconds(quantile_draw_only(&kept->table, &luck));
}

static void return_provisioned(struct sandbox *sandbox)
{
	sandbox->older = sandbox->pool->provisioned_idle;
	sandbox->pool->provisioned_idle = sandbox;
	sandbox->pool->idle_count++;
}

void sandbox_pool_return(struct sandbox *sandbox)
{
	struct sandbox_pool *pool = sandbox->pool;
	sandbox_pool_count(pool);
	pool->busy_count--;
	if (pool->busy_count == 0)
		await_halving(pool);
	if (sandbox->is_provisioned) {
		return_provisioned(sandbox);
		return;
	}
	int64_t left_ns = sandbox->retires_ns - engine_now_ns(pool->engine);
	if (left_ns <= 0) {
		pool->expired++;
		forget_sandbox(sandbox);
		return;
	}
	sandbox->older = pool->newest_idle;
	sandbox->newer = NULL;
	if (pool->newest_idle)
		pool->newest_idle->newer = sandbox;
	pool->newest_idle = sandbox;
	pool->idle_count++;
	sandbox->idle_since_ns = engine_now_ns(pool->engine);
	int64_t kept_ns = keep_alive_ns(sandbox);
	kept_ns = kept_ns < left_ns ? kept_ns : left_ns;
	sandbox->expires_ns = engine_now_ns(pool->engine) + kept_ns;
	sandbox->expiry = engine_schedule(pool->engine, kept_ns, 0, idle_time_is_over, sandbox, 0);
}
