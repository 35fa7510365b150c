/*
 * Money: usage is counted in integers while the simulation runs (MB*ns, requests) and priced once, at the end.
 *
 * Source: AWS Lambda pricing; billed duration is rounded up to 100 ms until 1 December 2020, to 1 ms since; the init
 * phase is billed since 1 August 2025; GB = 1024 MB.
 */
#ifndef LAMINA_PRICE_H
#define LAMINA_PRICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct platform_price {
	double usd_per_gb_second;
	double usd_per_million_requests;
	double granularity_seconds; /* billed duration is rounded up to a multiple */
	bool init_billed;
	double usd_per_1000_puts;
	double usd_per_1000_gets;
	double usd_per_hour; /* machines: per second of use, from start to end */
};

__extension__ typedef unsigned __int128 price_mb_ns;

/* What is paid for, counted exactly. */
struct usage {
	price_mb_ns billed_mb_ns;
	int64_t requests;
	int64_t puts;
	int64_t gets;
	int64_t machine_ns;
};

enum bill_item { BILL_COMPUTE, BILL_REQUESTS, BILL_PUTS, BILL_GETS, BILL_MACHINE, BILL_ITEMS };

struct bill_line {
	double quantity;
	double usd;
};

struct bill {
	struct bill_line lines[BILL_ITEMS];
	double total_usd;
};

extern const char *const bill_item_names[BILL_ITEMS]; /* "compute", "requests", ... */
extern const char *const bill_item_units[BILL_ITEMS]; /* "GB-s", "requests", ... */

void usage_add(struct usage *total, const struct usage *part);

/* duration_ns (and init_ns where init is billed), rounded up to the granularity. */
int64_t price_billed_ns(const struct platform_price *price, int64_t duration_ns, int64_t init_ns);

void price_bill(const struct platform_price *price, const struct usage *usage, struct bill *bill);

#endif
