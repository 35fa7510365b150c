#include "report/chart.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "report/html.h"

enum {
	HEIGHT = 230,
	TOP = 24,
	STACK_TOP = 8,
	BOTTOM = 36,
	RIGHT = 14,
	TICKS_MAX = 12,
	TICKS_WANTED = 5,
	BAR_PITCH = 19,
	BAR_HEIGHT = 13,
	NAME_LETTERS_MAX = 14,
	MARK_GAP = 26, /* between marks on an axis */
};

/* Letters are 10 units high; digits of the page's letters are 5.6 wide. */
static const double LETTER_WIDTH = 5.8;
static const double NAME_LETTER_WIDTH = 6.6;

/* A linear axis would press small values together from these ratios on. */
static const double LOG_X_FROM = 8;
static const double LOG_Y_FROM = 20;

struct axis {
	double low;
	double high;
	double from; /* where low is, in units of the drawing */
	double to;
	bool is_log;
	double ticks[TICKS_MAX];
	size_t tick_count;
};

static double place(const struct axis *axis, double value)
{
	double low = axis->is_log ? log(axis->low) : axis->low;
	double high = axis->is_log ? log(axis->high) : axis->high;
	double at = axis->is_log ? log(fmax(value, axis->low)) : value;
	double share = high > low ? (at - low) / (high - low) : 0.5;
	return axis->from + fmin(1, fmax(0, share)) * (axis->to - axis->from);
}

static void add_tick(struct axis *axis, double value)
{
	double slack = 1e-9 * (fabs(axis->high) + fabs(axis->low));
	if (axis->tick_count < TICKS_MAX && value >= axis->low - slack && value <= axis->high + slack)
		axis->ticks[axis->tick_count++] = value;
}

static double step_of(double span)
{
	double raw = span / TICKS_WANTED;
	double power = pow(10, floor(log10(raw)));
	double ratio = raw / power;
	return power * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10);
}

static void set_linear(struct axis *axis, double low, double high)
{
	if (!(high > low)) {
		low = 0;
		high = high > 0 ? 1.5 * high : 1;
	}
	double step = step_of(high - low);
	axis->low = floor(low / step + 1e-9) * step;
	axis->high = ceil(high / step - 1e-9) * step;
	for (int i = 0; i <= TICKS_MAX; i++)
		add_tick(axis, num_rounded(axis->low + i * step, 12));
}

static void set_log(struct axis *axis, double low, double high)
{
	static const double steps[] = {1, 2, 5};
	axis->is_log = true;
	axis->low = low / 1.15;
	axis->high = high * 1.15;
	int decades = (int)ceil(log10(axis->high)) - (int)floor(log10(axis->low));
	int stride = decades > 2 * TICKS_WANTED ? decades / TICKS_WANTED : 1;
	for (int power = (int)floor(log10(axis->low)); power <= (int)ceil(log10(axis->high)); power += stride)
		for (size_t i = 0; i < (decades <= 3 ? ARRAY_LEN(steps) : 1); i++)
			add_tick(axis, num_rounded(steps[i] * pow(10, power), 12));
}

struct range {
	double low;
	double high;
};

static void extend(struct range *range, double value)
{
	if (isnan(value) || isinf(value))
		return;
	value = fmax(value, 0);
	range->low = fmin(range->low, value);
	range->high = fmax(range->high, value);
}

static void set_axis(struct axis *axis, const struct range *range, bool is_from_zero, double log_from)
{
	/* Of values that are all but equal, marks would not tell their differences. */
	bool is_narrow = range->high - range->low < 0.01 * range->high;
	if (range->low > range->high)
		set_linear(axis, 0, 1);
	else if (is_narrow && !is_from_zero)
		set_linear(axis, 0.97 * range->low, 1.03 * range->high);
	else if (range->low > 0 && range->high / range->low >= log_from)
		set_log(axis, range->low, range->high);
	else
		set_linear(axis, is_from_zero && range->low > 0 ? 0 : range->low, range->high);
}

/* Values that are few are their own marks, where these have room. */
static void mark_values(struct axis *axis, const struct chart *chart)
{
	double marks[TICKS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < chart->count; i++) {
		bool is_known = false;
		for (size_t k = 0; k < count; k++)
			is_known = is_known || marks[k] == chart->points[i].x;
		if (is_known)
			continue;
		if (count == TICKS_MAX)
			return;
		marks[count++] = chart->points[i].x;
	}
	axis->tick_count = 0;
	for (size_t i = 0; i < count; i++) {
		bool has_room = true;
		for (size_t k = 0; k < axis->tick_count; k++)
			has_room = has_room && fabs(place(axis, marks[i]) - place(axis, axis->ticks[k])) >= MARK_GAP;
		if (has_room)
			axis->ticks[axis->tick_count++] = marks[i];
	}
}

