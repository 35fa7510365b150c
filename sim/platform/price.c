#include "platform/price.h"

#include <math.h>

#include "base/check.h"
#include "base/num.h"
#include "platform/keys.h"

#define PRICE(member, text) \
	BIND_FIELD(struct platform_price, member, BIND_DOUBLE, .min = 0, .max = 1e6, .fallback = "0", .help = text)
#define FREE_OF_IT(member, text) \
	BIND_FIELD(struct platform_price, member, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e15, .help = text)

/* Amounts of a month above which the price falls, and the prices there over the first; `unit` in plural. */
#define TIER_AMOUNTS(member, text) \
	BIND_FIELD(struct platform_price, member, BIND_DOUBLE_LIST, .min = 0, .max = 1e15, .help = text)
#define TIER_RATIOS(member) \
	BIND_FIELD(struct platform_price, member, BIND_DOUBLE_LIST, .min = 0, .max = 1, \
		   .help = "that price over the first")
#define TIERS(above, ratio, unit) \
	TIER_AMOUNTS(above, unit " of a month above which a lower price holds, ascending"), TIER_RATIOS(ratio)

static const struct bind_field price_fields[] = {
	BIND_FIELD(struct platform_price, billed_by, BIND_CHOICE, .fallback = "request", .choices = billed_by_names,
		   .help = "whose time is paid for: every request's, a sandbox's while it has any, all of its time"),
	PRICE(usd_per_device_second, "a sandbox's accelerator, beside vCPUs and memory"),
	PRICE(usd_per_gb_second, "GB = 1024 MB"),
	PRICE(usd_per_vcpu_second, "vCPUs of the size, beside memory"),
	PRICE(usd_per_gb_second_arm64, "the same of arm64 functions"),
	TIER_AMOUNTS(tier_above_gb_seconds, "GB-seconds of a month above which a lower price holds, ascending"),
	TIER_AMOUNTS(tier_above_gb_seconds_arm64, "the same of arm64; by default no other"),
	TIER_RATIOS(tier_price_ratio),
	PRICE(usd_per_million_requests, "invocation fee"),
	NUMBER_OF_IT(struct platform_price, granularity_seconds, 1e-6, 3600,
		     "billed durations are rounded up to a multiple"),
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
	NUMBER_OF_IT(struct platform_price, provisioned_step_seconds, 0, 1e6,
		     "its time is rounded up to a multiple; 0: it is not rounded"),
	PRICE(usd_per_tmp_gb_second, "/tmp above what comes with a function"),
	PRICE(usd_per_gb_restored, "memory restored from a snapshot"),
	PRICE(usd_per_gb_suspended, "memory written to one when a sandbox is suspended"),
	PRICE(usd_per_cached_gb_second, "snapshots kept, by the clock"),
	NUMBER_OF_IT(struct platform_price, cached_minimum_seconds, 0, 1e7,
		     "the least time that a kept snapshot is paid for; 0: its own"),
	PRICE(usd_per_1000_transitions, "workflow state transitions"),
	PRICE(usd_per_million_express, "executions of express workflows"),
	PRICE(usd_per_express_gb_second, "their duration, by memory"),
	TIERS(express_tier_above_gb_seconds, express_tier_price_ratio, "GB-seconds"),
	PRICE(usd_per_million_durable, "operations of durable functions"),
	NUMBER_OF_IT(struct platform_price, express_granularity_seconds, 1e-6, 3600,
		     "their duration is rounded up to a multiple"),
	INTEGER_OF_IT(struct platform_price, express_memory_mb, 1, 1048576, "their memory, MB, in chunks"),
	MAYBE_NUMBER(struct platform_price, express_base_mb, "0", 0, 1048576,
		     "what an execution takes of it beside its data, 10^6 bytes; 0: one such memory holds both"),
	MAYBE_NUMBER(struct platform_price, async_request_kb, "0", 0, 1e9,
		     "of an asynchronous call's payload, what one request pays for, kB of 1024 bytes; 0: all of it"),
	MAYBE_NUMBER(struct platform_price, async_chunk_kb, "0", 0, 1e9, "and what each further one does"),
	BIND_FIELD(struct platform_price, left_out, BIND_TEXT_LIST,
		   .help = "what a real bill has beside that no item here stands for"),
	PRICE(usd_per_1000_puts, "object store PUT, COPY, POST, LIST"),
	PRICE(usd_per_1000_gets, "object store GET and all others"),
	PRICE(usd_per_put_gb, "bytes written to the object store, 10^9"),
	PRICE(usd_per_get_gb, "bytes read from it, 10^9"),
	PRICE(usd_per_instance_hour, "a sandbox that is an instance, from its start to its end"),
	PRICE(usd_per_management_hour, "beside it, for having it managed"),
	PRICE(usd_per_hour, "machines: price of an hour, by the second"),
	PRICE(minimum_hour_seconds, "machines: the least time paid for"),
	PRICE(usd_per_log_gb, "logs ingested; GB of this and what follows are 2^30 bytes"),
	PRICE(usd_per_nat_hour, "a NAT gateway"),
	PRICE(usd_per_nat_gb, "bytes that pass it"),
	PRICE(usd_per_egress_gb, "bytes that leave for the internet"),
	TIERS(egress_tier_above_gb, egress_tier_price_ratio, "GB"),
	PRICE(usd_per_million_http_requests, "a gateway in front: requests of an HTTP API"),
	MAYBE_NUMBER(struct platform_price, http_request_kb, "0", 0, 1e9,
		     "of such a request, what it is metered by, kB of 1024 bytes; 0: it is one whatever it holds"),
	TIERS(http_tier_above_requests, http_tier_price_ratio, "requests"),
	PRICE(usd_per_million_rest_requests, "the same of a REST API"),
	TIERS(rest_tier_above_requests, rest_tier_price_ratio, "requests"),
	PRICE(usd_per_file_gb_month, "a file system that functions mount: what it keeps"),
	PRICE(usd_per_file_read_gb, "bytes read from it"),
	PRICE(usd_per_file_written_gb, "bytes written to it"),
	PRICE(usd_per_registry_gb_month, "container images kept in a registry"),
	PRICE(usd_per_kept_gb_month, "objects of the store that stay after a run"),
	TIERS(kept_tier_above_gb_months, kept_tier_price_ratio, "GB-months"),
	PRICE(usd_per_streamed_gb, "an answer that is streamed"),
	MAYBE_NUMBER(struct platform_price, stream_free_mb, "0", 0, 1e9, "what is free of each, MB of 1024 kB"),
	FREE_OF_IT(free_streamed_gb, "streamed bytes of a month that are free"),
	PRICE(usd_per_million_queue_requests, "sending to a queue, receiving from it, deleting in it"),
	TIERS(queue_tier_above_requests, queue_tier_price_ratio, "requests"),
	FREE_OF_IT(free_queue_requests, "requests of a month that are free"),
	MAYBE_NUMBER(struct platform_price, message_request_kb, "0", 0, 1e9,
		     "of a queue's or topic's message, what one request pays for, kB of 1024 bytes; 0: all of it"),
	PRICE(usd_per_million_fifo_requests, "the same of queues that keep their order"),
	PRICE(usd_per_poller_hour, "a queue's provisioned poller"),
	MAYBE_NUMBER(struct platform_price, poller_minimum_seconds, "0", 0, 1e6, "the least time it is paid for"),
	PRICE(usd_per_million_publishes, "messages to a topic"),
	FREE_OF_IT(free_publishes, "messages of a month that are free"),
	PRICE(usd_per_million_schedules, "calls that a scheduler starts"),
	FREE_OF_IT(free_schedules, "such calls of a month that are free"),
	PRICE(usd_per_shard_hour, "a shard of a stream"),
	PRICE(usd_per_million_stream_puts, "records put into it"),
	MAYBE_NUMBER(struct platform_price, stream_put_kb, "0", 0, 1e9,
		     "of such a record, what one put pays for, kB of 1024 bytes; 0: all of it"),
	BIND_FIELD(struct platform_price, savings_plan_discount, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1,
		   .help = "what a commitment takes off durations and provisioned concurrency"),
	BIND_FIELD(struct platform_price, savings_plan_share, BIND_DOUBLE, .fallback = "1", .min = 0, .max = 1,
		   .help = "how much of them it covers"),
	FREE_OF_IT(free_requests, "requests of a month that are free"),
	FREE_OF_IT(free_gb_seconds, "GB-seconds of a month that are free"),
	FREE_OF_IT(free_transitions, "workflow state transitions of a month that are free"),
	FREE_OF_IT(free_log_gb, "logs of a month that are free"),
	FREE_OF_IT(free_egress_gb, "egress of a month that is free"),
	BIND_END,
};

