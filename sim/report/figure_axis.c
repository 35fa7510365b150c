#include "report/figure_axis.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "report/gnuplot.h"
#include "stats/summary.h"

/* --- settings ---------------------------------------------------------------------------------------------------- */

void figure_set_text(struct figure_sheet *sheet, const char *name, const char *text)
{
	buf_printf(&sheet->settings, "%s = ", name);
	gnuplot_quote(text, &sheet->settings);
	buf_add_char(&sheet->settings, '\n');
}

void figure_set_number(struct figure_sheet *sheet, const char *name, double value)
{
	char text[NUM_TEXT_BYTES];
	buf_printf(&sheet->settings, "%s = %s\n", name, isfinite(value) ? num_format_double(value, text) : "NaN");
}

void figure_set_texts(struct figure_sheet *sheet, const char *name, const char *const *texts, size_t count)
{
	CHECK(count > 0);
	buf_printf(&sheet->settings, "array %s[%zu]\n", name, count);
	for (size_t i = 0; i < count; i++) {
		buf_printf(&sheet->settings, "%s[%zu] = ", name, i + 1);
		gnuplot_quote(texts[i], &sheet->settings);
		buf_add_char(&sheet->settings, '\n');
	}
}

/* --- names ------------------------------------------------------------------------------------------------------- */

/* Units stand last in names: "_mb" is ", MB". */
static const struct {
	const char *ending;
	const char *unit;
} unit_endings[] = {
	{"_per_second", " per second"}, {"_seconds", ", s"}, {"_mb", ", MB"}, {"_usd", ", USD"}, {"_ms", ", ms"},
};

/* name without its unit and with blanks, the unit apart. */
static const char *split_unit(const char *name, struct arena *arena, const char **unit)
{
	size_t length = strlen(name);
	*unit = "";
	for (size_t i = 0; i < ARRAY_LEN(unit_endings); i++) {
		size_t ending = strlen(unit_endings[i].ending);
		if (length > ending && strcmp(name + length - ending, unit_endings[i].ending) == 0) {
			*unit = unit_endings[i].unit;
			length -= ending;
			break;
		}
	}
	char *words = arena_strndup(arena, name, length);
	for (char *c = words; *c; c++)
		if (*c == '_')
			*c = ' ';
	return words;
}

const char *figure_key_title(const char *key, struct arena *arena)
{
	static const char functions[] = "functions.";
	const char *unit;
	const char *last = strrchr(key, '.');
	last = last ? last + 1 : key;
	const char *words = split_unit(last, arena, &unit);
	if (strncmp(key, functions, strlen(functions)) != 0)
		return arena_printf(arena, "%s%s", words, unit);
	const char *name = key + strlen(functions);
	return arena_printf(arena, "%s of %.*s%s", words, (int)strcspn(name, "."), name, unit);
}

const char *figure_number_text(double value, struct arena *arena)
{
	char text[NUM_TEXT_BYTES];
	double rounded = num_rounded(value, 4);
	if (fabs(value) >= 1e4 && fabs(value) < 1e15 && value == floor(value))
		rounded = value;
	return arena_strdup(arena, num_format_double(rounded, text));
}

/* --- quantities -------------------------------------------------------------------------------------------------- */

static const char *const metric_titles[METRICS] = {
	[METRIC_MAKESPAN_SECONDS] = "time of a run",
	[METRIC_RECORD_SECONDS] = "time of a record",
	[METRIC_RECORD_P50_SECONDS] = "time of a record, P50",
	[METRIC_RECORD_P95_SECONDS] = "time of a record, P95",
	[METRIC_RECORD_P99_SECONDS] = "time of a record, P99",
	[METRIC_RECORD_BILLED_SECONDS] = "billed time of a record",
	[METRIC_COST_USD] = "cost of a run",
	[METRIC_MONTH_USD] = "cost of a month",
};

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text);
	size_t end_length = strlen(end);
	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

