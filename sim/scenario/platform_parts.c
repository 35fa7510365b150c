#include "scenario/platform_parts.h"

#include <math.h>

#include "base/num.h"
#include "platform/platform.h"

#define QUANTILES(type_name, member, text) \
	BIND_FIELD(type_name, member, BIND_STRUCT, .required = true, .schema = &quantiles_schema, .help = text)
#define NUMBER(type_name, member, low, high, text) \
	BIND_FIELD(type_name, member, BIND_DOUBLE, .required = true, .min = (low), .max = (high), .help = text)
#define INTEGER(type_name, member, low, high, text) \
	BIND_FIELD(type_name, member, BIND_INT, .required = true, .min = (low), .max = (high), .help = text)

enum { REQUESTS_MAX = 10000 };

#define MAYBE_QUANTILES(type_name, member, text) \
	BIND_FIELD(type_name, member, BIND_STRUCT, .schema = &quantiles_schema, .help = text)
#define MAYBE_NUMBER(type_name, member, default_text, low, high, text) \
	BIND_FIELD(type_name, member, BIND_DOUBLE, .fallback = default_text, .min = (low), .max = (high), .help = text)

static const struct bind_field memory_fields[] = {
	INTEGER(struct platform_memory, min_mb, 1, 1048576, "smallest size sold, MB (1 MB = 1024 kB)"),
	INTEGER(struct platform_memory, max_mb, 1, 1048576, "largest size sold, MB"),
	INTEGER(struct platform_memory, step_mb, 1, 65536, "distance between sizes, MB"),
	BIND_FIELD(struct platform_memory, sizes_mb, BIND_INT_LIST, .min = 1, .max = 1048576,
		   .help = "the sizes themselves, where they are no even steps, MB, ascending"),
	BIND_END,
};

static void check_memory(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform_memory *memory = value;
	if (memory->max_mb < memory->min_mb)
		diag_error(diag, bind_place(node, "max_mb"), "'max_mb' is below 'min_mb' (%lld)",
			   (long long)memory->min_mb);
}

const struct bind_schema platform_memory_schema = {
	.title = "memory",
	.bytes = sizeof(struct platform_memory),
	.fields = memory_fields,
	.check = check_memory,
};

static const struct bind_field cpu_fields[] = {
	NUMBER(struct platform_cpu, mb_per_vcpu, 1, 1048576, "memory that comes with one vCPU, MB"),
	BIND_FIELD(struct platform_cpu, share_at_mb, BIND_INT_LIST, .min = 1, .max = 1048576,
		   .help = "where vCPUs are not in proportion to memory: sizes, MB, ascending"),
	BIND_FIELD(struct platform_cpu, shares, BIND_DOUBLE_LIST, .min = 1e-3, .max = 1024,
		   .help = "vCPUs that these sizes get"),
	BIND_FIELD(struct platform_cpu, visible_up_to_mb, BIND_INT_LIST, .required = true, .min = 1, .max = 1048576,
		   .help = "sizes up to which visible_vcpus hold, MB, ascending"),
	BIND_FIELD(struct platform_cpu, visible_vcpus, BIND_INT_LIST, .required = true, .min = 1, .max = 1024,
		   .help = "vCPUs that a function of such a size sees"),
	NUMBER(struct platform_cpu, period_seconds, 1e-4, 1, "period of the CPU quota"),
	BIND_FIELD(struct platform_cpu, tick_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1,
		   .help = "what threads ran is charged at multiples of this, a part of the period; 0: exactly"),
	BIND_FIELD(struct platform_cpu, resume_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1,
		   .help = "thread time that a stopped thread loses when it goes on"),
	BIND_FIELD(struct platform_cpu, overhead_share, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 0.5,
		   .help = "part of the quota that the sandbox itself uses up"),
	NUMBER(struct platform_cpu, sgemm_gflop_per_vcpu_second, 0.01, 1e5,
	       "float32 matrix product speed of one vCPU, 10^9 operations per second"),
	BIND_FIELD(struct platform_cpu, memory_gb_per_vcpu_second, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e4,
		   .help = "copy bandwidth of one thread, 10^9 bytes read and written per second; 0: unknown"),
	NUMBER(struct platform_cpu, speed_spread, 0, 1, "standard deviation of ln(speed) between sandboxes"),
	BIND_FIELD(struct platform_cpu, arm64_speed, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 100,
		   .help = "speed of an arm64 vCPU over an x86_64 one; 0: not sold"),
	BIND_END,
};

