/* The figures, in the order in which they are listed. */
#include "report/figure.h"
#include "report/figure_rows.h"

const struct figure figures[] = {
	{
		.name = "memory",
		.title = "time and cost against memory",
		.key = "memory_mb",
		.script = "curve.gp",
		.fill = figure_fill_curve,
	},
	{
		.name = "record-size",
		.title = "time and cost against images per record",
		.key = "images_per_record",
		.script = "curve.gp",
		.fill = figure_fill_curve,
	},
	{
		.name = "parallel",
		.title = "time and cost against parallelism",
		.key = "parallel",
		.script = "curve.gp",
		.fill = figure_fill_curve,
	},
	{
		.name = "key",
		.title = "time and cost against the swept key with the most values, or --x",
		.script = "curve.gp",
		.fill = figure_fill_curve,
	},
	{.name = NULL},
};
