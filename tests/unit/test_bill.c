/*
 * Every line of a bill by hand: all prices are different primes, so that no line can stand for another, and every field
 * of usage has a part in exactly one sum. Then a month of such runs, and what is counted before it is priced.
 */
#include "base/check.h"
#include "base/num.h"
#include "serving/billing.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

static const struct platform_price prime_prices = {
	.usd_per_gb_second = 2,
	.usd_per_gb_second_arm64 = 3,
	.usd_per_vcpu_second = 5,
	.usd_per_device_second = 7,
	.usd_per_provisioned_gb_second = 11,
	.usd_per_provisioned_gb_second_arm64 = 13,
	.usd_per_provisioned_gb_second_busy = 17,
	.usd_per_provisioned_gb_second_busy_arm64 = 19,
	.usd_per_tmp_gb_second = 23,
	.usd_per_cached_gb_second = 29,
	.usd_per_gb_restored = 31,
	.usd_per_million_requests = 37e6,
	.usd_per_1000_transitions = 41e3,
	.usd_per_million_express = 43e6,
	.usd_per_express_gb_second = 47,
	.usd_per_million_durable = 401e6,
	.usd_per_1000_puts = 53e3,
	.usd_per_1000_gets = 59e3,
	.usd_per_put_gb = 61,
	.usd_per_get_gb = 67,
	.usd_per_gb_suspended = 71,
	.usd_per_hour = 73,
	.usd_per_log_gb = 79,
	.usd_per_nat_hour = 83,
	.usd_per_nat_gb = 89,
	.usd_per_egress_gb = 97,
	.usd_per_million_http_requests = 101e6,
	.usd_per_million_rest_requests = 103e6,
	.usd_per_file_gb_month = 107,
	.usd_per_file_read_gb = 109,
	.usd_per_file_written_gb = 113,
	.usd_per_registry_gb_month = 127,
	.usd_per_kept_gb_month = 131,
	.usd_per_streamed_gb = 137,
	.usd_per_million_queue_requests = 139e6,
	.usd_per_poller_hour = 149,
	.usd_per_million_fifo_requests = 173e6,
	.usd_per_million_publishes = 151e6,
	.usd_per_million_schedules = 157e6,
	.usd_per_shard_hour = 163,
	.usd_per_million_stream_puts = 167e6,
	.usd_per_instance_hour = 173,
	.usd_per_management_hour = 179,
	.granularity_seconds = 0.001,
};

/* 1 GB for a second. */
#define GB_SECOND ((price_mb_ns)1024 * NS_PER_SECOND)

/* 2^30 bytes, and these for a month of 30 days. */
#define GB 1073741824
#define GB_MONTH ((wide_sum)GB * 30 * 86400 * NS_PER_SECOND)

