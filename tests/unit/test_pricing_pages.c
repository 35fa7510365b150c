/*
 * The providers' own worked examples, to the cent: what each uses in a month, at the prices of the platform files that
 * come with Lamina, and the figures that the page gives. A page adds up amounts that it has rounded, and so does this
 * test. Where a page takes another price than the file holds (another year, Kafka's pollers, Lambda@Edge, no tiers), it
 * is put over it.
 *
 * Sources, all read as copies in public repositories: aws.amazon.com/lambda/pricing as of 2015 (a 128 MB example),
 * 2019 (512 MB) and the middle of 2026; aws.amazon.com/api-gateway/pricing, November 2025; aws.amazon.com/s3/pricing
 * and S3 FAQ, billing; aws.amazon.com/vpc/pricing; aws.amazon.com/step-functions/pricing, express workflows, 2026;
 * github.com/aws-samples/the-aws-step-functions-workshop, module 13; learn.microsoft.com, Azure Functions, "Estimating
 * consumption-based costs", September 2019 and 2025.
 *
 * Examples of these pages that are not met, and why:
 *	durable functions ($490.46): only their compute ($421.34) and requests ($0.20); operations and data are no items
 *	tenant isolation ($368.74): only requests and compute; sandboxes of one tenant are not told from others'
 *	API Gateway, private API ($24.86): only its calls ($17.50); VPC endpoints are no item
 *	API Gateway, cache ($0.912 a day) and WebSocket ($23.40): neither is an item
 *	S3, data retrieval ($3.00): other storage classes are no stores here
 * Of Google's pages no copy with a worked example was found.
 */
#include <string.h>

#include "scenario/resolve.h"
#include "tests/tap.h"

enum { LINES_MAX = 6 };

/* A line of the bill and its figure as the page writes it. */
struct page_line {
	enum bill_item item;
	const char *usd;
};

struct page {
	const char *name;
	const char *platform;
	const char *values; /* YAML, put over the platform; NULL: nothing is */
	bool has_free_tier;
	bool is_rounded_late; /* the page adds up other parts than the bill has lines; in all it is the same */
	struct usage usage;   /* of a month */
	struct page_line lines[LINES_MAX];
	const char *total; /* NULL: the page gives none */
};

#define GB ((wide_sum)1 << 30)
#define KB ((wide_sum)1024)
#define MILLION ((wide_sum)1000000)
#define HOUR_NS ((wide_sum)3600 * 1000000000)
/* So many times so many ms with so much memory. */
#define MB_MS(times, ms, mb) ((price_mb_ns)(times) * (ms)*1000000 * (mb))
#define VCPU_SECONDS(count) ((price_mb_ns)(count)*1000000000 * 1000000)
#define GB_SECONDS(count) ((price_mb_ns)(count)*1000000000 * 1024)