struct figure_unit figure_unit_of(enum metric_id metric, double largest, struct arena *arena)
{
	const char *name = outcome_metrics[metric].name;
	const char *unit;
	const char *words = split_unit(name, arena, &unit);
	struct figure_unit out = {.factor = 1, .short_unit = unit[0] == ',' ? unit + 2 : ""};
	if (metric_titles[metric])
		words = metric_titles[metric];
	if (ends_with(name, "_seconds") && largest < 1) {
		out.factor = 1000;
		out.short_unit = "ms";
	} else if (ends_with(name, "_seconds") && largest > 5 * 3600) {
		out.factor = 1.0 / 3600;
		out.short_unit = "h";
	} else if (ends_with(name, "_usd") && largest < 0.001) {
		out.factor = 1e6;
		out.title = arena_printf(arena, "%s, USD per million", words);
		out.short_unit = "USD per million";
	}
	if (!out.title && out.short_unit[0] != '\0')
		out.title = arena_printf(arena, "%s, %s", words, out.short_unit);
	else if (!out.title)
		out.title = arena_printf(arena, "%s%s", words, unit);
	return out;
}

int figure_metric(const char *name, enum metric_id fallback, struct buf *why)
{
	int metric = name ? outcome_find_metric(name) : (int)fallback;
	if (metric < 0)
		buf_printf(why, "'%s' is no metric of lamina run", name);
	return metric;
}

/* --- axes -------------------------------------------------------------------------------------------------------- */

enum { VALUES_WITH_MARKS_MAX = 1000 };

/* Of the axis, that a mark's text takes: letters are about this wide on a figure of 100 letters' width. */
static const double letter_share = 0.013;

struct span_of {
	double low;
	double high;
};

static struct span_of span_of_values(const double *values, size_t count)
{
	struct span_of span = {INFINITY, -INFINITY};
	for (size_t i = 0; i < count; i++) {
		if (!isfinite(values[i]))
			continue;
		span.low = fmin(span.low, values[i]);
		span.high = fmax(span.high, values[i]);
	}
	if (span.low > span.high)
		span = (struct span_of){0, 1};
	return span;
}

static double place_of(double value, const struct span_of *span, bool is_log)
{
	if (span->low == span->high)
		return 0.5;
	return is_log ? log(value / span->low) / log(span->high / span->low)
		      : (value - span->low) / (span->high - span->low);
}

/* Marks at the values themselves, as many as there is room for beside each other; the last one has its own. */
static void add_value_marks(struct figure_sheet *sheet, const struct figure_axis *axis, const struct span_of *span,
			    bool is_log)
{
	struct arena arena;
	arena_init(&arena);
	double *sorted = ARENA_ARRAY(&arena, double, axis->count);
	memcpy(sorted, axis->values, axis->count * sizeof sorted[0]);
	sample_quantiles_sort(sorted, axis->count);
	bool is_across = strcmp(axis->name, "x") == 0;
	double last_from = 1;
	double free_from = -1;
	const char *separator = "";
	buf_printf(&sheet->settings, "set %stics (", axis->name);
	for (size_t i = 0; i < axis->count; i++) {
		if (i > 0 && sorted[i] == sorted[i - 1])
			continue;
		const char *text = figure_number_text(sorted[i], &arena);
		double half = is_across ? letter_share * (0.5 * (double)strlen(text) + 0.8) : 0.025;
		double place = place_of(sorted[i], span, is_log);
		bool is_last = sorted[i] == span->high;
		if (i == 0) {
			const char *end = figure_number_text(span->high, &arena);
			last_from = 1 - (is_across ? letter_share * (0.5 * (double)strlen(end) + 0.8) : 0.025);
		}
		if (!is_last && (place - half < free_from || (i > 0 && place + half > last_from)))
			continue;
		free_from = place + half;
		buf_printf(&sheet->settings, "%s\"%s\" %s", separator, text, text);
		separator = ", ";
	}
	buf_add(&sheet->settings, ")\n");
	arena_release(&arena);
}

/* Marks that have room beside each other, from the least on. */
struct marks {
	struct figure_sheet *sheet;
	const struct figure_axis *axis;
	struct span_of span;
	bool is_log;
	double free_from;
	const char *separator;
};

static void marks_begin(struct marks *marks, struct figure_sheet *sheet, const struct figure_axis *axis, double low,
			double high, bool is_log)
{
	*marks = (struct marks){sheet, axis, {low, high}, is_log, -1, ""};
	buf_printf(&sheet->settings, "set %stics (", axis->name);
}