/* One unit of each item, and the line that it makes. What a savings plan takes off has no usage of its own. */
static const struct {
	struct usage usage;
	enum bill_item item;
	double usd;
} items[] = {
	{{.billed_mb_ns = GB_SECOND}, BILL_COMPUTE, 2},
	{{.billed_arm64_mb_ns = GB_SECOND}, BILL_COMPUTE_ARM64, 3},
	{{.billed_micro_vcpu_ns = (price_mb_ns)1000000 * NS_PER_SECOND}, BILL_VCPU, 5},
	{{.device_ns = NS_PER_SECOND}, BILL_DEVICE, 7},
	{{.provisioned_mb_ns = GB_SECOND}, BILL_PROVISIONED, 11},
	{{.provisioned_arm64_mb_ns = GB_SECOND}, BILL_PROVISIONED_ARM64, 13},
	{{.provisioned_busy_mb_ns = GB_SECOND}, BILL_PROVISIONED_BUSY, 17},
	{{.provisioned_busy_arm64_mb_ns = GB_SECOND}, BILL_PROVISIONED_BUSY_ARM64, 19},
	{{.tmp_mb_ns = GB_SECOND}, BILL_TMP, 23},
	{{.cached_mb_ns = GB_SECOND}, BILL_SNAPSHOT_CACHE, 29},
	{{.restored_mb = 1024}, BILL_SNAPSHOT_RESTORE, 31},
	{{.suspended_mb = 1024}, BILL_SNAPSHOT_WRITE, 71},
	{{.requests = 1}, BILL_REQUESTS, 37},
	{{.transitions = 1}, BILL_TRANSITIONS, 41},
	{{.express = 1}, BILL_EXPRESS, 43},
	{{.express_mb_ns = GB_SECOND}, BILL_EXPRESS_TIME, 47},
	{{.durable_operations = 1}, BILL_DURABLE, 401},
	{{.puts = 1}, BILL_PUTS, 53},
	{{.gets = 1}, BILL_GETS, 59},
	{{.put_bytes = 1000000000}, BILL_PUT_BYTES, 61},
	{{.get_bytes = 1000000000}, BILL_GET_BYTES, 67},
	{{.machine_ns = 3600 * NS_PER_SECOND}, BILL_MACHINE, 73},
	{{0}, BILL_SAVINGS, 0},
	{{.log_bytes = GB}, BILL_LOGS, 79},
	{{.nat_ns = 3600 * NS_PER_SECOND}, BILL_NAT_HOURS, 83},
	{{.nat_bytes = GB}, BILL_NAT_BYTES, 89},
	{{.egress_bytes = GB}, BILL_EGRESS, 97},
	{{.micro_http_requests = 1000000}, BILL_HTTP_REQUESTS, 101},
	{{.micro_rest_requests = 1000000}, BILL_REST_REQUESTS, 103},
	{{.file_byte_ns = GB_MONTH}, BILL_FILES_KEPT, 107},
	{{.file_read_bytes = GB}, BILL_FILES_READ, 109},
	{{.file_written_bytes = GB}, BILL_FILES_WRITTEN, 113},
	{{.registry_byte_ns = GB_MONTH}, BILL_REGISTRY, 127},
	{{.kept_byte_months = GB}, BILL_KEPT, 131},
	{{.streamed_bytes = GB}, BILL_STREAMED, 137},
	{{.queue_requests = 1}, BILL_QUEUE_REQUESTS, 139},
	{{.fifo_requests = 1}, BILL_FIFO_REQUESTS, 173},
	{{.poller_ns = 3600 * NS_PER_SECOND}, BILL_POLLERS, 149},
	{{.publishes = 1}, BILL_PUBLISHES, 151},
	{{.schedules = 1}, BILL_SCHEDULES, 157},
	{{.shard_ns = 3600 * NS_PER_SECOND}, BILL_SHARDS, 163},
	{{.stream_puts = 1}, BILL_STREAM_PUTS, 167},
	{{.instance_ns = 3600 * NS_PER_SECOND}, BILL_INSTANCE, 173},
	{{.instance_ns = 3600 * NS_PER_SECOND}, BILL_MANAGEMENT, 179},
};
enum { ITEMS = ARRAY_LEN(items) };
_Static_assert((int)ITEMS == (int)BILL_ITEMS, "every line of a bill is tried");

static void test_items(void)
{
	for (size_t i = 0; i < ITEMS; i++) {
		struct bill bill;
		price_bill(&prime_prices, &items[i].usage, &bill);
		t_near(bill.lines[items[i].item].usd, items[i].usd, 1e-12, 0, bill_rows[items[i].item].name);
		/* Instances are two lines, with their management. */
		double rest = items[i].usage.instance_ns > 0 ? 173 + 179 - items[i].usd : 0;
		t_near(bill.total_usd, items[i].usd + rest, 1e-12, 0, "and nothing else");
	}
}