static const struct page pages[] = {
	{"Lambda, 2015: 128 MB, 30 million times 200 ms",
	 "aws-lambda-2020",
	 "price: {usd_per_gb_second: 0.00001667}",
	 true,
	 false,
	 {.billed_mb_ns = MB_MS(30 * MILLION, 200, 128), .requests = 30 * MILLION},
	 {{BILL_COMPUTE, "5.83"}, {BILL_REQUESTS, "5.80"}},
	 "11.63"},
	{"Lambda, 2019: 512 MB, 3 million times 1 s",
	 "aws-lambda-2020",
	 "price: {usd_per_gb_second: 0.00001667}",
	 true,
	 false,
	 {.billed_mb_ns = MB_MS(3 * MILLION, 1000, 512), .requests = 3 * MILLION},
	 {{BILL_COMPUTE, "18.34"}, {BILL_REQUESTS, "0.40"}},
	 "18.74"},
	{"Lambda: mobile backend",
	 "aws-lambda",
	 NULL,
	 true,
	 false,
	 {.billed_mb_ns = MB_MS(3 * MILLION, 120, 1536), .requests = 3 * MILLION},
	 {{BILL_COMPUTE, "2.33"}, {BILL_REQUESTS, "0.40"}},
	 "2.73"},
	{"Lambda: telemetry of 10,000 vehicles",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.billed_mb_ns = MB_MS(7440000, 2000, 1024), .requests = 7440000},
	 {{BILL_COMPUTE, "248.00"}, {BILL_REQUESTS, "1.49"}},
	 "249.49"},
	{"Lambda: BERT with 2 GB of /tmp",
	 "aws-lambda",
	 NULL,
	 true,
	 false,
	 {.billed_mb_ns = MB_MS(6 * MILLION, 280, 4096),
	  .tmp_mb_ns = MB_MS(6 * MILLION, 280, 1536),
	  .requests = 6 * MILLION},
	 {{BILL_COMPUTE, "105.33"}, {BILL_REQUESTS, "1.00"}, {BILL_TMP, "0.08"}},
	 "106.41"},
	{"Lambda: launch with provisioned concurrency",
	 "aws-lambda",
	 NULL,
	 true,
	 false,
	 {.billed_mb_ns = MB_MS(2500000, 120, 1536),
	  .provisioned_mb_ns = MB_MS(100, 28800000, 1536),
	  .provisioned_busy_mb_ns = MB_MS(500000, 100, 1536),
	  .requests = 3 * MILLION},
	 {{BILL_PROVISIONED, "18.00"},
	  {BILL_REQUESTS, "0.40"},
	  {BILL_PROVISIONED_BUSY, "0.73"},
	  {BILL_COMPUTE, "0.83"}},
	 "19.96"},
	{"Lambda: sale with provisioned concurrency",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.provisioned_mb_ns = MB_MS(7, 86400000, 4096),
	  .provisioned_busy_mb_ns = MB_MS(2 * MILLION, 280, 4096),
	  .requests = 2 * MILLION},
	 {{BILL_PROVISIONED, "10.08"}, {BILL_PROVISIONED_BUSY, "21.78"}, {BILL_REQUESTS, "0.40"}},
	 "32.26"},
	{"Lambda: SnapStart",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.billed_mb_ns = MB_MS(7440000, 2000, 1024),
	  .cached_mb_ns = MB_MS(1, (price_mb_ns)2678400000, 1024),
	  .restored_mb = 74400 * 1024,
	  .requests = 7440000},
	 {{BILL_COMPUTE, "248.00"},
	  {BILL_REQUESTS, "1.49"},
	  {BILL_SNAPSHOT_CACHE, "4.03"},
	  {BILL_SNAPSHOT_RESTORE, "10.40"}},
	 "263.92"},
	/* The 100 GB that are free each month have been used; a request of 7 MB has 1 MB beyond what is free of it. */
	{"Lambda: responses that are streamed",
	 "aws-lambda",
	 "price: {free_streamed_gb: 0}",
	 true,
	 false,
	 {.billed_mb_ns = MB_MS(3 * MILLION, 500, 1536), .requests = 3 * MILLION, .streamed_bytes = MILLION * KB * KB},
	 {{BILL_COMPUTE, "30.83"}, {BILL_REQUESTS, "0.40"}, {BILL_STREAMED, "7.81"}},
	 "39.04"},
	/* The page counts 60 million requests; a million a day are 30. */
	{"Lambda: Kafka with provisioned pollers",
	 "aws-lambda",
	 "price: {usd_per_poller_hour: 0.185, free_requests: 0}",
	 true,
	 false,
	 {.billed_mb_ns = MB_MS(30 * MILLION, 2000, 1024), .requests = 60 * MILLION, .poller_ns = 800 * HOUR_NS},
	 {{BILL_COMPUTE, "993.3"}, {BILL_REQUESTS, "12.00"}, {BILL_POLLERS, "148"}},
	 "1153.3"},
	{"Lambda: SQS with provisioned pollers",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.billed_mb_ns = MB_MS(30 * MILLION, 1000, 1024), .requests = 30 * MILLION, .poller_ns = 8000 * HOUR_NS},
	 {{BILL_COMPUTE, "500"}, {BILL_REQUESTS, "6"}, {BILL_POLLERS, "74"}},
	 "580"},
	{"Lambda: ten Kafka sources on one poller unit",
	 "aws-lambda",
	 "price: {usd_per_poller_hour: 0.185}",
	 false,
	 false,
	 {.billed_mb_ns = MB_MS(300 * MILLION, 200, 1024), .requests = 300 * MILLION, .poller_ns = 720 * HOUR_NS},
	 {{BILL_COMPUTE, "1000"}, {BILL_REQUESTS, "60.00"}, {BILL_POLLERS, "133.2"}},
	 "1193.2"},
	{"Lambda@Edge",
	 "aws-lambda",
	 "price: {usd_per_gb_second: 0.00005001, usd_per_million_requests: 0.60}",
	 false,
	 false,
	 {.billed_mb_ns = MB_MS(10 * MILLION, 10, 128), .requests = 10 * MILLION},
	 {{BILL_COMPUTE, "0.63"}, {BILL_REQUESTS, "6.00"}},
	 "6.63"},
	{"Lambda durable functions, their compute and requests, arm64",
	 "aws-lambda",
	 NULL,
	 true,
	 false,
	 {.billed_arm64_mb_ns = MB_MS(MILLION, 32000, 1024), .requests = 2 * MILLION},
	 {{BILL_COMPUTE_ARM64, "421.34"}, {BILL_REQUESTS, "0.20"}},
	 NULL},
	/* The page rounds the discounted price of an hour; test_managed.c has the calculator's examples. */
	{"Lambda Managed Instances: 2,000 hours of m7g.xlarge, three years' savings plan",
	 "aws-lambda-managed-m7g.xlarge",
	 "price: {usd_per_instance_hour: 0.0457}",
	 false,
	 false,
	 {.instance_ns = 2000 * HOUR_NS, .requests = 100 * MILLION},
	 {{BILL_REQUESTS, "20"}, {BILL_INSTANCE, "91.40"}, {BILL_MANAGEMENT, "48.96"}},
	 "160.36"},
	/* 2.5 hours, of which a quarter at four times the baseline of 2 GB and 1 vCPU. */
	{"Lambda MicroVMs: coding assistants of 100 developers",
	 "aws-lambda-microvm",
	 NULL,
	 false,
	 true,
	 {.billed_mb_ns = GB_SECONDS(4500000 * 8 + 13500000 * 2),
	  .billed_micro_vcpu_ns = VCPU_SECONDS(4500000 * 4 + 13500000 * 1),
	  .restored_mb = (12000 + 2000) * 2048,
	  .suspended_mb = 12000 * 2048,
	  .cached_mb_ns = (price_mb_ns)100 * 2048 * 55 * 2 * HOUR_NS,
	  .registry_byte_ns = 5 * 2 * GB * 720 * HOUR_NS},
	 {{BILL_COMPUTE, "231.00"},
	  {BILL_VCPU, "872.37"},
	  {BILL_SNAPSHOT_RESTORE, "43.40"},
	  {BILL_SNAPSHOT_WRITE, "91.20"},
	  {BILL_SNAPSHOT_CACHE, "2.44"},
	  {BILL_REGISTRY, "0.80"}},
	 "1241.22"},
	/* A tenth of ten minutes at four times the baseline of 8 GB and 4 vCPUs. */
	{"Lambda MicroVMs: 10,000 jobs that scan",
	 "aws-lambda-microvm",
	 NULL,
	 false,
	 false,
	 {.billed_mb_ns = GB_SECONDS(600000 * 32 + (price_mb_ns)5400000 * 8),
	  .billed_micro_vcpu_ns = VCPU_SECONDS(600000 * 16 + 5400000 * 4),
	  .restored_mb = 10000 * 2048,
	  .registry_byte_ns = 2 * GB * 720 * HOUR_NS},
	 {{BILL_COMPUTE, "228.80"}, {BILL_VCPU, "864.07"}, {BILL_SNAPSHOT_RESTORE, "31"}, {BILL_REGISTRY, "0.16"}},
	 "1124.03"},
	{"API Gateway: a web page",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.micro_http_requests = 432 * MILLION * MILLION},
	 {{BILL_HTTP_REQUESTS, "418.8"}},
	 "418.8"},
	/* 4.5 MB are nine requests of 512 KB: test_source.c counts them. */
	{"API Gateway: uploads of 4.5 MB",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.micro_http_requests = (wide_sum)25 * 60 * 24 * 30 * 9 * MILLION},
	 {{BILL_HTTP_REQUESTS, "9.72"}},
	 "9.72"},
	{"API Gateway: REST, 5 million calls",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.micro_rest_requests = 5 * MILLION * MILLION, .egress_bytes = 5 * MILLION * 3 * KB},
	 {{BILL_REST_REQUESTS, "17.50"}, {BILL_EGRESS, "1.29"}},
	 "18.79"},
	/* The page takes data transfer at its first price, whatever its amount. */
	{"API Gateway: REST, 15 billion calls",
	 "aws-lambda",
	 "price: {egress_tier_above_gb: [], egress_tier_price_ratio: []}",
	 false,
	 false,
	 {.micro_rest_requests = 15000 * MILLION * MILLION, .egress_bytes = 15000 * MILLION * 4 * KB},
	 {{BILL_REST_REQUESTS, "36353.10"}, {BILL_EGRESS, "5149.84"}},
	 "41502.94"},
	{"VPC: an hour and a GB of a NAT gateway",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.nat_ns = HOUR_NS, .nat_bytes = GB},
	 {{BILL_NAT_HOURS, "0.045"}, {BILL_NAT_BYTES, "0.045"}},
	 "0.090"},
	/* 100 GB for 15 days and 100 TB for 16 days of a month of 31, which the page makes 52,900 GB-months. */
	{"S3: storage over two tiers",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.kept_byte_months = (100 * 15 + (wide_sum)100 * 1024 * 16) * GB / 31},
	 {{BILL_KEPT, "1215.00"}},
	 "1215.00"},
	/* 1 GB of a month was free then. */
	{"S3: 62 TB to the internet, over three tiers",
	 "aws-lambda",
	 "price: {free_egress_gb: 1}",
	 true,
	 false,
	 {.egress_bytes = (wide_sum)62 * 1024 * GB},
	 {{BILL_EGRESS, "5263.27"}},
	 "5263.27"},
	{"S3: requests",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.puts = 310000, .gets = 620000},
	 {{BILL_PUTS, "1.55"}, {BILL_GETS, "0.25"}},
	 NULL},
	{"Step Functions: 1,000 executions with three transitions more",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.transitions = 3000},
	 {{BILL_TRANSITIONS, "0.075"}},
	 "0.075"},
	{"Step Functions: 1,000 express executions of 11.3 s",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.express = 1000, .express_mb_ns = MB_MS(1000, 11300, 64)},
	 {{BILL_EXPRESS, "0.001"}, {BILL_EXPRESS_TIME, "0.012"}},
	 NULL},
	{"Step Functions: 100 million express executions of 10 s, over three tiers",
	 "aws-lambda",
	 NULL,
	 false,
	 false,
	 {.express = 100 * MILLION, .express_mb_ns = MB_MS(100 * MILLION, 10000, 64)},
	 {{BILL_EXPRESS, "100.00"}, {BILL_EXPRESS_TIME, "382.97"}},
	 "482.97"},
	/* An hour. */
	{"Azure Functions, Flex Consumption: CPU-bound",
	 "azure-flex",
	 NULL,
	 false,
	 false,
	 {.billed_mb_ns = GB_SECONDS(10 * 7200), .requests = 144000},
	 {{BILL_COMPUTE, "1.872"}, {BILL_REQUESTS, "0.0576"}},
	 "1.9296"},
	{"Azure Functions, Flex Consumption: IO-bound",
	 "azure-flex",
	 NULL,
	 false,
	 false,
	 {.billed_mb_ns = GB_SECONDS(7200), .requests = 144000},
	 {{BILL_COMPUTE, "0.1872"}, {BILL_REQUESTS, "0.0576"}},
	 "0.245"},
};