/* Lists that belong together: above which amounts which price over the first holds. */
static const struct tier_keys {
	const char *above;
	size_t above_offset;
	const char *ratio;
	size_t ratio_offset;
} tier_keys[] = {
#define TIER_KEYS(above, ratio) \
	{ \
#above, offsetof(struct platform_price, above), #ratio, offsetof(struct platform_price, ratio) \
	}
	TIER_KEYS(tier_above_gb_seconds, tier_price_ratio),
	TIER_KEYS(express_tier_above_gb_seconds, express_tier_price_ratio),
	TIER_KEYS(egress_tier_above_gb, egress_tier_price_ratio),
	TIER_KEYS(http_tier_above_requests, http_tier_price_ratio),
	TIER_KEYS(rest_tier_above_requests, rest_tier_price_ratio),
	TIER_KEYS(kept_tier_above_gb_months, kept_tier_price_ratio),
	TIER_KEYS(queue_tier_above_requests, queue_tier_price_ratio),
#undef TIER_KEYS
};

static const struct bind_doubles *list_at(const struct platform_price *price, size_t offset)
{
	return (const struct bind_doubles *)(const void *)((const char *)price + offset);
}

static void check_ascent(const struct bind_doubles *above, const struct yaml_node *node, const char *key,
			 struct diag *diag)
{
	for (size_t i = 1; i < above->count; i++) {
		if (above->values[i] <= above->values[i - 1])
			diag_error(diag, bind_place(node, key), "'%s' must ascend (entry %zu)", key, i + 1);
	}
}

