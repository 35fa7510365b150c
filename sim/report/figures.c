/* The figures, in the order in which they are listed. */
#include "report/figure.h"
#include "report/figure_rows.h"

const struct figure figures[] = {
	{
		.name = "memory",
		.title = "time and cost against memory",
		.key = "memory_mb",
		.script = "figures/curve.gp",
		.fill = figure_fill_curve,
	},
	{
		.name = "record-size",
		.title = "time and cost against images per record",
		.key = "images_per_record",
		.script = "figures/curve.gp",
		.fill = figure_fill_curve,
	},
	{
		.name = "parallel",
		.title = "time and cost against parallelism",
		.key = "parallel",
		.script = "figures/curve.gp",
		.fill = figure_fill_curve,
	},
	{
		.name = "key",
		.title = "time and cost against the swept key with the most values, or --x",
		.script = "figures/curve.gp",
		.fill = figure_fill_curve,
	},
	{
		.name = "quantiles",
		.title = "P50, P95 and P99 of a record's time against a swept key",
		.script = "figures/quantiles.gp",
		.fill = figure_fill_quantiles,
	},
	{
		.name = "heat-map",
		.title = "time and cost in the plane of two swept keys",
		.script = "figures/heat-map.gp",
		.fill = figure_fill_heat_map,
	},
	{
		.name = "front",
		.title = "time against cost of every point, and which have no better one",
		.script = "figures/front.gp",
		.fill = figure_fill_front,
	},
	{
		.name = "bill",
		.title = "the bill and its lines",
		.script = "figures/stack.gp",
		.fill = figure_fill_bill,
	},
	{
		.name = "time",
		.title = "a call's time: queue, start, import, load, store, compute, throttled",
		.script = "figures/stack.gp",
		.fill = figure_fill_time,
	},
	{
		.name = "memory-used",
		.title = "memory needed and paid",
		.script = "figures/memory-used.gp",
		.fill = figure_fill_memory,
	},
	{
		.name = "sandboxes",
		.title = "calls at once, sandboxes and their utilisation over time, of one run",
		.needs = FIGURE_NEEDS_WATCH,
		.script = "figures/sandboxes.gp",
		.fill = figure_fill_sandboxes,
	},
	{
		.name = "latency",
		.title = "the distribution of a record's time with its quantiles, of one run",
		.needs = FIGURE_NEEDS_WATCH,
		.script = "figures/latency.gp",
		.fill = figure_fill_latency,
	},
	{
		.name = "predicted",
		.title = "predicted against measured, by mechanism",
		.needs = FIGURE_NEEDS_CLAIMS,
		.script = "figures/predicted.gp",
		.fill = figure_fill_predicted,
	},
	{
		.name = "errors",
		.title = "errors of predictions, by mechanism",
		.needs = FIGURE_NEEDS_CLAIMS,
		.script = "figures/errors.gp",
		.fill = figure_fill_errors,
	},
	{.name = NULL},
};
