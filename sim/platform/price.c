#include "platform/price.h"

#include <math.h>

#include "base/check.h"
#include "base/num.h"

const char *const billed_by_names[] = {
	[BILLED_BY_REQUEST] = "request",
	[BILLED_BY_ACTIVITY] = "activity",
	[BILLED_BY_INSTANCE] = "instance",
	NULL,
};

const char *const bill_item_names[BILL_ITEMS] = {
	[BILL_COMPUTE] = "compute",
	[BILL_COMPUTE_ARM64] = "compute arm64",
	[BILL_VCPU] = "vCPU",
	[BILL_DEVICE] = "device",
	[BILL_PROVISIONED] = "provisioned",
	[BILL_PROVISIONED_ARM64] = "provisioned arm64",
	[BILL_PROVISIONED_BUSY] = "provisioned compute",
	[BILL_PROVISIONED_BUSY_ARM64] = "provisioned compute arm64",
	[BILL_TMP] = "tmp",
	[BILL_SNAPSHOT_CACHE] = "snapshot cache",
	[BILL_SNAPSHOT_RESTORE] = "snapshot restore",
	[BILL_REQUESTS] = "requests",
	[BILL_TRANSITIONS] = "transitions",
	[BILL_EXPRESS] = "express executions",
	[BILL_EXPRESS_TIME] = "express duration",
	[BILL_PUTS] = "store puts",
	[BILL_GETS] = "store gets",
	[BILL_PUT_BYTES] = "store bytes in",
	[BILL_GET_BYTES] = "store bytes out",
	[BILL_STORED] = "stored",
	[BILL_MACHINE] = "machine",
};

const char *const bill_item_units[BILL_ITEMS] = {
	[BILL_COMPUTE] = "GB-s",
	[BILL_COMPUTE_ARM64] = "GB-s",
	[BILL_VCPU] = "vCPU-s",
	[BILL_DEVICE] = "seconds",
	[BILL_PROVISIONED] = "GB-s",
	[BILL_PROVISIONED_ARM64] = "GB-s",
	[BILL_PROVISIONED_BUSY_ARM64] = "GB-s",
	[BILL_PROVISIONED_BUSY] = "GB-s",
	[BILL_TMP] = "GB-s",
	[BILL_SNAPSHOT_CACHE] = "GB-s",
	[BILL_SNAPSHOT_RESTORE] = "GB",
	[BILL_REQUESTS] = "requests",
	[BILL_TRANSITIONS] = "transitions",
	[BILL_EXPRESS] = "executions",
	[BILL_EXPRESS_TIME] = "GB-s",
	[BILL_PUTS] = "requests",
	[BILL_GETS] = "requests",
	[BILL_PUT_BYTES] = "GB",
	[BILL_GET_BYTES] = "GB",
	[BILL_STORED] = "GB-month",
	[BILL_MACHINE] = "hours",
};

void usage_add(struct usage *total, const struct usage *part)
{
	total->billed_mb_ns += part->billed_mb_ns;
	total->billed_arm64_mb_ns += part->billed_arm64_mb_ns;
	total->billed_micro_vcpu_ns += part->billed_micro_vcpu_ns;
	total->provisioned_mb_ns += part->provisioned_mb_ns;
	total->provisioned_busy_mb_ns += part->provisioned_busy_mb_ns;
	total->provisioned_arm64_mb_ns += part->provisioned_arm64_mb_ns;
	total->provisioned_busy_arm64_mb_ns += part->provisioned_busy_arm64_mb_ns;
	total->device_ns += part->device_ns;
	total->tmp_mb_ns += part->tmp_mb_ns;
	total->cached_mb_ns += part->cached_mb_ns;
	total->restored_mb += part->restored_mb;
	total->requests += part->requests;
	total->transitions += part->transitions;
	total->express += part->express;
	total->express_mb_ns += part->express_mb_ns;
	total->puts += part->puts;
	total->gets += part->gets;
	total->put_bytes += part->put_bytes;
	total->get_bytes += part->get_bytes;
	total->machine_ns += part->machine_ns;
}

bool price_bills_init(const struct platform_price *price, bool is_image)
{
	return price->init_billed || (is_image && price->image_init_billed);
}