/* All at once, twice, added up; then a month of ten such runs, and the figures of parts. */
static void test_sums(void)
{
	struct usage sum = {0};
	double usd = 0;
	for (int time = 0; time < 2; time++) {
		for (size_t i = 0; i < ITEMS; i++) {
			if (items[i].item == BILL_MANAGEMENT)
				continue;
			usage_add(&sum, &items[i].usage);
		}
	}
	for (size_t i = 0; i < ITEMS; i++)
		usd += 2 * items[i].usd;
	struct bill bill;
	struct bill month;
	price_bill(&prime_prices, &sum, &bill);
	t_near(bill.total_usd, usd, 1e-12, 0, "two of everything");
	price_bill_month(&prime_prices, &sum, 10, false, &month);
	t_near(month.total_usd, 10 * usd, 1e-12, 0, "a month of ten such runs");
	for (int i = 0; i < BILL_ITEMS; i++) {
		t_near(month.lines[i].usd, 10 * bill.lines[i].usd, 1e-12, 0, bill_rows[i].name);
		t_near(month.lines[i].quantity, 10 * bill.lines[i].quantity, 1e-12, 0, "and its quantity");
	}
	struct outcome outcome = {.bill = bill};
	double parts = 0;
	static const char *const names[] = {"cost_compute_usd", "cost_requests_usd", "cost_store_usd",
					    "cost_beside_usd"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		parts += outcome_metrics[outcome_find_metric(names[i])].value(&outcome);
	t_near(parts, bill.total_usd, 1e-12, 0, "the parts of the cost are all of it");
	t_near(outcome_metrics[METRIC_GB_SECONDS].value(&outcome), 8, 1e-12, 0,
	       "memory-time of both kinds of processor, provisioned or not");
}

/* An index without a row would be a figure without a name. */
static void test_rows(void)
{
	for (int i = 0; i < METRICS; i++)
		t_ok(outcome_metrics[i].name && outcome_metrics[i].help && outcome_metrics[i].value &&
			     outcome_find_metric(outcome_metrics[i].name) == i,
		     "metric %d has a row", i);
	for (int i = 0; i < FUNCTION_METRICS; i++)
		t_ok(function_metrics[i].name && function_metrics[i].help && function_metrics[i].value &&
			     function_find_metric(function_metrics[i].name) == i,
		     "metric %d of a function has a row", i);
}

static void test_tiers(void)
{
	double above[] = {1000, 3000};
	double above_arm64[] = {500, 4000};
	double ratio[] = {0.9, 0.8};
	struct platform_price price = prime_prices;
	price.tier_above_gb_seconds = (struct bind_doubles){above, 2};
	price.tier_above_gb_seconds_arm64 = (struct bind_doubles){above_arm64, 2};
	price.tier_price_ratio = (struct bind_doubles){ratio, 2};
	price.free_gb_seconds = 300;
	struct usage usage = {.billed_mb_ns = GB_SECOND, .billed_arm64_mb_ns = GB_SECOND};
	struct bill month;
	price_bill_month(&price, &usage, 5000, false, &month);
	t_near(month.lines[BILL_COMPUTE].usd, 2 * (1000 + 2000 * 0.9 + 2000 * 0.8), 1e-12, 0, "tiers of x86_64");
	t_near(month.lines[BILL_COMPUTE_ARM64].usd, 3 * (500 + 3500 * 0.9 + 1000 * 0.8), 1e-12, 0, "tiers of arm64");
	price_bill_month(&price, &usage, 200, true, &month);
	t_near(month.lines[BILL_COMPUTE].quantity, 0, 0, 0, "what is free is taken off x86_64 first");
	t_near(month.lines[BILL_COMPUTE_ARM64].quantity, 100, 1e-12, 0, "and what is left of it off arm64");
}

/* Free requests and transitions; and sums of the largest parts, none of which wraps. */
static void test_free_and_large(void)
{
	struct platform_price price = prime_prices;
	price.free_requests = 200;
	price.free_transitions = 300;
	const struct usage usage = {.requests = 12, .transitions = 13};
	struct bill bill;
	price_bill_month(&price, &usage, 100, true, &bill);
	t_near(bill.lines[BILL_REQUESTS].usd, 1000 * 37, 1e-12, 0, "requests above those free");
	t_near(bill.lines[BILL_TRANSITIONS].usd, 1000 * 41, 1e-12, 0, "transitions above those free");
	price_bill_month(&price, &usage, 1, true, &bill);
	t_near(bill.total_usd, 0, 0, 0, "less than is free costs nothing");
	price_bill_month(&price, &usage, 100, false, &bill);
	t_near(bill.total_usd, 1200 * 37 + 1300 * 41, 1e-12, 0, "nothing is free unless it is said");

	const struct usage largest = {
		.restored_mb = INT64_MAX,
		.requests = INT64_MAX,
		.transitions = INT64_MAX,
		.express = INT64_MAX,
		.puts = INT64_MAX,
		.gets = INT64_MAX,
		.put_bytes = INT64_MAX,
		.get_bytes = INT64_MAX,
		.machine_ns = INT64_MAX,
	};
	static const struct {
		enum bill_item item;
		double per_unit;
	} of[] = {{BILL_SNAPSHOT_RESTORE, 1024},
		  {BILL_REQUESTS, 1},
		  {BILL_TRANSITIONS, 1},
		  {BILL_EXPRESS, 1},
		  {BILL_PUTS, 1},
		  {BILL_GETS, 1},
		  {BILL_PUT_BYTES, 1e9},
		  {BILL_GET_BYTES, 1e9},
		  {BILL_MACHINE, 3.6e12}};
	struct usage total = {0};
	for (int i = 0; i < 5; i++)
		usage_add(&total, &largest);
	price_bill(&prime_prices, &total, &bill);
	for (size_t i = 0; i < ARRAY_LEN(of); i++)
		t_near(bill.lines[of[i].item].quantity, 5 * 9223372036854775807.0 / of[i].per_unit, 1e-12, 0,
		       bill_rows[of[i].item].name);
}

/* A commitment covers three quarters of what is billed by duration or kept ready, and nothing else. */
static void test_savings_plan(void)
{
	struct platform_price price = prime_prices;
	price.savings_plan_discount = 0.2;
	price.savings_plan_share = 0.75;
	struct usage usage = {
		.billed_mb_ns = GB_SECOND,
		.provisioned_arm64_mb_ns = GB_SECOND,
		.requests = 1,
		.log_bytes = GB,
	};
	struct bill bill;
	price_bill(&price, &usage, &bill);
	t_near(bill.lines[BILL_SAVINGS].quantity, 0.75 * (2 + 13), 1e-12, 0, "what it covers");
	t_near(bill.lines[BILL_SAVINGS].usd, -0.2 * 0.75 * (2 + 13), 1e-12, 0, "what it takes off");
	t_near(bill.total_usd, 2 + 13 + 37 + 79 - 0.15 * 15, 1e-12, 0, "and what is left");
	price_bill_month(&price, &usage, 4, false, &bill);
	t_near(bill.total_usd, 4 * (2 + 13 + 37 + 79 - 0.15 * 15), 1e-12, 0, "in a month of four runs");
}

/* What stands beside is there all month, however many runs there are; what goes by the call is not. */
static void test_beside_month(void)
{
	double above[] = {10, 50};
	double ratio[] = {0.5, 0.25};
	struct platform_price price = prime_prices;
	price.egress_tier_above_gb = (struct bind_doubles){above, 2};
	price.egress_tier_price_ratio = (struct bind_doubles){ratio, 2};
	price.free_egress_gb = 1;
	struct usage usage = {
		.beside_ns = 600 * NS_PER_SECOND,
		.nat_ns = 1200 * NS_PER_SECOND,
		.registry_byte_ns = (wide_sum)GB * 600 * NS_PER_SECOND,
		.nat_bytes = GB,
		.egress_bytes = GB,
	};
	struct bill month;
	price_bill_month(&price, &usage, 71, true, &month);
	t_near(month.lines[BILL_NAT_HOURS].quantity, 2 * 720, 1e-12, 0, "two gateways for 30 days");
	t_near(month.lines[BILL_REGISTRY].usd, 127, 1e-12, 0, "an image for a month");
	t_near(month.lines[BILL_NAT_BYTES].usd, 71 * 89, 1e-12, 0, "bytes by the run");
	t_near(month.lines[BILL_EGRESS].usd, 97 * (9 + 40 * 0.5 + 21 * 0.25), 1e-12, 0,
	       "what is free is of the first tier");
}

/* An HTTP API meters a request by parts of 512 kB. */
static void test_metered_requests(void)
{
	struct platform_price price = {.http_request_kb = 512};
	t_int(price_http_requests(&price, 0), 1, "an empty request is one");
	t_int(price_http_requests(&price, 512 * 1024), 1, "512 kB are one");
	t_int(price_http_requests(&price, 512 * 1024 + 1), 2, "a byte more is two");
	price.http_request_kb = 0;
	t_int(price_http_requests(&price, 1000000), 1, "elsewhere it is one whatever it holds");
}

/* What is counted while a simulation runs: by the call, by the record, from what moves, and by the clock. */
static void test_beside(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.price.http_request_kb = 512;
	toy_records(&toy, 5);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1, .download_mb = 20});
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 1, .upload_mb = 3});
	toy.setting.beside = (struct setting_beside){
		.log_bytes = 2048,
		.nat_gateways = 2,
		.nat_bytes = 10,
		.nat_carries_store = true,
		.egress_bytes = 100,
		.api_requests = 1.5,
		.api_bytes = 600 * 1024,
		.file_bytes = 7,
		.file_read_bytes = 11,
		.file_written_bytes = 13,
		.registry_bytes = 17,
		.kept_months = 2,
	};
	struct outcome outcome = toy_simulate(&toy, 1);
	const struct usage *usage = &outcome.usage;
	t_int((int64_t)usage->log_bytes, 5 * 2 * 2048, "logs of every call");
	t_int((int64_t)usage->nat_bytes, 5 * (2 * 10 + 23000000), "NAT: of every call, and the store's bytes");
	t_int((int64_t)usage->nat_ns, 2 * outcome.elapsed_ns, "two gateways, by the clock");
	t_int((int64_t)usage->egress_bytes, 5 * 100, "egress of every record");
	t_int((int64_t)usage->micro_http_requests, 5 * 2 * 1500000, "requests, metered by 512 kB");
	t_int((int64_t)usage->file_byte_ns, 7 * outcome.elapsed_ns, "files kept");
	t_int((int64_t)usage->file_read_bytes, 5 * 2 * 11, "files read");
	t_int((int64_t)usage->file_written_bytes, 5 * 2 * 13, "files written");
	t_int((int64_t)usage->registry_byte_ns, 17 * outcome.elapsed_ns, "images kept");
	t_int((int64_t)usage->kept_byte_months, 5 * 2 * 3000000, "objects that stay for two months");
	toy.setting.failures.error_rate = 1;
	outcome = toy_simulate(&toy, 1);
	t_int((int64_t)outcome.usage.egress_bytes, 0, "no result, no egress");
	t_int((int64_t)outcome.usage.micro_http_requests, 5 * 2 * 1500000, "but a request");
	toy_release(&toy);
}