static void marks_add(struct marks *marks, double value)
{
	char text[NUM_TEXT_BYTES];
	if (value < marks->span.low || value > marks->span.high)
		return;
	num_format_double(value, text);
	double half = 0;
	if (strcmp(marks->axis->name, "x") == 0)
		half = letter_share * (0.5 * (double)strlen(text) + 0.8) * fmax(1, marks->axis->beside);
	double place = place_of(value, &marks->span, marks->is_log);
	if (place - half < marks->free_from)
		return;
	marks->free_from = place + half;
	buf_printf(&marks->sheet->settings, "%s\"%s\" %s", marks->separator, text, text);
	marks->separator = ", ";
}

static void marks_end(struct marks *marks)
{
	buf_add(&marks->sheet->settings, ")\n");
}

/* 1, 2, 5, 10, ..., or powers of ten where these would be too many. */
static void add_decade_marks(struct figure_sheet *sheet, const struct figure_axis *axis, double low, double high)
{
	static const int steps[] = {1, 2, 5};
	double decades = log10(high / low);
	struct marks marks;
	marks_begin(&marks, sheet, axis, low, high, true);
	for (int power = (int)floor(log10(low)); power <= (int)ceil(log10(high)); power++)
		for (size_t i = 0; i < (decades > 4 ? 1 : ARRAY_LEN(steps)); i++)
			marks_add(&marks, num_rounded(steps[i] * pow(10, power), 1));
	marks_end(&marks);
}

/* Multiples of 1, 2 or 5 times a power of ten, five at most: narrow pictures have room for no more. */
static void add_few_marks(struct figure_sheet *sheet, const struct figure_axis *axis, double low, double high)
{
	static const int steps[] = {1, 2, 5, 10};
	double power = pow(10, floor(log10((high - low) / 5)));
	double step = power;
	for (size_t i = 0; i < ARRAY_LEN(steps) && floor(high / step) - ceil(low / step) >= 5; i++)
		step = steps[i] * power;
	struct marks marks;
	marks_begin(&marks, sheet, axis, low, high, false);
	for (double i = ceil(low / step); i * step <= high; i++)
		marks_add(&marks, num_rounded(i * step, 9));
	marks_end(&marks);
}

static double margin_below(const struct span_of *span, bool is_log)
{
	return is_log ? span->low / pow(span->high / span->low, 0.04) : span->low - 0.04 * (span->high - span->low);
}

static double margin_above(const struct span_of *span, bool is_log)
{
	return is_log ? span->high * pow(span->high / span->low, 0.04) : span->high + 0.04 * (span->high - span->low);
}

void figure_set_axis(struct figure_sheet *sheet, const struct figure_axis *axis)
{
	struct span_of span = span_of_values(axis->values, axis->count);
	bool is_log = span.low > 0 && span.high / span.low >= axis->log_from_ratio;
	/* Closer than the digits that a range is written with. */
	bool is_flat = span.high - span.low <= 1e-5 * fabs(span.high);
	double low = margin_below(&span, is_log);
	double high = margin_above(&span, is_log);
	if (is_flat) {
		low = span.low - (span.low != 0 ? 0.5 * fabs(span.low) : 1);
		high = span.high + (span.high != 0 ? 0.5 * fabs(span.high) : 1);
	}
	if (axis->is_from_zero && !is_log && span.low >= 0) {
		low = 0;
		high = span.high > 0 ? 1.08 * span.high : 1;
	}
	buf_printf(&sheet->settings, "unset logscale %s\nset %srange [%.8g:%.8g]\n", axis->name, axis->name, low, high);
	if (is_log)
		buf_printf(&sheet->settings, "set logscale %s\n", axis->name);
	if (axis->has_marks_at_values && axis->count <= VALUES_WITH_MARKS_MAX)
		add_value_marks(sheet, axis, &span, is_log);
	else if (is_log)
		add_decade_marks(sheet, axis, low, high);
	else if (axis->beside > 1)
		add_few_marks(sheet, axis, low, high);
	else
		buf_printf(&sheet->settings, "set %stics autofreq\n", axis->name);
}

void figure_set_commands(struct figure_sheet *sheet, const char *variable, struct buf *commands)
{
	for (char *c = commands->text; c && *c; c++)
		if (*c == '\n')
			*c = ';';
	figure_set_text(sheet, variable, buf_text(commands));
}