static int decimals_of(const char *figure)
{
	const char *point = strchr(figure, '.');
	return point ? (int)strlen(point + 1) : 0;
}

static const struct platform *platform_of(const struct page *page, struct arena *arena)
{
	struct diag diag;
	diag_init(&diag);
	struct library *library = ARENA_NEW(arena, struct library);
	library_init(library, arena);
	struct platform_changes changes = {.region = ""};
	if (page->values)
		changes.values = yaml_parse("values", page->values, strlen(page->values), arena, &diag);
	const struct platform *platform =
		library_platform(library, page->platform, &changes, (struct diag_place){0}, &diag);
	t_int(diag.error_count, 0, page->name);
	diag_release(&diag);
	return platform;
}

static void check_figure(const char *what, double usd, const char *want)
{
	char got[64];
	snprintf(got, sizeof got, "%.*f", decimals_of(want), usd);
	t_str(got, want, what);
}

static void check_page(const struct page *page)
{
	struct arena arena;
	struct bill bill;
	arena_init(&arena);
	const struct platform *platform = platform_of(page, &arena);
	price_bill_month(&platform->price, &page->usage, 1, page->has_free_tier, &bill);
	double total = 0;
	int lines = 0;
	for (const struct page_line *line = page->lines; line < page->lines + LINES_MAX && line->usd; line++) {
		char rounded[64];
		double usd = bill.lines[line->item].usd;
		check_figure(bill_rows[line->item].name, usd, line->usd);
		snprintf(rounded, sizeof rounded, "%.*f", decimals_of(line->usd), usd);
		total += page->is_rounded_late ? usd : strtod(rounded, NULL);
		lines++;
	}
	int paid = 0;
	for (int item = 0; item < BILL_ITEMS; item++)
		paid += bill.lines[item].usd != 0;
	t_int(paid, lines, "and nothing else is paid for");
	if (page->total)
		check_figure("in all", total, page->total);
	arena_release(&arena);
}

/* "1.11 billion Function Execution Units" are 1083.98 GB-seconds (Azure, Consumption plan, September 2019). */
static void check_units(void)
{
	struct platform_price price = {.usd_per_gb_second = 1};
	struct usage usage = {.billed_mb_ns = (price_mb_ns)1110000000 * 1000000};
	struct bill bill;
	price_bill(&price, &usage, &bill);
	check_figure("Azure Functions, Consumption: GB-seconds", bill.lines[BILL_COMPUTE].quantity, "1083.98");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		check_page(&pages[i]);
	check_units();
	t_ok(ARRAY_LEN(pages) >= 25, "%zu pages", ARRAY_LEN(pages));
	return t_done();
}
