/* The options of `lamina plan` that say what is wanted, checked against each other. */
#ifndef LAMINA_PLAN_REQUEST_H
#define LAMINA_PLAN_REQUEST_H /* private to cli */

#include "cli/command.h"
#include "plan/plan.h"

#define OPTION_ROWS_BOUNDS \
	{.name = "deadline", \
	 .letter = 'd', \
	 .kind = OPTION_DOUBLE, \
	 .metavar = "SECONDS", \
	 .min = 1e-6, \
	 .max = 4e9, \
	 .help = "the batch must be done by then"}, \
		{.name = "budget", \
		 .letter = 'b', \
		 .kind = OPTION_DOUBLE, \
		 .metavar = "USD", \
		 .min = 1e-12, \
		 .max = 1e12, \
		 .help = "a run may cost no more"}, \
	{ \
		.name = "latency", .kind = OPTION_TEXT, .metavar = "p95=SECONDS", \
		.help = "requests that come over time: bound of their mean, p50, p95 or p99" \
	}
#define OPTION_ROWS_MARGINS \
	{.name = "headroom", \
	 .kind = OPTION_DOUBLE, \
	 .metavar = "PERCENT", \
	 .fallback = "3", \
	 .min = 0, \
	 .max = 1000, \
	 .help = "memory above the peak"}, \
	{ \
		.name = "share", .kind = OPTION_DOUBLE, .metavar = "PERCENT", .fallback = "95", .min = 1, .max = 100, \
		.help = "of replications that must keep the bounds" \
	}

/* What both `plan` and `compare` want: the rows above. False when errors were added to the diag. */
bool plan_request_read_bounds(const struct cli *cli, bool is_served, struct plan_request *out, struct diag *diag);

/*
 * Fills *out but for its experiment, replications and front. False when errors were added to the diag. is_served:
 * requests come over time; is_workflow: and are walked through one.
 */
bool plan_request_read(const struct cli *cli, bool is_served, bool is_workflow, struct plan_request *out,
		       struct diag *diag);

#endif
