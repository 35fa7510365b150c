/* What fills the figures: a function for each kind of picture; figures.c has the table. */
#ifndef LAMINA_FIGURE_ROWS_H
#define LAMINA_FIGURE_ROWS_H /* private to report */

#include "report/figure.h"

typedef bool figure_filler(const struct figure *figure, const struct figure_data *data,
			   const struct figure_choice *choice, struct figure_sheet *sheet);

/* figure_curve.c */
figure_filler figure_fill_curve;
figure_filler figure_fill_quantiles;

/* figure_plane.c */
figure_filler figure_fill_heat_map;
figure_filler figure_fill_front;

/* figure_bars.c */
figure_filler figure_fill_bill;
figure_filler figure_fill_time;
figure_filler figure_fill_memory;

/* figure_run.c */
figure_filler figure_fill_sandboxes;
figure_filler figure_fill_latency;

/* figure_claims.c */
figure_filler figure_fill_predicted;
figure_filler figure_fill_errors;

#endif