static void check_cpu(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform_cpu *cpu = value;
	if (cpu->visible_vcpus.count == 0 || cpu->visible_vcpus.count != cpu->visible_up_to_mb.count)
		diag_error(diag, bind_place(node, "visible_vcpus"),
			   "'visible_vcpus' has %zu entries and 'visible_up_to_mb' %zu; both need the same number",
			   cpu->visible_vcpus.count, cpu->visible_up_to_mb.count);
	for (size_t i = 1; i < cpu->visible_up_to_mb.count; i++) {
		if (cpu->visible_up_to_mb.values[i] <= cpu->visible_up_to_mb.values[i - 1])
			diag_error(diag, bind_place(node, "visible_up_to_mb"), "'visible_up_to_mb' must ascend");
	}
	if (cpu->shares.count != cpu->share_at_mb.count)
		diag_error(diag, bind_place(node, "shares"),
			   "'shares' has %zu entries and 'share_at_mb' %zu; both need the same number",
			   cpu->shares.count, cpu->share_at_mb.count);
	int64_t period_ns = ns_from_seconds(cpu->period_seconds);
	int64_t tick_ns = ns_from_seconds(cpu->tick_seconds);
	if (tick_ns > 0 && period_ns % tick_ns != 0)
		diag_error(diag, bind_place(node, "tick_seconds"), "'period_seconds' is no multiple of 'tick_seconds'");
	if (cpu->resume_seconds > 0 && cpu->resume_seconds >= cpu->tick_seconds)
		diag_error(diag, bind_place(node, "resume_seconds"), "'resume_seconds' must be below 'tick_seconds'");
}

const struct bind_schema platform_cpu_schema = {
	.title = "cpu",
	.bytes = sizeof(struct platform_cpu),
	.fields = cpu_fields,
	.check = check_cpu,
};

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
	MAYBE_QUANTILES(struct platform_sandbox, restore_seconds,
			"snapshot instead of package, runtime and initialising"),
	QUANTILES(struct platform_sandbox, warm_start_seconds, "call to handler on an idle sandbox"),
	QUANTILES(struct platform_sandbox, keep_alive_seconds, "idle time after which a sandbox is gone"),
	MAYBE_QUANTILES(struct platform_sandbox, surplus_keep_alive_seconds,
			"the same of one that has others beside it; by default it is no other"),
	MAYBE_NUMBER(
		struct platform_sandbox, halving_seconds, "0", 0, 1e6,
		"each time a function has had no request for this long, half of its sandboxes are gone, down to two"),
	MAYBE_QUANTILES(struct platform_sandbox, lifetime_seconds, "age at which a sandbox is not used again"),
	BIND_FIELD(struct platform_sandbox, requests_max, BIND_INT, .fallback = "1", .min = 1, .max = REQUESTS_MAX,
		   .help = "requests at once on one sandbox, the most that a function may ask for"),
	BIND_FIELD(struct platform_sandbox, requests_default, BIND_INT, .fallback = "1", .min = 1, .max = REQUESTS_MAX,
		   .help = "the same of a function that does not ask"),
	MAYBE_NUMBER(struct platform_sandbox, target_share, "0", 0, 1,
		     "share of vCPUs and requests that an autoscaler keeps instances below; 0: they are filled"),
	MAYBE_NUMBER(struct platform_sandbox, target_window_seconds, "60", 1e-3, 86400, "how far it looks back"),
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
}

const struct bind_schema platform_sandbox_schema = {
	.title = "sandbox",
	.bytes = sizeof(struct platform_sandbox),
	.fields = sandbox_fields,
	.check = check_sandbox,
};

static const char *const burst_scopes[] = {[BURST_OF_ACCOUNT] = "account", [BURST_OF_FUNCTION] = "function", NULL};