static void test_rounding(void)
{
	struct platform_price price = {.granularity_seconds = 0.1, .minimum_seconds = 1};
	t_int(price_billed_ns(&price, 20 * NS_PER_MS, 0), NS_PER_SECOND, "the least time that is billed");
	t_int(price_billed_ns(&price, 1010 * NS_PER_MS, 50 * NS_PER_MS), 1100 * NS_PER_MS, "rounded up once");
	price = (struct platform_price){.usd_per_hour = 73, .minimum_hour_seconds = 60};
	struct usage usage = {.machine_ns = 10 * NS_PER_SECOND};
	struct bill bill;
	price_bill(&price, &usage, &bill);
	t_near(bill.total_usd, 73.0 / 60, 1e-12, 0, "a machine's least time");
	price = (struct platform_price){.async_request_kb = 256, .async_chunk_kb = 64};
	t_int(price_async_requests(&price, 0), 1, "an event without payload");
	t_int(price_async_requests(&price, 256 * 1024), 1, "the first 256 KB are one request");
	t_int(price_async_requests(&price, 256 * 1024 + 1), 2, "a byte more is another");
	t_int(price_async_requests(&price, 1024 * 1024), 13, "1 MB is thirteen");
	usage = (struct usage){0};
	price = (struct platform_price){.express_granularity_seconds = 0.1, .express_memory_mb = 64};
	price_express(&price, 210 * NS_PER_MS, 0, &usage);
	t_int(usage.express, 1, "an express execution");
	t_near((double)usage.express_mb_ns, 64.0 * 300 * NS_PER_MS, 1e-12, 0, "is paid for by 100 ms and 64 MB");
	price.express_base_mb = 50;
	usage = (struct usage){0};
	price_express(&price, 100 * NS_PER_MS, 400 * 32000, &usage);
	t_near((double)usage.express_mb_ns, 64.0 * 100 * NS_PER_MS, 1e-12, 0, "which hold 50 MB and 400 items");
	price_express(&price, 100 * NS_PER_MS, 14000001, &usage);
	t_near((double)usage.express_mb_ns, 192.0 * 100 * NS_PER_MS, 1e-12, 0, "what is beyond takes 64 MB more");
}