static void check_tiers(const struct platform_price *price, const struct tier_keys *keys, const struct yaml_node *node,
			struct diag *diag)
{
	const struct bind_doubles *above = list_at(price, keys->above_offset);
	size_t ratios = list_at(price, keys->ratio_offset)->count;
	if (above->count != ratios)
		diag_error(diag, bind_place(node, keys->ratio),
			   "'%s' has %zu entries and '%s' %zu; both need the same number", keys->ratio, ratios,
			   keys->above, above->count);
	check_ascent(above, node, keys->above, diag);
}

static void check_needs(const struct platform_price *price, const struct yaml_node *node, struct diag *diag)
{
	static const char *const of_duration[] = {"granularity_seconds", NULL};
	static const char *const of_provisioned[] = {"provisioned_step_seconds", NULL};
	static const char *const of_cached[] = {"cached_minimum_seconds", NULL};
	static const char *const of_express[] = {"express_granularity_seconds", "express_memory_mb", NULL};
	keys_need(node, "usd_per_gb_second", price->usd_per_gb_second, of_duration, diag);
	keys_need(node, "usd_per_provisioned_gb_second", price->usd_per_provisioned_gb_second, of_provisioned, diag);
	keys_need(node, "usd_per_provisioned_gb_second_arm64", price->usd_per_provisioned_gb_second_arm64,
		  of_provisioned, diag);
	keys_need(node, "usd_per_cached_gb_second", price->usd_per_cached_gb_second, of_cached, diag);
	keys_need(node, "usd_per_express_gb_second", price->usd_per_express_gb_second, of_express, diag);
}