static const struct bind_field limits_fields[] = {
	NUMBER(struct platform_limits, timeout_seconds, 1, 1e6, "the longest timeout a function may have"),
	MAYBE_NUMBER(struct platform_limits, init_seconds, "0", 0, 1e6,
		     "longer initialising is broken off and repeated by the first request; 0: no bound"),
	INTEGER(struct platform_limits, tmp_mb, 0, 1048576, "size of /tmp that comes with a function, MB"),
	BIND_FIELD(struct platform_limits, tmp_max_mb, BIND_INT, .fallback = "0", .min = 0, .max = 1048576,
		   .help = "the largest /tmp sold, MB; 0: no more than comes with a function"),
	INTEGER(struct platform_limits, concurrency, 1, 10000000, "sandboxes in use at once, whole account"),
	BIND_FIELD(struct platform_limits, unreserved, BIND_INT, .fallback = "0", .min = 0, .max = 10000000,
		   .help = "concurrency that reservations must leave"),
	INTEGER(struct platform_limits, burst, 1, 10000000, "new sandboxes at once"),
	MAYBE_NUMBER(struct platform_limits, invocations_per_place, "0", 0, 1e6,
		     "synchronous calls a second for each unit of concurrency; 0: no bound"),
	NUMBER(struct platform_limits, burst_per_minute, 0, 1e9, "new sandboxes per minute once the burst is used up"),
	BIND_FIELD(struct platform_limits, burst_scope, BIND_CHOICE, .fallback = "account", .choices = burst_scopes,
		   .help = "who has a burst of its own"),
	NUMBER(struct platform_limits, retry_min_seconds, 1e-3, 3600, "first back-off of a throttled caller"),
	NUMBER(struct platform_limits, retry_max_seconds, 1e-3, 86400, "longest back-off of a throttled caller"),
	BIND_FIELD(struct platform_limits, async_retry_seconds, BIND_DOUBLE_LIST, .min = 0, .max = 86400,
		   .help = "asynchronous calls: rest after each failure, before the next try"),
	MAYBE_NUMBER(struct platform_limits, async_backoff_min_seconds, "1", 1e-3, 86400,
		     "asynchronous calls: first wait of a throttled one, which doubles"),
	MAYBE_NUMBER(struct platform_limits, async_backoff_max_seconds, "300", 1e-3, 86400,
		     "asynchronous calls: longest wait of a throttled one"),
	MAYBE_NUMBER(struct platform_limits, async_age_seconds, "21600", 1, 1e7,
		     "asynchronous calls: age at which they are given up"),
	MAYBE_NUMBER(struct platform_limits, zip_mb, ".inf", 0, HUGE_VAL,
		     "largest zip package, unzipped, MB; .inf: not known"),
	MAYBE_NUMBER(struct platform_limits, image_mb, ".inf", 0, HUGE_VAL,
		     "largest container image, MB; 0: none is taken; .inf: not known"),
	BIND_FIELD(struct platform_limits, snapshot_tmp_mb, BIND_INT, .fallback = "0", .min = 0, .max = 1048576,
		   .help = "largest /tmp of a function with a snapshot, MB; 0: any that is sold"),
	BIND_FIELD(struct platform_limits, snapshot_of_image, BIND_BOOL, .fallback = "true",
		   .help = "whether a container image can have a snapshot"),
	BIND_FIELD(struct platform_limits, snapshot_provisioned, BIND_BOOL, .fallback = "true",
		   .help = "whether a function can have a snapshot and provisioned concurrency"),
	BIND_FIELD(struct platform_limits, snapshot_on_arm64, BIND_BOOL, .fallback = "true",
		   .help = "whether an arm64 function can have a snapshot"),
	MAYBE_NUMBER(struct platform_limits, payload_sync_mb, "0", 0, 1e6,
		     "largest payload of a call that waits, 10^6 bytes; 0: not known"),
	MAYBE_NUMBER(struct platform_limits, payload_async_mb, "0", 0, 1e6,
		     "largest payload of an asynchronous call, 10^6 bytes; 0: not known"),
	BIND_END,
};

static void check_limits(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform_limits *limits = value;
	if (limits->tmp_max_mb > 0 && limits->tmp_max_mb < limits->tmp_mb)
		diag_error(diag, bind_place(node, "tmp_max_mb"), "'tmp_max_mb' is below 'tmp_mb' (%lld)",
			   (long long)limits->tmp_mb);
	if (limits->unreserved > limits->concurrency)
		diag_error(diag, bind_place(node, "unreserved"), "'unreserved' is above 'concurrency' (%lld)",
			   (long long)limits->concurrency);
	if (limits->retry_max_seconds < limits->retry_min_seconds)
		diag_error(diag, bind_place(node, "retry_max_seconds"),
			   "'retry_max_seconds' is below 'retry_min_seconds' (%g)", limits->retry_min_seconds);
	if (limits->async_backoff_max_seconds < limits->async_backoff_min_seconds)
		diag_error(diag, bind_place(node, "async_backoff_max_seconds"),
			   "'async_backoff_max_seconds' is below 'async_backoff_min_seconds' (%g)",
			   limits->async_backoff_min_seconds);
}