/* Objects that clients move in parts of 8 MB. */
static void test_parts(void)
{
	struct platform_store store = {.part_mb = 8.388608, .part_put_requests = 2, .part_get_requests = 1};
	t_int(store_requests(&store, 8388607, true), 1, "a byte less than a part is written whole");
	t_int(store_requests(&store, 8388608, true), 3, "a part is begun, written and completed");
	t_int(store_requests(&store, 80000000, true), 12, "80 MB are ten parts and two requests");
	t_int(store_requests(&store, 80000000, false), 11, "and are read in ten, after their size");
	store.part_mb = 0;
	t_int(store_requests(&store, 80000000, true), 1, "elsewhere in one");
	struct toy toy;
	toy_init(&toy);
	toy.platform.store.part_mb = 8;
	toy.platform.store.part_put_requests = 2;
	toy_records(&toy, 3);
	toy_function(&toy, "f", 1000, &(struct toy_work){.download_mb = 20, .upload_mb = 80});
	struct outcome outcome = toy_simulate(&toy, 1);
	t_int(outcome.usage.gets, 3 * 3, "GETs of a run");
	t_int(outcome.usage.puts, 3 * 12, "PUTs of a run");
	toy_release(&toy);
}

static void test_children(void)
{
	static const struct {
		int map;
		int64_t transitions;
		int64_t express;
		const char *name;
	} cases[] = {
		{MAP_INLINE, 2 * 5, 0, "two calls a record"},
		{MAP_OF_STANDARD_CHILDREN, 2 * 5 + 5, 0, "and a child for each"},
		{MAP_OF_EXPRESS_CHILDREN, 5, 5, "whose own steps are none where it is express"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct toy toy;
		toy_init(&toy);
		toy_records(&toy, 5);
		toy.platform.workflow.hop_seconds = toy_constant(&toy.arena, 0.1);
		toy.platform.price.express_granularity_seconds = 0.1;
		toy.platform.price.express_memory_mb = 64;
		toy.setting.orchestrator = ORCHESTRATOR_WORKFLOW;
		toy.setting.map = cases[i].map;
		toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
		toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 1});
		struct outcome outcome = toy_simulate(&toy, 1);
		t_int(outcome.usage.transitions, cases[i].transitions, cases[i].name);
		t_int(outcome.usage.express, cases[i].express, "executions of children");
		/* 3.1 s cold, four times 2.12 s warm, which is 2.2 s on the bill; the wait for a place is not paid. */
		double seconds = cases[i].express > 0 ? 3.1 + 4 * 2.2 : 0;
		t_near((double)outcome.usage.express_mb_ns, 64e9 * seconds, 1e-12, 0, "and their time");
		toy_release(&toy);
	}
}