int64_t price_billed_ns(const struct platform_price *price, int64_t duration_ns, int64_t init_ns)
{
	CHECK(duration_ns >= 0);
	CHECK(init_ns >= 0);
	int64_t granularity_ns = ns_from_seconds(price->granularity_seconds);
	int64_t minimum_ns = ns_from_seconds(price->minimum_seconds);
	int64_t counted_ns = duration_ns + init_ns;
	int64_t billed_ns = div_ceil_int64(counted_ns, granularity_ns) * granularity_ns;
	return billed_ns > minimum_ns ? billed_ns : minimum_ns;
}

int64_t price_billed_mb(const struct platform_price *price, int64_t memory_mb, double used_mb)
{
	if (price->used_memory_step_mb == 0)
		return memory_mb;
	double steps = fmax(1, ceil(used_mb / price->used_memory_step_mb));
	return (int64_t)fmin((double)memory_mb, steps * price->used_memory_step_mb);
}

int64_t price_async_requests(const struct platform_price *price, int64_t payload_bytes)
{
	double beyond = (double)payload_bytes - 1024 * price->async_request_kb;
	if (price->async_request_kb == 0 || price->async_chunk_kb == 0 || beyond <= 0)
		return 1;
	return 1 + (int64_t)ceil(beyond / (1024 * price->async_chunk_kb));
}

void price_express(const struct platform_price *price, int64_t duration_ns, struct usage *usage)
{
	int64_t step_ns = ns_from_seconds(price->express_granularity_seconds);
	int64_t billed_ns = div_ceil_int64(duration_ns, step_ns) * step_ns;
	usage->express++;
	usage->express_mb_ns += (price_mb_ns)billed_ns * (price_mb_ns)price->express_memory_mb;
}

/* 1 GB-s = 1024 MB * 10^9 ns */
static double gb_seconds(price_mb_ns mb_ns)
{
	return (double)mb_ns / (1024.0 * 1e9);
}

static void set_line(struct bill *bill, enum bill_item item, double quantity, double usd_per_unit)
{
	bill->lines[item] = (struct bill_line){quantity, quantity * usd_per_unit};
}

static double machine_hours(const struct platform_price *price, wide_sum machine_ns)
{
	double seconds = seconds_from_sum_ns(machine_ns);
	return machine_ns > 0 ? fmax(seconds, price->minimum_hour_seconds) / 3600 : 0;
}

static void fill(const struct platform_price *price, const struct usage *usage, struct bill *bill)
{
	const struct {
		enum bill_item item;
		double quantity;
		double usd_per_unit;
	} lines[] = {
		{BILL_COMPUTE, gb_seconds(usage->billed_mb_ns), price->usd_per_gb_second},
		{BILL_COMPUTE_ARM64, gb_seconds(usage->billed_arm64_mb_ns), price->usd_per_gb_second_arm64},
		{BILL_VCPU, (double)usage->billed_micro_vcpu_ns / 1e15, price->usd_per_vcpu_second},
		{BILL_DEVICE, (double)usage->device_ns / 1e9, price->usd_per_device_second},
		{BILL_PROVISIONED, gb_seconds(usage->provisioned_mb_ns), price->usd_per_provisioned_gb_second},
		{BILL_PROVISIONED_BUSY, gb_seconds(usage->provisioned_busy_mb_ns),
		 price->usd_per_provisioned_gb_second_busy},
		{BILL_PROVISIONED_ARM64, gb_seconds(usage->provisioned_arm64_mb_ns),
		 price->usd_per_provisioned_gb_second_arm64},
		{BILL_PROVISIONED_BUSY_ARM64, gb_seconds(usage->provisioned_busy_arm64_mb_ns),
		 price->usd_per_provisioned_gb_second_busy_arm64},
		{BILL_TMP, gb_seconds(usage->tmp_mb_ns), price->usd_per_tmp_gb_second},
		{BILL_SNAPSHOT_CACHE, gb_seconds(usage->cached_mb_ns), price->usd_per_cached_gb_second},
		{BILL_SNAPSHOT_RESTORE, (double)usage->restored_mb / 1024, price->usd_per_gb_restored},
		{BILL_REQUESTS, (double)usage->requests, price->usd_per_million_requests / 1e6},
		{BILL_TRANSITIONS, (double)usage->transitions, price->usd_per_1000_transitions / 1e3},
		{BILL_EXPRESS, (double)usage->express, price->usd_per_million_express / 1e6},
		{BILL_EXPRESS_TIME, gb_seconds(usage->express_mb_ns), price->usd_per_express_gb_second},
		{BILL_PUTS, (double)usage->puts, price->usd_per_1000_puts / 1e3},
		{BILL_GETS, (double)usage->gets, price->usd_per_1000_gets / 1e3},
		{BILL_PUT_BYTES, (double)usage->put_bytes / 1e9, price->usd_per_put_gb},
		{BILL_GET_BYTES, (double)usage->get_bytes / 1e9, price->usd_per_get_gb},
		{BILL_STORED, price->usd_per_stored_gb_month > 0 ? (double)usage->put_bytes / 1e9 : 0,
		 price->usd_per_stored_gb_month},
		{BILL_MACHINE, machine_hours(price, usage->machine_ns), price->usd_per_hour},
	};
	*bill = (struct bill){0};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		set_line(bill, lines[i].item, lines[i].quantity, lines[i].usd_per_unit);
}