const struct bind_schema platform_limits_schema = {
	.title = "limits",
	.bytes = sizeof(struct platform_limits),
	.fields = limits_fields,
	.check = check_limits,
};

static const struct bind_field network_fields[] = {
	NUMBER(struct platform_network, burst_mb_per_second, 0.01, 1e6,
	       "rate while the bucket has tokens, 10^6 bytes/s"),
	NUMBER(struct platform_network, bucket_mb, 0, 1e6, "depth of the token bucket, 10^6 bytes"),
	NUMBER(struct platform_network, refill_mb_per_second, 0.01, 1e6, "rate when the bucket is empty, 10^6 bytes/s"),
	NUMBER(struct platform_network, cpu_seconds_per_mb, 0, 10, "single-threaded CPU of a transfer on one vCPU"),
	MAYBE_NUMBER(struct platform_network, cpu_seconds_per_put_mb, "0", 0, 10,
		     "the same of bytes that go out; 0: no different"),
	BIND_FIELD(struct platform_network, cpu_runtime, BIND_TEXT, .fallback = "",
		   .help = "the runtimes whose client that is, by the beginning of their name; empty: not known"),
	BIND_FIELD(struct platform_network, is_overlapped, BIND_BOOL, .fallback = "false",
		   .help = "whether that CPU works while bytes flow, or after them"),
	BIND_END,
};

static void check_network(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform_network *network = value;
	if (network->burst_mb_per_second < network->refill_mb_per_second)
		diag_error(diag, bind_place(node, "burst_mb_per_second"),
			   "'burst_mb_per_second' is below 'refill_mb_per_second' (%g)", network->refill_mb_per_second);
}

const struct bind_schema platform_network_schema = {
	.title = "network",
	.bytes = sizeof(struct platform_network),
	.fields = network_fields,
	.check = check_network,
};

static const struct bind_field store_fields[] = {
	QUANTILES(struct platform_store, get_seconds, "GET: request to first byte"),
	QUANTILES(struct platform_store, put_seconds, "PUT: request to answer, small object"),
	NUMBER(struct platform_store, connection_mb_per_second, 0.01, 1e6, "the most one connection carries"),
	MAYBE_NUMBER(struct platform_store, bulk_above_mb, "0", 0, 1e6,
		     "size from which the client's bulk path is used, 10^6 bytes; 0: never"),
	MAYBE_NUMBER(struct platform_store, bulk_get_seconds, "0", 0, 100, "what that path costs first, GET"),
	MAYBE_NUMBER(struct platform_store, bulk_put_seconds, "0", 0, 100, "what that path costs first, PUT"),
	MAYBE_NUMBER(struct platform_store, bulk_connections, "1", 1, 1000, "connections that it uses"),
	MAYBE_NUMBER(
		struct platform_store, part_mb, "0", 0, 1e6,
		"size from which clients move objects in parts of this size, a request each, 10^6 bytes; 0: never"),
	BIND_FIELD(struct platform_store, part_put_max, BIND_INT, .fallback = "0", .min = 0, .max = 1000000,
		   .help = "the most parts of one that is written, which have twice, four times the size then; 0: any"),
	BIND_FIELD(struct platform_store, part_put_requests, BIND_INT, .fallback = "0", .min = 0, .max = 1000,
		   .help = "requests beside the parts of an object that is written"),
	BIND_FIELD(struct platform_store, part_get_requests, BIND_INT, .fallback = "0", .min = 0, .max = 1000,
		   .help = "requests beside the parts of an object that is read"),
	MAYBE_NUMBER(struct platform_store, gets_per_second, "0", 0, 1e9,
		     "GETs of one prefix; more are refused and repeated; 0: no bound"),
	MAYBE_NUMBER(struct platform_store, puts_per_second, "0", 0, 1e9, "PUTs of one prefix, likewise"),
	MAYBE_QUANTILES(struct platform_store, event_seconds, "object written to the call it triggers"),
	BIND_END,
};

const struct bind_schema platform_store_schema = {
	.title = "store",
	.bytes = sizeof(struct platform_store),
	.fields = store_fields,
};