static void test_async_payload(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.price.async_request_kb = 256;
	toy.platform.price.async_chunk_kb = 64;
	toy.platform.limits.async_age_seconds = 100;
	toy_records(&toy, 4);
	struct setting_function *function = toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	function->work.payload_bytes = function->last_work.payload_bytes = 300 * 1024;
	t_int(toy_simulate(&toy, 1).usage.requests, 4, "a call that is waited for is one request");
	toy.setting.invocation = INVOCATION_ASYNC;
	t_int(toy_simulate(&toy, 1).usage.requests, 8, "an event of 300 KB is two");
	toy.setting.orchestrator = ORCHESTRATOR_STORE_EVENTS;
	t_int(toy_simulate(&toy, 1).usage.requests, 4, "the store's own events have no payload");
	toy_release(&toy);
}

/* Half a vCPU is paid as half of one. */
static void test_shares(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.price = prime_prices;
	toy_function(&toy, "f", 400, &(struct toy_work){.cpu_seconds = 1});
	struct outcome outcome = toy_simulate(&toy, 1);
	double billed = seconds_from_sum_ns(outcome.functions[0].billed_ns);
	t_near(outcome.bill.lines[BILL_VCPU].usd, 5 * 0.4 * billed, 1e-9, 0, "two fifths of a vCPU");
	t_near(outcome.bill.lines[BILL_COMPUTE].usd, 2 * 400.0 / 1024 * billed, 1e-9, 0, "and its memory");
	toy_release(&toy);
}