void figure_set_axis_text(struct figure_sheet *sheet, const char *variable, const struct figure_axis *axis)
{
	struct figure_sheet apart = {0};
	buf_init(&apart.settings);
	figure_set_axis(&apart, axis);
	figure_set_commands(sheet, variable, &apart.settings);
	buf_release(&apart.settings);
}

/* A text that is shown as a mark: there, per cent signs begin formats. */
static const char *mark_text(const char *text, struct arena *arena)
{
	struct buf doubled;
	buf_init(&doubled);
	for (; *text; text++) {
		if (*text == '%')
			buf_add_char(&doubled, '%');
		buf_add_char(&doubled, *text);
	}
	const char *copy = arena_strdup(arena, buf_text(&doubled));
	buf_release(&doubled);
	return copy;
}

/* Longer names are cut: there is more room beside a picture than beneath it. */
enum { LETTERS_BENEATH_MAX = 18, LETTERS_BESIDE_MAX = 40 };

static const char *cut(const char *text, size_t letters_max, struct arena *arena)
{
	size_t letters = 0;
	for (const char *c = text; *c; c++) {
		letters += ((unsigned char)*c & 0xc0) != 0x80;
		if (letters > letters_max)
			return arena_printf(arena, "%.*s…", (int)(c - text), text);
	}
	return text;
}

double figure_set_categories(struct figure_sheet *sheet, const char *axis, const char *const *texts, size_t count,
			     int first, int beside)
{
	/* Of a letter of a text that is turned by 40 degrees, in pixels of a picture that is 800 wide. */
	static const double letter_height = 4.7;
	struct arena arena;
	size_t letters = 0;
	bool is_beneath = strcmp(axis, "x") == 0;
	size_t letters_max = is_beneath ? LETTERS_BENEATH_MAX : LETTERS_BESIDE_MAX;
	arena_init(&arena);
	for (size_t i = 0; i < count; i++)
		letters = max_size(letters, strlen(cut(texts[i], letters_max, &arena)) + 1);
	bool is_turned = is_beneath && (double)(letters * count) * letter_share * (double)beside > 1.05;
	const char **marks = ARENA_ARRAY(&arena, const char *, count);
	for (size_t i = 0; i < count; i++)
		marks[i] = mark_text(cut(texts[i], letters_max, &arena), &arena);
	figure_set_texts(sheet, arena_printf(&arena, "%s_marks", axis), marks, count);
	/* The first list takes the place of the axis's own marks. */
	figure_set_text(
		sheet, arena_printf(&arena, "%s_set_marks", axis),
		arena_printf(&arena,
			     "set %stics %s(%s_marks[1] %d); do for [i=2:|%s_marks|] { set %stics add (%s_marks[i] "
			     "i + %d) }",
			     axis, is_turned ? "rotate by 40 right " : "norotate ", axis, first, axis, axis, axis,
			     first - 1));
	arena_release(&arena);
	return is_turned ? letter_height * (double)letters : 0;
}

/* --- time and cost ----------------------------------------------------------------------------------------------- */

/* A time of 30 times another leaves nothing of it to be seen. */
static const double log_from_ratio = 30;

void figure_set_value_axis(struct figure_sheet *sheet, const char *variable, const char *axis, const double *values,
			   size_t count)
{
	figure_set_axis_text(sheet, variable,
			     &(struct figure_axis){.name = axis,
						   .values = values,
						   .count = count,
						   .is_from_zero = true,
						   .log_from_ratio = log_from_ratio});
}

static const double log_plane_from_ratio = 8;

bool figure_plane_is_log(double low, double high)
{
	return low > 0 && high / low >= log_plane_from_ratio;
}

static void set_plane_axis(struct figure_sheet *sheet, const char *quantity, const char *name, enum metric_id metric,
			   const double *values, size_t count, struct arena *arena)
{
	double most = 0;
	double *scaled = ARENA_ARRAY(arena, double, count);
	for (size_t i = 0; i < count; i++)
		most = fmax(most, values[i]);
	struct figure_unit unit = figure_unit_of(metric, most, arena);
	for (size_t i = 0; i < count; i++)
		scaled[i] = unit.factor * values[i];
	figure_set_number(sheet, arena_printf(arena, "%s_factor", quantity), unit.factor);
	figure_set_text(sheet, arena_printf(arena, "%s_title", quantity), unit.title);
	struct figure_axis axis = {
		.name = name, .values = scaled, .count = count, .log_from_ratio = log_plane_from_ratio};
	figure_set_axis_text(sheet, arena_printf(arena, "%s_axis", quantity), &axis);
}