/* --- what both kinds have --------------------------------------------------------------------------------------- */

static void begin_figure(const char *id, const char *title, const char *explanation, int height, struct buf *out)
{
	buf_printf(out, "<figure class=\"chart\" id=\"%s\"><figcaption>", id);
	html_text(out, title);
	if (explanation) {
		buf_add(out, "<span>");
		html_text(out, explanation);
		buf_add(out, "</span>");
	}
	buf_printf(out, "</figcaption>\n<svg viewBox=\"0 0 %d %d\" role=\"group\" aria-label=\"", CHART_WIDTH, height);
	html_text(out, title);
	buf_add(out, "\">\n");
}

static void write_label(double x, double y, const char *anchor, const char *class, const char *text, struct buf *out)
{
	buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor, class);
	html_text(out, text);
	buf_add(out, "</text>\n");
}

static void write_rule(double x1, double y1, double x2, double y2, const char *class, struct buf *out)
{
	buf_printf(out, "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", class, x1, y1, x2, y2);
}

/* "a name that is t…" by letters, not bytes. */
static void shorten(const char *name, size_t letters_max, struct buf *out)
{
	size_t letters = 0;
	const char *end = name;
	while (*end && letters < letters_max) {
		end++;
		while ((*end & 0xc0) == 0x80)
			end++;
		letters++;
	}
	buf_clear(out);
	buf_add_bytes(out, name, (size_t)(end - name));
	if (*end)
		buf_add(out, "\xe2\x80\xa6");
}

/* Shapes differ as colours do. */
static void write_shape(size_t series, double x, double y, struct buf *out)
{
	static const char *const shapes[CHART_SERIES_MAX] = {
		"m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
		"m-3.2 -3.2h6.4v6.4h-6.4z",
		"m0 -4.4l4.2 7.4h-8.4z",
		"m0 -4.8l4.2 4.8l-4.2 4.8l-4.2 -4.8z",
		"m0 4.4l4.2 -7.4h-8.4z",
		"m-1.5 -4.2h3v8.4h-3z",
		"m-4.2 -1.5h8.4v3h-8.4z",
		"m-2.8 -2.8h5.6v3h-5.6z",
	};
	buf_printf(out, "M%.1f %.1f%s", x, y, shapes[series % CHART_SERIES_MAX]);
}

static void write_legend(const char *const *names, size_t count, bool is_stack, struct buf *out)
{
	if (count == 0 || !names)
		return;
	buf_add(out, "<ul class=\"legend\">");
	for (size_t i = 0; i < count; i++) {
		buf_add(out, "<li><svg viewBox=\"0 0 14 12\" aria-hidden=\"true\">");
		if (is_stack) {
			buf_printf(out, "<rect class=\"f%zu\" x=\"1\" y=\"1\" width=\"12\" height=\"10\"/>", i);
		} else {
			buf_printf(out, "<path class=\"mark s%zu\" d=\"", i);
			write_shape(i, 7, 6, out);
			buf_add(out, "\"/>");
		}
		buf_add(out, "</svg><bdi>");
		html_text(out, names[i]);
		buf_add(out, "</bdi></li>");
	}
	buf_add(out, "</ul>\n");
}

/* --- points ----------------------------------------------------------------------------------------------------- */

static size_t widest_tick(const struct axis *axis)
{
	char text[HTML_NUMBER_BYTES];
	size_t widest = 0;
	for (size_t i = 0; i < axis->tick_count; i++) {
		size_t width = strlen(html_number(axis->ticks[i], text));
		widest = width > widest ? width : widest;
	}
	return widest;
}

static void find_ranges(const struct chart *chart, struct range *x, struct range *y)
{
	*x = *y = (struct range){HUGE_VAL, -HUGE_VAL};
	for (size_t i = 0; i < chart->count; i++) {
		const struct chart_point *point = &chart->points[i];
		extend(x, point->x);
		extend(y, point->y);
		extend(y, point->low);
		extend(y, point->high);
		extend(y, point->band_low);
		extend(y, point->band_high);
	}
}

/* Marks along the bottom, as far as their numbers have room. */
static void write_x_ticks(const struct axis *x, double bottom, struct buf *out)
{
	char text[HTML_NUMBER_BYTES];
	double free_from = 0;
	for (size_t i = 0; i < x->tick_count; i++) {
		const char *number = html_number(x->ticks[i], text);
		double at = place(x, x->ticks[i]);
		double half = LETTER_WIDTH * (double)strlen(number) / 2;
		if (at - half < free_from)
			continue;
		write_rule(at, bottom, at, bottom + 4, "rule", out);
		write_label(fmin(at, CHART_WIDTH - half), bottom + 15, "middle", "tick", number, out);
		free_from = at + half + LETTER_WIDTH;
	}
}

