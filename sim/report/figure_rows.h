/* What fills the figures: a function for each kind of picture; figures.c has the table. */
#ifndef LAMINA_FIGURE_ROWS_H
#define LAMINA_FIGURE_ROWS_H /* private to report */

#include "report/figure.h"

typedef bool figure_filler(const struct figure *figure, const struct figure_data *data,
			   const struct figure_choice *choice, struct figure_sheet *sheet);

/* figure_curve.c */
figure_filler figure_fill_curve;

#endif
