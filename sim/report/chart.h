/*
 * Charts of a page as inline SVG: points with their intervals, lines and bands over an axis of numbers or names, and
 * stacked bars. They are 360 units wide, so that letters keep their size where a page has one, two or three beside each
 * other, and on a phone. Colours, letters and marks are classes of the page's style (plots/page/page.css), whose
 * palette is that of plots/style.gp. Every mark names its point (data-p) for the page's script, and can have a text of
 * its own (data-s).
 */
#ifndef LAMINA_CHART_H
#define LAMINA_CHART_H /* private to report */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { CHART_SERIES_MAX = 8, CHART_PARTS_MAX = 9, CHART_NAMES_MAX = 12, CHART_WIDTH = 360 };

struct chart_point {
	double x; /* or an index into x_names */
	double y;
	double low; /* of y's interval; equal to y: none */
	double high;
	double band_low; /* NaN: none */
	double band_high;
	size_t series;
	size_t number;    /* what data-p says */
	bool is_weak;     /* drawn hollow */
	const char *note; /* written beside it; NULL: nothing */
};

struct chart {
	const char *id;
	const char *title;
	const char *explanation; /* below it; may be NULL */
	const char *x_title;
	const char *y_title;
	const struct chart_point *points; /* of a series in the order of x */
	size_t count;
	const char *const *series; /* their names; NULL: one without a name */
	size_t series_count;
	const char *const *x_names; /* NULL: x are numbers */
	size_t x_name_count;
	bool joins;      /* lines from point to point */
	bool is_stepped; /* only points that are not weak are joined */
};

void chart_write(const struct chart *chart, struct buf *out);

struct stack_row {
	const char *name;
	bool has_point;
	size_t number; /* what data-p says */
	const double *parts;
};

struct stack {
	const char *id;
	const char *title;
	const char *explanation;
	const char *x_title;
	const char *unit; /* of a part's value, behind it */
	const struct stack_row *rows;
	size_t row_count;
	const char *const *parts; /* their names */
	size_t part_count;
};

void stack_write(const struct stack *stack, struct buf *out);

#endif