static const struct bind_field workflow_fields[] = {
	QUANTILES(struct platform_workflow, hop_seconds, "one function's answer to the next one's call"),
	BIND_FIELD(struct platform_workflow, inline_map_limit, BIND_INT, .fallback = "0", .min = 0, .max = 1000000,
		   .help = "records in work at once, unless the map is distributed; 0: no bound"),
	MAYBE_NUMBER(struct platform_workflow, payload_mb, "0", 0, 1e6,
		     "largest payload that it passes on, 10^6 bytes; 0: not known"),
	BIND_END,
};

const struct bind_schema platform_workflow_schema = {
	.title = "workflow",
	.bytes = sizeof(struct platform_workflow),
	.fields = workflow_fields,
};

#define PRICE(member, text) \
	BIND_FIELD(struct platform_price, member, BIND_DOUBLE, .min = 0, .max = 1e6, .fallback = "0", .help = text)

static const struct bind_field price_fields[] = {
	BIND_FIELD(struct platform_price, billed_by, BIND_CHOICE, .fallback = "request", .choices = billed_by_names,
		   .help = "whose time is paid for: every request's, a sandbox's while it has any, all of its time"),
	PRICE(usd_per_device_second, "a sandbox's accelerator, beside vCPUs and memory"),
	PRICE(usd_per_gb_second, "GB = 1024 MB"),
	PRICE(usd_per_vcpu_second, "vCPUs of the size, beside memory"),
	PRICE(usd_per_gb_second_arm64, "the same of arm64 functions"),
	BIND_FIELD(struct platform_price, tier_above_gb_seconds, BIND_DOUBLE_LIST, .min = 0, .max = 1e15,
		   .help = "GB-seconds of a month above which a lower price holds, ascending"),
	BIND_FIELD(struct platform_price, tier_above_gb_seconds_arm64, BIND_DOUBLE_LIST, .min = 0, .max = 1e15,
		   .help = "the same of arm64; by default no other"),
	BIND_FIELD(struct platform_price, tier_price_ratio, BIND_DOUBLE_LIST, .min = 0, .max = 1,
		   .help = "that price over the first"),
	PRICE(usd_per_million_requests, "invocation fee"),
	BIND_FIELD(struct platform_price, granularity_seconds, BIND_DOUBLE, .min = 1e-6, .max = 3600,
		   .fallback = "0.001", .help = "billed durations are rounded up to a multiple"),
	PRICE(minimum_seconds, "the least duration billed"),
	PRICE(used_memory_step_mb, "memory is billed as used, rounded up to a multiple; 0: as given"),
	BIND_FIELD(struct platform_price, init_billed, BIND_BOOL, .fallback = "false",
		   .help = "whether runtime and function's initialising is billed"),
	BIND_FIELD(struct platform_price, image_init_billed, BIND_BOOL, .fallback = "false",
		   .help = "whether it is for container images"),
	PRICE(usd_per_provisioned_gb_second, "provisioned concurrency, by the clock"),
	PRICE(usd_per_provisioned_gb_second_busy, "durations on it, instead of usd_per_gb_second"),
	PRICE(usd_per_provisioned_gb_second_arm64, "provisioned concurrency of arm64 functions"),
	PRICE(usd_per_provisioned_gb_second_busy_arm64, "durations on it"),
	PRICE(usd_per_tmp_gb_second, "/tmp above what comes with a function"),
	PRICE(usd_per_gb_restored, "memory restored from a snapshot"),
	PRICE(usd_per_cached_gb_second, "snapshots kept, by the clock"),
	PRICE(usd_per_1000_transitions, "workflow state transitions"),
	PRICE(usd_per_million_express, "executions of express workflows"),
	PRICE(usd_per_express_gb_second, "their duration, by memory"),
	MAYBE_NUMBER(struct platform_price, express_granularity_seconds, "0.1", 1e-6, 3600,
		     "their duration is rounded up to a multiple"),
	BIND_FIELD(struct platform_price, express_memory_mb, BIND_INT, .fallback = "64", .min = 1, .max = 1048576,
		   .help = "their memory, MB"),
	MAYBE_NUMBER(struct platform_price, async_request_kb, "0", 0, 1e9,
		     "of an asynchronous call's payload, what one request pays for, kB of 1024 bytes; 0: all of it"),
	MAYBE_NUMBER(struct platform_price, async_chunk_kb, "0", 0, 1e9, "and what each further one does"),
	BIND_FIELD(struct platform_price, left_out, BIND_TEXT_LIST,
		   .help = "what a real bill has and this one has not"),
	PRICE(usd_per_1000_puts, "object store PUT, COPY, POST, LIST"),
	PRICE(usd_per_1000_gets, "object store GET and all others"),
	PRICE(usd_per_put_gb, "bytes written to the object store, 10^9"),
	PRICE(usd_per_get_gb, "bytes read from it, 10^9"),
	PRICE(usd_per_stored_gb_month, "bytes written, kept for a month, 10^9"),
	PRICE(usd_per_hour, "machines: price of an hour, by the second"),
	PRICE(minimum_hour_seconds, "machines: the least time paid for"),
	BIND_FIELD(struct platform_price, free_requests, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e15,
		   .help = "requests of a month that are free"),
	BIND_FIELD(struct platform_price, free_gb_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e15,
		   .help = "GB-seconds of a month that are free"),
	BIND_FIELD(struct platform_price, free_transitions, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e15,
		   .help = "workflow state transitions of a month that are free"),
	BIND_END,
};