static void write_axes(const struct chart *chart, const struct axis *x, const struct axis *y, struct buf *out)
{
	char text[HTML_NUMBER_BYTES];
	struct buf name;
	buf_init(&name);
	write_label(2, 11, "start", "title", chart->y_title, out);
	for (size_t i = 0; i < y->tick_count; i++) {
		double at = place(y, y->ticks[i]);
		write_rule(x->from, at, x->to, at, "grid", out);
		write_label(x->from - 5, at + 3.5, "end", "tick", html_number(y->ticks[i], text), out);
	}
	write_rule(x->from, y->from, x->to, y->from, "rule", out);
	if (!chart->x_names)
		write_x_ticks(x, y->from, out);
	for (size_t i = 0; i < chart->x_name_count && chart->x_names; i++) {
		size_t letters = (size_t)((x->to - x->from) / (double)chart->x_name_count / LETTER_WIDTH);
		shorten(chart->x_names[i], letters > 3 ? letters - 1 : 2, &name);
		write_label(place(x, (double)i), y->from + 15, "middle", "tick", buf_text(&name), out);
	}
	write_label((x->from + x->to) / 2, HEIGHT - 5, "middle", "title", chart->x_title, out);
	buf_release(&name);
}

static bool is_drawn(const struct chart_point *point)
{
	return !isnan(point->x) && !isnan(point->y);
}

/* Draws the band that holds single runs as one closed line: along its upper edge, and back along its lower one. */
static void write_band(const struct chart *chart, size_t series, const struct axis *x, const struct axis *y,
		       struct buf *out)
{
	char command = 'M';
	for (int back = 0; back < 2; back++) {
		for (size_t k = 0; k < chart->count; k++) {
			const struct chart_point *point = &chart->points[back ? chart->count - 1 - k : k];
			if (point->series != series || !is_drawn(point) || isnan(point->band_low))
				continue;
			if (command == 'M')
				buf_printf(out, "<path class=\"band s%zu\" d=\"", series);
			buf_printf(out, "%c%.1f %.1f", command, place(x, point->x),
				   place(y, back ? point->band_low : point->band_high));
			command = 'L';
		}
	}
	if (command == 'L')
		buf_add(out, "z\"/>\n");
}

static void write_line(const struct chart *chart, size_t series, const struct axis *x, const struct axis *y,
		       struct buf *out)
{
	char command = 'M';
	for (size_t i = 0; i < chart->count; i++) {
		const struct chart_point *point = &chart->points[i];
		if (point->series != series || !is_drawn(point) || (chart->is_stepped && point->is_weak))
			continue;
		if (command == 'M')
			buf_printf(out, "<path class=\"line s%zu\" d=\"", series);
		buf_printf(out, "%c%.1f %.1f", command, place(x, point->x), place(y, point->y));
		command = 'L';
	}
	if (command == 'L')
		buf_add(out, "\"/>\n");
}

static void write_point(const struct chart_point *point, const struct axis *x, const struct axis *y, struct buf *out)
{
	double at_x = place(x, point->x);
	double at_y = place(y, point->y);
	double low = place(y, fmax(point->low, 0));
	double high = place(y, point->high);
	if (isfinite(point->high) && fabs(low - high) > 1)
		buf_printf(out, "<path class=\"error s%zu\" d=\"M%.1f %.1fV%.1fm-2.5 0h5M%.1f %.1fm-2.5 0h5\"/>\n",
			   point->series, at_x, low, high, at_x, low);
	buf_printf(out, "<path class=\"mark pt s%zu%s\" data-p=\"%zu\" d=\"", point->series,
		   point->is_weak ? " weak" : "", point->number);
	write_shape(point->series, at_x, at_y, out);
	buf_add(out, "\"/>\n");
	if (!point->note)
		return;
	bool is_right = at_x > (x->from + x->to) / 2;
	write_label(at_x + (is_right ? -7 : 7), at_y < TOP + 12 ? at_y + 13 : at_y - 6, is_right ? "end" : "start",
		    "note", point->note, out);
}

