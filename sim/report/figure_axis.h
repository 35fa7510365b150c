/* Axes, names and settings of figures: what a script needs beside its data. */
#ifndef LAMINA_FIGURE_AXIS_H
#define LAMINA_FIGURE_AXIS_H

#include "report/figure.h"

/* name = 'text', name = number, an array of texts. */
void figure_set_text(struct figure_sheet *sheet, const char *name, const char *text);
void figure_set_number(struct figure_sheet *sheet, const char *name, double value);
void figure_set_texts(struct figure_sheet *sheet, const char *name, const char *const *texts, size_t count);

/* "functions.resize.memory_mb" as "memory of resize, MB"; in the arena. */
const char *figure_key_title(const char *key, struct arena *arena);

/* A value with as many digits as tell it from its neighbours, for marks on axes; in the arena. */
const char *figure_number_text(double value, struct arena *arena);

/* A quantity on an axis, in the unit that suits its size: what is stored is multiplied by the factor. */
struct figure_unit {
	double factor;
	const char *title;      /* "time of a record, ms" */
	const char *short_unit; /* "ms" */
};

/* Of a metric whose largest value that is: USD become USD per million runs, seconds become milliseconds or hours. */
struct figure_unit figure_unit_of(enum metric_id metric, double largest, struct arena *arena);

/* The metric that a user named, or the one that suits; -1 with words. */
int figure_metric(const char *name, enum metric_id fallback, struct buf *why);

/*
 * The commands for an axis ("x", "y", "y2", "cb") that holds these values: range, marks at the values themselves where
 * they are few, logarithmic where they span too much for a linear one. is_from_zero: a linear one begins at 0.
 */
struct figure_axis {
	const char *name;
	const double *values;
	size_t count;
	bool is_from_zero;
	bool has_marks_at_values;
	int beside;            /* pictures that stand side by side; 0: one */
	double log_from_ratio; /* of the largest to the smallest; infinite: never logarithmic */
};
void figure_set_axis(struct figure_sheet *sheet, const struct figure_axis *axis);

/* The same as a text that the script evaluates where it draws with this axis. */
void figure_set_axis_text(struct figure_sheet *sheet, const char *variable, const struct figure_axis *axis);

/* Commands, a line each, as such a text. */
void figure_set_commands(struct figure_sheet *sheet, const char *variable, struct buf *commands);

/* Of a quantity: from 0, logarithmic where one value is 30 times another and more. */
void figure_set_value_axis(struct figure_sheet *sheet, const char *variable, const char *axis, const double *values,
			   size_t count);

/*
 * Time along and cost upright, logarithmic where they span much: time_axis, cost_axis, their titles and factors. The
 * values are in base units.
 */
void figure_set_plane(struct figure_sheet *sheet, enum metric_id time, enum metric_id cost, const double *times,
		      const double *costs, size_t count, struct arena *arena);

/* Whether such an axis is logarithmic. */
bool figure_plane_is_log(double low, double high);

/* Two metrics of all points, as time and cost; their names, titles and factors are set for the script. */
struct figure_shown {
	int time; /* enum metric_id */
	int cost;
	struct figure_unit time_unit;
	struct figure_unit cost_unit;
	double *times; /* by point, in the axis's unit; then the upper ends of their intervals */
	double *costs;
};

/* False, with words, where a metric is none. */
bool figure_shown_init(struct figure_shown *shown, const struct figure_data *data, const struct figure_choice *choice,
		       struct figure_sheet *sheet, struct arena *arena);

/* Whether any point has an interval of the metric. */
bool figure_has_intervals(const struct figure_data *data, int metric);

/* Whether records of any point failed. */
bool figure_has_failures(const struct figure_data *data);

/* A text as gnuplot can read it, which knows neither quotes nor line ends in quoted fields. */
void figure_put_text(struct csv *csv, const char *text);

/* Columns of an estimate, and its cells; the cell of a swept value. */
void figure_head_estimate(struct csv *csv, int metric, struct arena *arena);
void figure_put_estimate(struct csv *csv, const struct estimate *estimate);
void figure_put_value(struct csv *csv, const struct swept_value *value, struct arena *arena);

/*
 * Marks with texts beside them, the first at `first`, turned where they need it, on a picture of which `beside` stand
 * side by side. The script makes them by evaluating x_set_marks or y_set_marks. Returns how high turned ones are, in
 * pixels; 0: they are not.
 */
double figure_set_categories(struct figure_sheet *sheet, const char *axis, const char *const *texts, size_t count,
			     int first, int beside);

#endif
