/* AWS's own capacity arithmetic of Lambda Managed Instances, to the cent. */
#include "platform/managed.h"
#include "scenario/resolve.h"
#include "tests/tap.h"

static const struct platform *platform_called(struct library *library, const char *name)
{
	struct diag diag;
	diag_init(&diag);
	const struct platform *platform = library_platform(library, name, NULL, (struct diag_place){0}, &diag);
	t_ok(platform, "%s is read", name);
	diag_release(&diag);
	return platform;
}

/* A month of so many instances and requests. */
static double month_usd(const struct platform *platform, int64_t instances, int64_t requests, double discount)
{
	struct platform_price price = platform->price;
	struct usage usage = {.instance_ns = (price_mb_ns)instances * 730 * 3600 * NS_PER_SECOND, .requests = requests};
	struct bill bill;
	price.savings_plan_discount = discount;
	price.savings_plan_share = 1;
	price_bill(&price, &usage, &bill);
	return bill.total_usd;
}

/*
 * The test cases of the calculator (aws-samples/sample-aws-lambda-managed-instances, March 2026):
 * Python, requests of 512 MB on c7g.xlarge. What it takes off for a commitment is of the EC2 price, never of the fee.
 * Beside each, the same on a fleet of one's own, which the calculator takes to be packed to 60 % where Lambda packs to
 * 80 %: so many more instances.
 */
static void are_worked_examples(struct library *library)
{
	static const struct {
		const char *name;
		double requests;
		double cpu_share;
		int64_t millions; /* of requests a month */
		double discount;
		int64_t per_environment;
		int64_t environments;
		int64_t instances;
		int64_t with_head_room;
		double usd;
		int64_t own_instances;
		double own_usd;
	} rows[] = {
		{"balanced", 100, 0.25, 1, 0, 4, 25, 9, 14, 1704.385, 19, 2011.15},
		{"waits", 100, 0.125, 1, 0, 8, 13, 5, 8, 974.02, 11, 1164.35},
		{"computes", 100, 0.5, 1, 0, 2, 50, 17, 26, 3165.115, 35, 3704.75},
		{"waits, for a year", 100, 0.125, 1, 0.32, 8, 13, 5, 8, 703.044, 11, 791.758},
		{"computes, for three years", 100, 0.5, 1, 0.65, 2, 50, 17, 26, 1376.25, 35, 1296.6625},
		{"for a year", 100, 0.25, 10, 0.32, 4, 25, 9, 14, 1231.977, 19, 1367.582},
		{"for three years", 100, 0.25, 10, 0.65, 4, 25, 9, 14, 742.95, 19, 703.9025},
		{"50 at once", 50, 0.25, 1, 0, 4, 13, 5, 8, 974.02, 11, 1164.35},
		{"200 at once", 200, 0.25, 1, 0, 4, 50, 17, 26, 3165.115, 35, 3704.75},
	};
	const struct platform *platform = platform_called(library, "aws-lambda-managed-c7g.xlarge");
	const struct platform *own = platform_called(library, "ec2-fleet-c7g.xlarge");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct managed_demand demand = {rows[i].requests, 512, rows[i].cpu_share};
		struct managed_capacity capacity;
		managed_capacity_of(&platform->managed, &demand, &capacity);
		t_int(capacity.requests_per_environment, rows[i].per_environment, rows[i].name);
		t_int(capacity.environments, rows[i].environments, "environments");
		t_int(capacity.environments_per_instance, 3, "an instance's");
		t_int(capacity.instances, rows[i].instances, "instances");
		t_int(capacity.with_head_room, rows[i].with_head_room, "with head room");
		int64_t requests = rows[i].millions * 1000000;
		t_near(month_usd(platform, capacity.with_head_room, requests, rows[i].discount), rows[i].usd, 0, 1e-9,
		       "USD a month");
		t_near(month_usd(own, rows[i].own_instances, 0, rows[i].discount), rows[i].own_usd, 0, 1e-9,
		       "on instances of one's own");
	}
}

/* The same rules on other families and requests, by hand. */
static void are_its_like(struct library *library)
{
	static const struct {
		const char *platform;
		struct managed_demand demand;
		int64_t environments;
		int64_t per_instance;
		int64_t instances;
		int64_t with_head_room;
	} rows[] = {
		/* 8 a vCPU, whose 4,096 MB hold 8 of them; three by CPU, 3.75 by memory. */
		{"aws-lambda-managed-m7g.xlarge", {100, 512, 0.125}, 13, 3, 5, 8},
		/* 2 a vCPU; 8,192 / 512 = 16 requests' memory is a vCPU's; three by CPU, 3.875 by memory. */
		{"aws-lambda-managed-r7g.xlarge", {100, 512, 0.5}, 50, 3, 17, 26},
		/* No request has room beside another: 3,000 MB are two vCPUs, eight requests; one by CPU. */
		{"aws-lambda-managed-c7g.xlarge", {100, 3000, 0.25}, 13, 1, 13, 20},
		/* Three zones. */
		{"aws-lambda-managed-c7g.xlarge", {1, 512, 0.25}, 1, 3, 3, 5},
		/* 64 requests of 64 MB would fit, and a vCPU takes 32 of them, but Python 16. */
		{"aws-lambda-managed-c7g.xlarge", {480, 64, 1.0 / 32}, 30, 3, 10, 15},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct platform *platform = platform_called(library, rows[i].platform);
		struct managed_capacity capacity;
		managed_capacity_of(&platform->managed, &rows[i].demand, &capacity);
		t_int(capacity.environments, rows[i].environments, "environments");
		t_int(capacity.environments_per_instance, rows[i].per_instance, "an instance's");
		t_int(capacity.instances, rows[i].instances, "instances");
		t_int(capacity.with_head_room, rows[i].with_head_room, "with head room");
	}
}

/* What does not fit on an instance at all. */
static void may_not_fit(struct library *library)
{
	const struct platform *platform = platform_called(library, "aws-lambda-managed-c7g.xlarge");
	const struct managed_demand demand = {.requests = 1, .memory_mb = 7500, .cpu_share = 0.25};
	struct managed_capacity capacity;
	managed_capacity_of(&platform->managed, &demand, &capacity);
	t_int(capacity.environments_per_instance, 0, "7,500 MB fit on no instance of 8 GB that keeps one");
}

int main(void)
{
	struct arena arena;
	struct library *library;
	arena_init(&arena);
	library = ARENA_NEW(&arena, struct library);
	library_init(library, &arena);
	are_worked_examples(library);
	are_its_like(library);
	may_not_fit(library);
	arena_release(&arena);
	return t_done();
}