/* A snapshot is paid for three hours at least, and in a month for no more than the month. */
static void cached_snapshots(void)
{
	struct platform_price price = {.usd_per_cached_gb_second = 1e-6, .cached_minimum_seconds = 10800};
	struct sandbox_spec spec = {.has_snapshot = true};
	struct bill bill;
	const struct {
		double seconds;
		double paid;
	} runs[] = {{60, 10800}, {10800, 10800}, {10801, 10801}, {86400, 86400}};
	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		struct usage usage = {0};
		billing_standing(&price, &spec, 2048, ns_from_seconds(runs[i].seconds), &usage);
		price_bill(&price, &usage, &bill);
		t_near(bill.lines[BILL_SNAPSHOT_CACHE].usd, 2e-6 * runs[i].paid, 1e-12, 0, "a run's snapshot");
	}
	struct usage minute = {0};
	billing_standing(&price, &spec, 2048, 60 * NS_PER_SECOND, &minute);
	price_bill_month(&price, &minute, 10, false, &bill);
	t_near(bill.lines[BILL_SNAPSHOT_CACHE].usd, 10 * 2e-6 * 10800, 1e-12, 0, "ten runs a month");
	price_bill_month(&price, &minute, 3000, false, &bill);
	t_near(bill.lines[BILL_SNAPSHOT_CACHE].usd, 2e-6 * 30 * 86400, 1e-12, 0, "a hundred a day");
	t_near(bill.total_usd, 2e-6 * 30 * 86400, 1e-12, 0, "is what the month costs");
}

int main(void)
{
	test_items();
	test_sums();
	test_rows();
	test_tiers();
	test_free_and_large();
	test_savings_plan();
	test_beside_month();
	test_metered_requests();
	test_beside();
	test_rounding();
	test_parts();
	test_children();
	test_async_payload();
	test_shares();
	cached_snapshots();
	return t_done();
}