void chart_write(const struct chart *chart, struct buf *out)
{
	struct range x_range;
	struct range y_range;
	struct axis x = {.to = CHART_WIDTH - RIGHT};
	struct axis y = {.from = HEIGHT - BOTTOM, .to = TOP};
	find_ranges(chart, &x_range, &y_range);
	set_axis(&y, &y_range, !chart->is_stepped, LOG_Y_FROM);
	x.from = 12 + LETTER_WIDTH * (double)widest_tick(&y);
	if (chart->x_names) {
		x.low = -0.5;
		x.high = (double)chart->x_name_count - 0.5;
	} else {
		set_axis(&x, &x_range, false, LOG_X_FROM);
		if (chart->joins && !chart->is_stepped)
			mark_values(&x, chart);
	}
	begin_figure(chart->id, chart->title, chart->explanation, HEIGHT, out);
	write_axes(chart, &x, &y, out);
	for (size_t series = 0; series < chart->series_count; series++) {
		write_band(chart, series, &x, &y, out);
		if (chart->joins)
			write_line(chart, series, &x, &y, out);
	}
	for (size_t i = 0; i < chart->count; i++)
		if (is_drawn(&chart->points[i]))
			write_point(&chart->points[i], &x, &y, out);
	buf_add(out, "</svg>\n");
	write_legend(chart->series, chart->series ? chart->series_count : 0, false, out);
	buf_add(out, "</figure>\n");
}

/* --- stacked bars ----------------------------------------------------------------------------------------------- */

static double row_total(const struct stack *stack, const struct stack_row *row)
{
	double total = 0;
	for (size_t i = 0; i < stack->part_count; i++)
		total += row->parts[i];
	return total;
}

static size_t name_letters(const struct stack *stack)
{
	size_t most = 1;
	for (size_t i = 0; i < stack->row_count; i++) {
		size_t length = strlen(stack->rows[i].name);
		most = length > most ? length : most;
	}
	return most <= NAME_LETTERS_MAX ? most : NAME_LETTERS_MAX + 1; /* with what says that it goes on */
}

static void write_part(const struct stack *stack, const struct stack_row *row, size_t part, double from, double to,
		       double top, struct buf *out)
{
	static const double NARROWEST = 0.005; /* what is less is written as no width at all, and cannot be seen */
	char number[HTML_NUMBER_BYTES];
	double total = row_total(stack, row);
	if (to - from < NARROWEST)
		return;
	buf_printf(out, "<rect class=\"pt f%zu\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%d\"", part, from, top,
		   to - from, BAR_HEIGHT);
	if (row->has_point)
		buf_printf(out, " data-p=\"%zu\"", row->number);
	buf_add(out, " data-s=\"");
	html_printf(out, "%s: %s %s, %.3g %%", stack->parts[part], html_number(row->parts[part], number), stack->unit,
		    100 * row->parts[part] / total);
	buf_add(out, "\"/>\n");
}

static void write_bar(const struct stack *stack, const struct stack_row *row, const struct axis *x, double top,
		      struct buf *out)
{
	double sum = 0;
	for (size_t i = 0; i < stack->part_count; i++) {
		if (row->parts[i] > 0)
			write_part(stack, row, i, place(x, sum), place(x, sum + row->parts[i]), top, out);
		sum += row->parts[i];
	}
}

void stack_write(const struct stack *stack, struct buf *out)
{
	struct buf name;
	struct range range = {0, 0};
	struct axis x = {.from = 12 + NAME_LETTER_WIDTH * (double)name_letters(stack), .to = CHART_WIDTH - RIGHT};
	int height = STACK_TOP + BAR_PITCH * (int)stack->row_count + BOTTOM;
	buf_init(&name);
	for (size_t i = 0; i < stack->row_count; i++)
		extend(&range, row_total(stack, &stack->rows[i]));
	set_linear(&x, 0, range.high > 0 ? range.high : 1);
	begin_figure(stack->id, stack->title, stack->explanation, height, out);
	for (size_t i = 0; i < x.tick_count; i++) {
		double at = place(&x, x.ticks[i]);
		write_rule(at, STACK_TOP - 4, at, height - BOTTOM, i == 0 ? "rule" : "grid", out);
	}
	write_x_ticks(&x, height - BOTTOM, out);
	write_label((x.from + x.to) / 2, height - 6, "middle", "title", stack->x_title, out);
	for (size_t i = 0; i < stack->row_count; i++) {
		double top = STACK_TOP + BAR_PITCH * (double)i;
		shorten(stack->rows[i].name, NAME_LETTERS_MAX, &name);
		write_label(x.from - 6, top + BAR_HEIGHT - 3, "end", "tick", buf_text(&name), out);
		write_bar(stack, &stack->rows[i], &x, top, out);
	}
	buf_add(out, "</svg>\n");
	write_legend(stack->parts, stack->part_count, true, out);
	buf_add(out, "</figure>\n");
	buf_release(&name);
}
