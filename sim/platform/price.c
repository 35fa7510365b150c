#include "platform/price.h"

#include "base/check.h"
#include "base/num.h"

const char *const bill_item_names[BILL_ITEMS] = {
	[BILL_COMPUTE] = "compute", [BILL_REQUESTS] = "requests", [BILL_PUTS] = "store puts",
	[BILL_GETS] = "store gets", [BILL_MACHINE] = "machine",
};

const char *const bill_item_units[BILL_ITEMS] = {
	[BILL_COMPUTE] = "GB-s",  [BILL_REQUESTS] = "requests", [BILL_PUTS] = "requests",
	[BILL_GETS] = "requests", [BILL_MACHINE] = "hours",
};

void usage_add(struct usage *total, const struct usage *part)
{
	total->billed_mb_ns += part->billed_mb_ns;
	total->requests += part->requests;
	total->puts += part->puts;
	total->gets += part->gets;
	total->machine_ns += part->machine_ns;
}

int64_t price_billed_ns(const struct platform_price *price, int64_t duration_ns, int64_t init_ns)
{
	CHECK(duration_ns >= 0);
	CHECK(init_ns >= 0);
	int64_t granularity_ns = ns_from_seconds(price->granularity_seconds);
	int64_t counted_ns = duration_ns + (price->init_billed ? init_ns : 0);
	return div_ceil_int64(counted_ns, granularity_ns) * granularity_ns;
}

void price_bill(const struct platform_price *price, const struct usage *usage, struct bill *bill)
{
	/* 1 GB-s = 1024 MB * 10^9 ns */
	double gb_seconds = (double)usage->billed_mb_ns / (1024.0 * 1e9);
	double hours = (double)usage->machine_ns / 3.6e12;
	*bill = (struct bill){
		.lines =
			{
				[BILL_COMPUTE] = {gb_seconds, gb_seconds * price->usd_per_gb_second},
				[BILL_REQUESTS] = {(double)usage->requests,
						   (double)usage->requests * price->usd_per_million_requests / 1e6},
				[BILL_PUTS] = {(double)usage->puts,
					       (double)usage->puts * price->usd_per_1000_puts / 1e3},
				[BILL_GETS] = {(double)usage->gets,
					       (double)usage->gets * price->usd_per_1000_gets / 1e3},
				[BILL_MACHINE] = {hours, hours * price->usd_per_hour},
			},
	};
	for (int i = 0; i < BILL_ITEMS; i++)
		bill->total_usd += bill->lines[i].usd;
}