static void add_up(struct bill *bill)
{
	bill->total_usd = 0;
	for (int i = 0; i < BILL_ITEMS; i++)
		bill->total_usd += bill->lines[i].usd;
}

void price_bill(const struct platform_price *price, const struct usage *usage, struct bill *bill)
{
	fill(price, usage, bill);
	/* What costs nothing wherever it is used is no line of the bill. */
	if (price->usd_per_vcpu_second == 0)
		bill->lines[BILL_VCPU].quantity = 0;
	if (price->usd_per_put_gb == 0)
		bill->lines[BILL_PUT_BYTES].quantity = 0;
	if (price->usd_per_get_gb == 0)
		bill->lines[BILL_GET_BYTES].quantity = 0;
	add_up(bill);
}

/* The price of a month's GB-seconds, each at the rate of its tier. */
static double tiered_usd(const struct platform_price *price, const struct bind_doubles *above, double quantity,
			 double usd_per_gb_second)
{
	double usd = 0;
	double upper = quantity;
	for (size_t i = above->count; i-- > 0;) {
		if (upper <= above->values[i])
			continue;
		usd += (upper - above->values[i]) * usd_per_gb_second * price->tier_price_ratio.values[i];
		upper = above->values[i];
	}
	return usd + upper * usd_per_gb_second;
}

static void take_off(struct bill_line *line, double free)
{
	line->quantity = fmax(0, line->quantity - free);
}

void price_bill_month(const struct platform_price *price, const struct usage *usage, double runs, bool with_free_tier,
		      struct bill *bill)
{
	price_bill(price, usage, bill);
	for (int i = 0; i < BILL_ITEMS; i++) {
		bill->lines[i].quantity *= runs;
		bill->lines[i].usd *= runs;
	}
	struct bill_line *compute = &bill->lines[BILL_COMPUTE];
	struct bill_line *compute_arm64 = &bill->lines[BILL_COMPUTE_ARM64];
	struct bill_line *requests = &bill->lines[BILL_REQUESTS];
	struct bill_line *transitions = &bill->lines[BILL_TRANSITIONS];
	if (with_free_tier) {
		double free = price->free_gb_seconds;
		double free_arm64 = fmax(0, free - compute->quantity);
		take_off(compute, free);
		take_off(compute_arm64, free_arm64);
		take_off(requests, price->free_requests);
		take_off(transitions, price->free_transitions);
	}
	const struct bind_doubles *above = &price->tier_above_gb_seconds;
	const struct bind_doubles *above_arm64 = &price->tier_above_gb_seconds_arm64;
	compute->usd = tiered_usd(price, above, compute->quantity, price->usd_per_gb_second);
	compute_arm64->usd = tiered_usd(price, above_arm64->count > 0 ? above_arm64 : above, compute_arm64->quantity,
					price->usd_per_gb_second_arm64);
	requests->usd = requests->quantity * price->usd_per_million_requests / 1e6;
	transitions->usd = transitions->quantity * price->usd_per_1000_transitions / 1e3;
	add_up(bill);
}