void figure_set_plane(struct figure_sheet *sheet, enum metric_id time, enum metric_id cost, const double *times,
		      const double *costs, size_t count, struct arena *arena)
{
	set_plane_axis(sheet, "time", "x", time, times, count, arena);
	set_plane_axis(sheet, "cost", "y", cost, costs, count, arena);
}

static double *scaled(const struct figure_data *data, int metric, double factor, struct arena *arena)
{
	double *values = ARENA_ARRAY(arena, double, 2 * data->point_count);
	for (size_t i = 0; i < data->point_count; i++) {
		const struct estimate *estimate = &data->points[i].result.metrics[metric];
		values[i] = factor * estimate->mean;
		values[data->point_count + i] =
			factor * (estimate->mean + (isfinite(estimate->half_width) ? estimate->half_width : 0));
	}
	return values;
}

static double largest_of(const struct figure_data *data, int metric)
{
	double most = 0;
	for (size_t i = 0; i < data->point_count; i++)
		most = fmax(most, data->points[i].result.metrics[metric].mean);
	return most;
}

bool figure_shown_init(struct figure_shown *shown, const struct figure_data *data, const struct figure_choice *choice,
		       struct figure_sheet *sheet, struct arena *arena)
{
	enum metric_id time = data->is_batch ? METRIC_MAKESPAN_SECONDS : METRIC_RECORD_SECONDS;
	shown->time = figure_metric(choice->time, time, sheet->why);
	shown->cost = figure_metric(choice->cost, METRIC_COST_USD, sheet->why);
	if (shown->time < 0 || shown->cost < 0)
		return false;
	shown->time_unit = figure_unit_of(shown->time, largest_of(data, shown->time), arena);
	shown->cost_unit = figure_unit_of(shown->cost, largest_of(data, shown->cost), arena);
	shown->times = scaled(data, shown->time, shown->time_unit.factor, arena);
	shown->costs = scaled(data, shown->cost, shown->cost_unit.factor, arena);
	figure_set_text(sheet, "time_name", outcome_metrics[shown->time].name);
	figure_set_text(sheet, "cost_name", outcome_metrics[shown->cost].name);
	figure_set_number(sheet, "time_factor", shown->time_unit.factor);
	figure_set_number(sheet, "cost_factor", shown->cost_unit.factor);
	figure_set_text(sheet, "time_title", shown->time_unit.title);
	figure_set_text(sheet, "cost_title", shown->cost_unit.title);
	return true;
}

bool figure_has_intervals(const struct figure_data *data, int metric)
{
	for (size_t i = 0; i < data->point_count; i++)
		if (isfinite(data->points[i].result.metrics[metric].half_width))
			return true;
	return false;
}

bool figure_has_failures(const struct figure_data *data)
{
	for (size_t i = 0; i < data->point_count; i++)
		if (data->points[i].result.metrics[METRIC_FAILED_RECORDS].mean > 0)
			return true;
	return false;
}

void figure_head_estimate(struct csv *csv, int metric, struct arena *arena)
{
	csv_text(csv, outcome_metrics[metric].name);
	csv_text(csv, arena_printf(arena, "%s_half_width_95", outcome_metrics[metric].name));
}

void figure_put_estimate(struct csv *csv, const struct estimate *estimate)
{
	csv_double(csv, estimate->mean);
	csv_double(csv, estimate->half_width);
}

void figure_put_text(struct csv *csv, const char *text)
{
	struct arena arena;
	arena_init(&arena);
	char *clean = arena_strdup(&arena, text);
	printable_make(clean, "");
	for (char *c = clean; *c; c++)
		if (*c == '"')
			*c = '\'';
	csv_text(csv, clean);
	arena_release(&arena);
}

void figure_put_value(struct csv *csv, const struct swept_value *value, struct arena *arena)
{
	figure_put_text(csv, swept_value_text(value, arena));
}