static void check_price(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform_price *price = value;
	const struct bind_doubles *above = &price->tier_above_gb_seconds;
	for (size_t i = 0; i < ARRAY_LEN(tier_keys); i++)
		check_tiers(price, &tier_keys[i], node, diag);
	if (price->used_memory_step_mb > 0 && price->billed_by != BILLED_BY_REQUEST)
		diag_error(diag, bind_place(node, "used_memory_step_mb"),
			   "memory is billed as used where requests are paid for, not where 'billed_by' is '%s'",
			   billed_by_names[price->billed_by]);
	check_ascent(&price->tier_above_gb_seconds_arm64, node, "tier_above_gb_seconds_arm64", diag);
	check_needs(price, node, diag);
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

const char *const billed_by_names[] = {
	[BILLED_BY_REQUEST] = "request",
	[BILLED_BY_ACTIVITY] = "activity",
	[BILLED_BY_INSTANCE] = "instance",
	NULL,
};

/* 1 GB-s = 1024 MB * 10^9 ns */
#define MB_NS_PER_GB_SECOND (1024.0 * 1e9)

/* A month has 30 days. */
#define MONTH_SECONDS (30 * 86400.0)
#define MONTH_NS (MONTH_SECONDS * 1e9)
#define GB_BYTES (1024.0 * 1024.0 * 1024.0)

#define PAID(member, per_unit, price, per_price) \
	.usage_offset = offsetof(struct usage, member), .usage_per_unit = (per_unit), \
	.price_offset = _Generic(((struct platform_price *)0)->price, double \
				 : offsetof(struct platform_price, price)), \
	.units_per_price = (per_price), .price_key = #price

#define FREE(member) .free_plus_one = 1 + offsetof(struct platform_price, member)
#define TIERED(above, ratio) \
	.above_plus_one = 1 + offsetof(struct platform_price, above), \
	.ratio_plus_one = 1 + offsetof(struct platform_price, ratio)

#define IS_WIDE(type, name) _Static_assert(sizeof(type) == sizeof(wide_sum), "rows read " #name " as a wide sum");
USAGE_MEMBERS(IS_WIDE)
#undef IS_WIDE

/* clang-format off */
const struct bill_row bill_rows[BILL_ITEMS] = {
	[BILL_COMPUTE] = {"compute", "GB-s", BILL_BY_DURATION,
		PAID(billed_mb_ns, MB_NS_PER_GB_SECOND, usd_per_gb_second, 1), .is_discounted = true,
		FREE(free_gb_seconds), TIERED(tier_above_gb_seconds, tier_price_ratio)},
	[BILL_COMPUTE_ARM64] = {"compute arm64", "GB-s", BILL_BY_DURATION,
		PAID(billed_arm64_mb_ns, MB_NS_PER_GB_SECOND, usd_per_gb_second_arm64, 1), .is_discounted = true,
		FREE(free_gb_seconds), TIERED(tier_above_gb_seconds_arm64, tier_price_ratio)},
	[BILL_VCPU] = {"vCPU", "vCPU-s", BILL_BY_DURATION,
		PAID(billed_micro_vcpu_ns, 1e15, usd_per_vcpu_second, 1), .is_only_if_priced = true},
	[BILL_DEVICE] = {"device", "seconds", BILL_BY_DURATION,
		PAID(device_ns, 1e9, usd_per_device_second, 1)},
	[BILL_INSTANCE] = {"instances", "hours", BILL_BY_DURATION,
		PAID(instance_ns, 3.6e12, usd_per_instance_hour, 1), .is_only_if_priced = true, .is_discounted = true},
	[BILL_MANAGEMENT] = {"management", "hours", BILL_BY_DURATION,
		PAID(instance_ns, 3.6e12, usd_per_management_hour, 1), .is_only_if_priced = true},
	[BILL_PROVISIONED] = {"provisioned", "GB-s", BILL_STANDING,
		PAID(provisioned_mb_ns, MB_NS_PER_GB_SECOND, usd_per_provisioned_gb_second, 1),
		.is_discounted = true},
	[BILL_PROVISIONED_ARM64] = {"provisioned arm64", "GB-s", BILL_STANDING,
		PAID(provisioned_arm64_mb_ns, MB_NS_PER_GB_SECOND, usd_per_provisioned_gb_second_arm64, 1),
		.is_discounted = true},
	[BILL_PROVISIONED_BUSY] = {"provisioned compute", "GB-s", BILL_BY_DURATION,
		PAID(provisioned_busy_mb_ns, MB_NS_PER_GB_SECOND, usd_per_provisioned_gb_second_busy, 1),
		.is_discounted = true},
	[BILL_PROVISIONED_BUSY_ARM64] = {"provisioned compute arm64", "GB-s", BILL_BY_DURATION,
		PAID(provisioned_busy_arm64_mb_ns, MB_NS_PER_GB_SECOND, usd_per_provisioned_gb_second_busy_arm64, 1),
		.is_discounted = true},
	[BILL_TMP] = {"tmp", "GB-s", BILL_BY_DURATION,
		PAID(tmp_mb_ns, MB_NS_PER_GB_SECOND, usd_per_tmp_gb_second, 1)},
	[BILL_SNAPSHOT_CACHE] = {"snapshot cache", "GB-s", BILL_STANDING,
		PAID(cached_mb_ns, MB_NS_PER_GB_SECOND, usd_per_cached_gb_second, 1)},
	[BILL_SNAPSHOT_RESTORE] = {"snapshot restore", "GB", BILL_STANDING,
		PAID(restored_mb, 1024, usd_per_gb_restored, 1), .is_only_if_priced = true},
	[BILL_SNAPSHOT_WRITE] = {"snapshot write", "GB", BILL_STANDING,
		PAID(suspended_mb, 1024, usd_per_gb_suspended, 1), .is_only_if_priced = true},
	[BILL_REQUESTS] = {"requests", "requests", BILL_FEES,
		PAID(requests, 1, usd_per_million_requests, 1e6), FREE(free_requests)},
	[BILL_TRANSITIONS] = {"transitions", "transitions", BILL_FEES,
		PAID(transitions, 1, usd_per_1000_transitions, 1e3), FREE(free_transitions)},
	[BILL_EXPRESS] = {"express executions", "executions", BILL_FEES,
		PAID(express, 1, usd_per_million_express, 1e6)},
	[BILL_EXPRESS_TIME] = {"express duration", "GB-s", BILL_FEES,
		PAID(express_mb_ns, MB_NS_PER_GB_SECOND, usd_per_express_gb_second, 1),
		TIERED(express_tier_above_gb_seconds, express_tier_price_ratio)},
	[BILL_DURABLE] = {"durable operations", "operations", BILL_FEES,
		PAID(durable_operations, 1, usd_per_million_durable, 1e6)},
	[BILL_PUTS] = {"store puts", "requests", BILL_STORE,
		PAID(puts, 1, usd_per_1000_puts, 1e3)},
	[BILL_GETS] = {"store gets", "requests", BILL_STORE,
		PAID(gets, 1, usd_per_1000_gets, 1e3)},
	[BILL_PUT_BYTES] = {"store bytes in", "GB", BILL_STORE,
		PAID(put_bytes, 1e9, usd_per_put_gb, 1), .is_only_if_priced = true},
	[BILL_GET_BYTES] = {"store bytes out", "GB", BILL_STORE,
		PAID(get_bytes, 1e9, usd_per_get_gb, 1), .is_only_if_priced = true},
	[BILL_MACHINE] = {"machine", "hours", BILL_WHOLE_MACHINE,
		PAID(machine_ns, 1e9, usd_per_hour, 1)},
	[BILL_SAVINGS] = {"savings plan", "USD", BILL_BY_DURATION, .price_key = "savings_plan_discount"},
	[BILL_LOGS] = {"logs", "GB", BILL_BESIDE,
		PAID(log_bytes, GB_BYTES, usd_per_log_gb, 1), .beside = "logs", FREE(free_log_gb)},
	[BILL_NAT_HOURS] = {"NAT", "hours", BILL_BESIDE,
		PAID(nat_ns, 3600e9, usd_per_nat_hour, 1), .beside = "NAT", .is_always_there = true},
	[BILL_NAT_BYTES] = {"NAT bytes", "GB", BILL_BESIDE,
		PAID(nat_bytes, GB_BYTES, usd_per_nat_gb, 1), .beside = "NAT"},
	[BILL_EGRESS] = {"egress", "GB", BILL_BESIDE,
		PAID(egress_bytes, GB_BYTES, usd_per_egress_gb, 1), .beside = "egress", FREE(free_egress_gb),
		TIERED(egress_tier_above_gb, egress_tier_price_ratio)},
	[BILL_HTTP_REQUESTS] = {"HTTP API", "requests", BILL_BESIDE,
		PAID(micro_http_requests, 1e6, usd_per_million_http_requests, 1e6), .beside = "API Gateway",
		TIERED(http_tier_above_requests, http_tier_price_ratio)},
	[BILL_REST_REQUESTS] = {"REST API", "requests", BILL_BESIDE,
		PAID(micro_rest_requests, 1e6, usd_per_million_rest_requests, 1e6), .beside = "API Gateway",
		TIERED(rest_tier_above_requests, rest_tier_price_ratio)},
	[BILL_FILES_KEPT] = {"files kept", "GB-month", BILL_BESIDE,
		PAID(file_byte_ns, GB_BYTES * MONTH_NS, usd_per_file_gb_month, 1), .beside = "EFS",
		.is_always_there = true},
	[BILL_FILES_READ] = {"files read", "GB", BILL_BESIDE,
		PAID(file_read_bytes, GB_BYTES, usd_per_file_read_gb, 1), .beside = "EFS"},
	[BILL_FILES_WRITTEN] = {"files written", "GB", BILL_BESIDE,
		PAID(file_written_bytes, GB_BYTES, usd_per_file_written_gb, 1), .beside = "EFS"},
	[BILL_REGISTRY] = {"registry", "GB-month", BILL_BESIDE,
		PAID(registry_byte_ns, GB_BYTES * MONTH_NS, usd_per_registry_gb_month, 1), .beside = "ECR",
		.is_always_there = true},
	[BILL_KEPT] = {"objects kept", "GB-month", BILL_BESIDE,
		PAID(kept_byte_months, GB_BYTES, usd_per_kept_gb_month, 1), .beside = "stored objects",
		TIERED(kept_tier_above_gb_months, kept_tier_price_ratio)},
	[BILL_STREAMED] = {"streamed", "GB", BILL_BESIDE,
		PAID(streamed_bytes, GB_BYTES, usd_per_streamed_gb, 1), FREE(free_streamed_gb)},
	[BILL_QUEUE_REQUESTS] = {"queue requests", "requests", BILL_BESIDE,
		PAID(queue_requests, 1, usd_per_million_queue_requests, 1e6), FREE(free_queue_requests),
		TIERED(queue_tier_above_requests, queue_tier_price_ratio)},
	[BILL_FIFO_REQUESTS] = {"FIFO requests", "requests", BILL_BESIDE,
		PAID(fifo_requests, 1, usd_per_million_fifo_requests, 1e6), FREE(free_queue_requests)},
	[BILL_POLLERS] = {"pollers", "hours", BILL_BESIDE,
		PAID(poller_ns, 3600e9, usd_per_poller_hour, 1)},
	[BILL_PUBLISHES] = {"publishes", "messages", BILL_BESIDE,
		PAID(publishes, 1, usd_per_million_publishes, 1e6), FREE(free_publishes)},
	[BILL_SCHEDULES] = {"schedules", "calls", BILL_BESIDE,
		PAID(schedules, 1, usd_per_million_schedules, 1e6), FREE(free_schedules)},
	[BILL_SHARDS] = {"shards", "hours", BILL_BESIDE,
		PAID(shard_ns, 3600e9, usd_per_shard_hour, 1), .is_always_there = true},
	[BILL_STREAM_PUTS] = {"stream puts", "puts", BILL_BESIDE,
		PAID(stream_puts, 1, usd_per_million_stream_puts, 1e6)},
};
/* clang-format on */

void usage_add(struct usage *total, const struct usage *part)
{
#define ADD(type, name) total->name += part->name;
	USAGE_MEMBERS(ADD)
#undef ADD
}

double bill_usd_of(const struct bill *bill, unsigned groups)
{
	double usd = 0;
	for (int item = 0; item < BILL_ITEMS; item++)
		usd += groups >> bill_rows[item].group & 1 ? bill->lines[item].usd : 0;
	return usd;
}

void bill_usd_by_group(const struct bill *bill, double usd[BILL_GROUPS])
{
	for (int group = 0; group < BILL_GROUPS; group++)
		usd[group] = 0;
	for (int item = 0; item < BILL_ITEMS; item++)
		usd[bill_rows[item].group] += bill->lines[item].usd;
}

bool price_bills_init(const struct platform_price *price, bool is_image)
{
	return price->init_billed || (is_image && price->image_init_billed);
}

/* Rounds a time up to a multiple of the step; a step of 0 leaves it as it is. */
static int64_t rounded_up_ns(int64_t ns, double step_seconds)
{
	int64_t step_ns = ns_from_seconds(step_seconds);
	return step_ns > 0 ? div_ceil_int64(ns, step_ns) * step_ns : ns;
}

int64_t price_billed_ns(const struct platform_price *price, int64_t duration_ns, int64_t init_ns)
{
	CHECK(duration_ns >= 0);
	CHECK(init_ns >= 0);
	int64_t minimum_ns = ns_from_seconds(price->minimum_seconds);
	int64_t counted_ns = duration_ns + init_ns;
	int64_t billed_ns = rounded_up_ns(counted_ns, price->granularity_seconds);
	return billed_ns > minimum_ns ? billed_ns : minimum_ns;
}

int64_t price_billed_mb(const struct platform_price *price, int64_t memory_mb, double used_mb)
{
	if (price->used_memory_step_mb == 0)
		return memory_mb;
	double steps = fmax(1, ceil(used_mb / price->used_memory_step_mb));
	return (int64_t)fmin((double)memory_mb, steps * price->used_memory_step_mb);
}

int64_t price_provisioned_ns(const struct platform_price *price, int64_t elapsed_ns)
{
	return rounded_up_ns(elapsed_ns, price->provisioned_step_seconds);
}

int64_t price_cached_ns(const struct platform_price *price, int64_t elapsed_ns)
{
	int64_t least_ns = ns_from_seconds(price->cached_minimum_seconds);
	return elapsed_ns > least_ns ? elapsed_ns : least_ns;
}

int64_t price_async_requests(const struct platform_price *price, int64_t payload_bytes)
{
	double beyond = (double)payload_bytes - 1024 * price->async_request_kb;
	if (price->async_request_kb == 0 || price->async_chunk_kb == 0 || beyond <= 0)
		return 1;
	return 1 + (int64_t)ceil(beyond / (1024 * price->async_chunk_kb));
}

int64_t price_parts(int64_t bytes, double part_kb)
{
	double parts = part_kb > 0 ? ceil((double)bytes / (1024 * part_kb)) : 1;
	return (int64_t)fmax(1, parts);
}

int64_t price_http_requests(const struct platform_price *price, int64_t bytes)
{
	return price_parts(bytes, price->http_request_kb);
}

void price_express(const struct platform_price *price, int64_t duration_ns, int64_t data_bytes, struct usage *usage)
{
	int64_t billed_ns = rounded_up_ns(duration_ns, price->express_granularity_seconds);
	double filled_mb = price->express_base_mb > 0 ? price->express_base_mb + (double)data_bytes / 1e6 : 0;
	double chunks = fmax(1, ceil(filled_mb / (double)price->express_memory_mb));
	usage->express++;
	usage->express_mb_ns += (price_mb_ns)billed_ns * (price_mb_ns)price->express_memory_mb * (price_mb_ns)chunks;
}

/* A machine is paid for by the second, but for no less than its minimum. */
static double machine_hours(const struct platform_price *price, double seconds)
{
	return seconds > 0 ? fmax(seconds, price->minimum_hour_seconds) / 3600 : 0;
}

double price_of_row(const struct platform_price *price, const struct bill_row *row)
{
	return *(const double *)(const void *)((const char *)price + row->price_offset);
}

/* What a savings plan takes off follows from other lines. */
static struct bill_line line_of(const struct platform_price *price, const struct usage *usage, enum bill_item item)
{
	const struct bill_row *row = &bill_rows[item];
	if (item == BILL_SAVINGS)
		return (struct bill_line){0};
	wide_sum used = *(const wide_sum *)((const char *)usage + row->usage_offset);
	/* Most items are not used, which spares a division. */
	if (used == 0)
		return (struct bill_line){0};
	double usd = price_of_row(price, row);
	double quantity = (double)used / row->usage_per_unit;
	if (item == BILL_MACHINE)
		quantity = machine_hours(price, quantity);
	if (row->is_only_if_priced && usd == 0)
		quantity = 0;
	return (struct bill_line){quantity, quantity * (usd / row->units_per_price)};
}

static void add_up(const struct platform_price *price, struct bill *bill)
{
	double covered = 0;
	for (int i = 0; i < BILL_ITEMS; i++)
		covered += bill_rows[i].is_discounted ? bill->lines[i].usd * price->savings_plan_share : 0;
	if (price->savings_plan_discount > 0)
		bill->lines[BILL_SAVINGS] = (struct bill_line){covered, -covered * price->savings_plan_discount};
	bill->total_usd = 0;
	for (int i = 0; i < BILL_ITEMS; i++)
		bill->total_usd += bill->lines[i].usd;
}

void price_bill(const struct platform_price *price, const struct usage *usage, struct bill *bill)
{
	for (int item = 0; item < BILL_ITEMS; item++)
		bill->lines[item] = line_of(price, usage, (enum bill_item)item);
	add_up(price, bill);
}

/* A month's units, each at the price of its tier, beside those that are free, which are the first. */
static double tiered_usd(const struct platform_price *price, enum bill_item item, double quantity, double free)
{
	static const struct bind_doubles none = {0};
	const struct bill_row *row = &bill_rows[item];
	const struct bind_doubles *above = row->above_plus_one > 0 ? list_at(price, row->above_plus_one - 1) : &none;
	/* Those of arm64 are no other by default. */
	if (item == BILL_COMPUTE_ARM64 && above->count == 0)
		above = &price->tier_above_gb_seconds;
	double unit_usd = price_of_row(price, row);
	double usd = 0;
	double upper = quantity;
	for (size_t i = above->count; i-- > 0;) {
		double from = fmax(0, above->values[i] - free);
		if (upper <= from)
			continue;
		usd += (upper - from) * unit_usd * list_at(price, row->ratio_plus_one - 1)->values[i];
		upper = from;
	}
	return (usd + upper * unit_usd) / row->units_per_price;
}

/* What is free of a line's units; arm64 has what x86_64 leaves of the GB-seconds. */
static double free_of(const struct platform_price *price, enum bill_item item, double x86_quantity)
{
	size_t offset = bill_rows[item].free_plus_one - 1;
	double free = *(const double *)(const void *)((const char *)price + offset);
	return item == BILL_COMPUTE_ARM64 ? fmax(0, free - x86_quantity) : free;
}

/*
 * Runs that come before a snapshot's least time is over share it: no snapshot is kept for longer than a month has. A
 * run pays for its memory times that time, or a little more where it is longer.
 */
static void limit_cached(const struct platform_price *price, double runs, struct bill_line *cached)
{
	if (price->cached_minimum_seconds == 0)
		return;
	double share = fmin(1, MONTH_SECONDS / (runs * price->cached_minimum_seconds));
	cached->quantity *= share;
	cached->usd *= share;
}

/* What a run's line becomes in a month of so many. */
static void make_monthly(const struct usage *usage, double runs, enum bill_item item, struct bill_line *line)
{
	bool is_always_there = bill_rows[item].is_always_there && usage->beside_ns > 0;
	double times = is_always_there ? MONTH_NS / (double)usage->beside_ns : runs;
	line->quantity *= times;
	line->usd *= times;
}

void price_bill_month(const struct platform_price *price, const struct usage *usage, double runs, bool with_free_tier,
		      struct bill *bill)
{
	for (int item = 0; item < BILL_ITEMS; item++) {
		bill->lines[item] = line_of(price, usage, (enum bill_item)item);
		make_monthly(usage, runs, (enum bill_item)item, &bill->lines[item]);
	}
	limit_cached(price, runs, &bill->lines[BILL_SNAPSHOT_CACHE]);
	double x86_quantity = bill->lines[BILL_COMPUTE].quantity;
	for (int item = 0; item < BILL_ITEMS; item++) {
		const struct bill_row *row = &bill_rows[item];
		struct bill_line *line = &bill->lines[item];
		bool is_free = row->free_plus_one > 0 && with_free_tier;
		double free = is_free ? free_of(price, (enum bill_item)item, x86_quantity) : 0;
		line->quantity = fmax(0, line->quantity - free);
		if (row->free_plus_one > 0 || row->above_plus_one > 0)
			line->usd = tiered_usd(price, (enum bill_item)item, line->quantity, free);
	}
	add_up(price, bill);
}