static void check_tiers(const struct bind_doubles *above, const struct yaml_node *node, const char *key,
			struct diag *diag)
{
	for (size_t i = 1; i < above->count; i++) {
		if (above->values[i] <= above->values[i - 1])
			diag_error(diag, bind_place(node, key), "'%s' must ascend (entry %zu)", key, i + 1);
	}
}

static void check_price(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform_price *price = value;
	const struct bind_doubles *above = &price->tier_above_gb_seconds;
	if (above->count != price->tier_price_ratio.count)
		diag_error(
			diag, bind_place(node, "tier_price_ratio"),
			"'tier_price_ratio' has %zu entries and 'tier_above_gb_seconds' %zu; both need the same number",
			price->tier_price_ratio.count, above->count);
	if (price->used_memory_step_mb > 0 && price->billed_by != BILLED_BY_REQUEST)
		diag_error(diag, bind_place(node, "used_memory_step_mb"),
			   "memory is billed as used where requests are paid for, not where 'billed_by' is '%s'",
			   billed_by_names[price->billed_by]);
	check_tiers(above, node, "tier_above_gb_seconds", diag);
	check_tiers(&price->tier_above_gb_seconds_arm64, node, "tier_above_gb_seconds_arm64", diag);
	size_t arm64 = price->tier_above_gb_seconds_arm64.count;
	if (arm64 > 0 && arm64 != above->count)
		diag_error(diag, bind_place(node, "tier_above_gb_seconds_arm64"),
			   "'tier_above_gb_seconds_arm64' has %zu entries and 'tier_above_gb_seconds' %zu; both need "
			   "the same number",
			   arm64, above->count);
}

const struct bind_schema platform_price_schema = {
	.title = "price",
	.bytes = sizeof(struct platform_price),
	.fields = price_fields,
	.check = check_price,
};

static const struct bind_field machine_fields[] = {
	NUMBER(struct platform_machine, feed_seconds_per_image, 0, 1e3, "host time to read, decode and copy an image"),
	NUMBER(struct platform_machine, device_images_per_second, 1e-3, 1e9, "device speed at batch_images"),
	INTEGER(struct platform_machine, batch_images, 1, 1000000, "images per batch"),
	BIND_FIELD(struct platform_machine, boot_seconds, BIND_DOUBLE, .min = 0, .max = 1e5, .fallback = "0",
		   .help = "launch to ready; paid, not part of the makespan"),
	BIND_END,
};

const struct bind_schema platform_machine_schema = {
	.title = "machine",
	.bytes = sizeof(struct platform_machine),
	.fields = machine_fields,
};

static const struct bind_field device_fields[] = {
	BIND_FIELD(struct platform_device, name, BIND_TEXT, .required = true, .help = "for people"),
	MAYBE_NUMBER(struct platform_device, start_seconds, "0", 0, 1e5, "of a new sandbox, until its driver is ready"),
	BIND_END,
};

const struct bind_schema platform_device_schema = {
	.title = "device",
	.bytes = sizeof(struct platform_device),
	.fields = device_fields,
};

static const struct bind_field hosts_fields[] = {
	INTEGER(struct platform_hosts, memory_mb, 1, 1e9, "memory of a host that sandboxes fill, MB"),
	NUMBER(struct platform_hosts, card_mb_per_second, 0.01, 1e6,
	       "its network card, which they share, in each direction, 10^6 bytes/s"),
	BIND_END,
};

const struct bind_schema platform_hosts_schema = {
	.title = "hosts",
	.bytes = sizeof(struct platform_hosts),
	.fields = hosts_fields,
};
