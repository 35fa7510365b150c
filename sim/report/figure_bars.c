/*
 * Figures of bars: the bill and its lines, a call's time and where it went, memory needed and paid. A bar stands for a
 * point; what is of functions has a picture for each of them, and of one point a bar for each of them.
 */
#include <math.h>
#include <string.h>

#include "report/figure_axis.h"
#include "report/figure_keys.h"
#include "report/figure_rows.h"

/* BARS_MAX: more would have no room for their names. */
enum { BARS_MAX = 40, BARS_WITH_TOTALS_MAX = 14, BARS_BESIDE_MAX = 8, PANELS_MAX = 8, PARTS_MAX = BILL_ITEMS };

/* Bars side by side in panels; each is a point, or a function of it. */
struct bars {
	const struct figure_data *data;
	struct figure_keys keys;
	bool of_functions;
	size_t bar_count; /* of a panel */
	size_t panel_count;
	const char *title; /* of their axis */
	const char **labels;
};

/* By what varies, or by the functions of the only point. */
static void name_bars(struct bars *bars)
{
	const struct figure_data *data = bars->data;
	struct arena *arena = &bars->keys.arena;
	bool is_single = data->point_count == 1;
	bars->title = is_single ? "" : figure_keys_title(&bars->keys);
	bars->labels = ARENA_ARRAY(arena, const char *, bars->bar_count);
	for (size_t i = 0; i < bars->bar_count; i++) {
		if (is_single)
			bars->labels[i] = bars->of_functions ? data->points[0].result.functions[i].name : data->name;
		else
			bars->labels[i] = figure_keys_values(&bars->keys, i);
	}
}

static bool bars_init(struct bars *bars, const struct figure_data *data, bool of_functions, struct buf *why)
{
	*bars = (struct bars){.data = data, .of_functions = of_functions};
	figure_keys_init(&bars->keys, data);
	const struct run_result *first = &data->points[0].result;
	bool is_single = data->point_count == 1;
	bars->bar_count = is_single && of_functions ? first->function_count : data->point_count;
	bars->panel_count = is_single || !of_functions ? 1 : first->function_count;
	if (of_functions && first->function_count == 0)
		buf_add(why, "there are no functions: the platform is a machine");
	else if (bars->bar_count > BARS_MAX)
		buf_printf(why, "%zu bars are too many (%d at most): --only KEY=VALUE takes some", bars->bar_count,
			   BARS_MAX);
	else if (bars->panel_count > PANELS_MAX)
		buf_printf(why, "it has a picture for each function, and %zu are too many (%d at most)",
			   bars->panel_count, PANELS_MAX);
	for (size_t i = 1; of_functions && i < data->point_count && why->length == 0; i++)
		if (data->points[i].result.function_count != first->function_count)
			buf_add(why, "points differ in their functions: --only KEY=VALUE takes some");
	if (why->length > 0)
		return false;
	name_bars(bars);
	return true;
}

static void bars_release(struct bars *bars)
{
	figure_keys_release(&bars->keys);
}

/* The point, and the function of it, that a bar of a panel stands for. */
static const struct figure_point *bars_point(const struct bars *bars, size_t bar)
{
	return &bars->data->points[bars->data->point_count == 1 ? 0 : bar];
}

static const struct function_result *bars_function(const struct bars *bars, size_t panel, size_t bar)
{
	return &bars_point(bars, bar)->result.functions[bars->data->point_count == 1 ? bar : panel];
}

static void set_bars(struct figure_sheet *sheet, struct bars *bars)
{
	const char *titles[PANELS_MAX];
	const struct run_result *first = &bars->data->points[0].result;
	for (size_t i = 0; i < bars->panel_count; i++)
		titles[i] = bars->panel_count > 1 ? first->functions[i].name : "";
	figure_set_texts(sheet, "panels", titles, bars->panel_count);
	buf_printf(&sheet->settings, "array firsts[%zu]\narray lasts[%zu]\n", bars->panel_count, bars->panel_count);
	for (size_t i = 0; i < bars->panel_count; i++)
		buf_printf(&sheet->settings, "firsts[%zu] = %zu\nlasts[%zu] = %zu\n", i + 1, i * bars->bar_count, i + 1,
			   (i + 1) * bars->bar_count - 1);
	figure_set_number(sheet, "bars", (double)bars->bar_count);
	figure_set_text(sheet, "bars_title", bars->title);
	int beside = bars->panel_count > 1 && bars->bar_count <= BARS_BESIDE_MAX ? 2 : 1;
	figure_set_number(sheet, "across", beside);
	double turned = figure_set_categories(sheet, "x", bars->labels, bars->bar_count, 0, beside);
	figure_set_number(sheet, "turned", ceil(turned));
	figure_set_number(sheet, "totals", bars->bar_count * (size_t)beside <= BARS_WITH_TOTALS_MAX);
}

/* Of each panel's axis: its highest bar, and room for a number above it. */
static void set_highs(struct figure_sheet *sheet, const double *highs, size_t count)
{
	buf_printf(&sheet->settings, "array highs[%zu]\n", count);
	for (size_t i = 0; i < count; i++)
		buf_printf(&sheet->settings, "highs[%zu] = %.6g\n", i + 1, highs[i] > 0 ? 1.12 * highs[i] : 1);
}

static void put_bar_head(struct figure_sheet *sheet, const struct bars *bars)
{
	csv_text(&sheet->csv, "point");
	for (size_t i = 0; i < bars->keys.count; i++)
		csv_text(&sheet->csv, bars->keys.keys[i].name);
	if (bars->of_functions)
		csv_text(&sheet->csv, "function");
}

static void put_bar(struct figure_sheet *sheet, struct bars *bars, size_t panel, size_t bar)
{
	const struct figure_point *point = bars_point(bars, bar);
	csv_int(&sheet->csv, point->ordinal + 1);
	for (size_t i = 0; i < bars->keys.count; i++)
		figure_put_value(&sheet->csv, &point->values[bars->keys.keys[i].index], &bars->keys.arena);
	if (bars->of_functions)
		figure_put_text(&sheet->csv, bars_function(bars, panel, bar)->name);
}

/* --- stacks ------------------------------------------------------------------------------------------------------ */

/* Parts that a bar is made of: columns, names and values, part by part of bar by bar. */
struct stack {
	const char *columns[PARTS_MAX];
	const char *titles[PARTS_MAX];
	size_t numbers[PARTS_MAX]; /* of the part, before empty ones were dropped */
	bool has_own_colours;      /* time_fills of the style, by number; else its fills, one after the other */
	bool is_open;              /* the last part is cut where it would flatten the others */
	size_t part_count;
	double *values; /* [(panel * bars + bar) * PARTS_MAX + part] */
};

static void stack_init(struct stack *stack, struct bars *bars)
{
	*stack = (struct stack){
		.values = ARENA_ARRAY(&bars->keys.arena, double, bars->panel_count * bars->bar_count * PARTS_MAX)};
}

static double highest_bar(const double *values, size_t bar_count, size_t part_count)
{
	double most = 0;
	for (size_t bar = 0; bar < bar_count; bar++) {
		double sum = 0;
		for (size_t part = 0; part < part_count; part++)
			sum += values[bar * PARTS_MAX + part];
		most = fmax(most, sum);
	}
	return most;
}

/* Parts that are nowhere any, but for what rounding leaves, are left out. */
static void drop_empty_parts(struct stack *stack, size_t bar_count)
{
	size_t kept = 0;
	size_t last = stack->part_count - 1;
	double least = 1e-9 * highest_bar(stack->values, bar_count, stack->part_count);
	for (size_t part = 0; part < stack->part_count; part++) {
		bool any = false;
		for (size_t bar = 0; bar < bar_count; bar++)
			any = any || stack->values[bar * PARTS_MAX + part] > least;
		if (!any)
			continue;
		stack->columns[kept] = stack->columns[part];
		stack->titles[kept] = stack->titles[part];
		stack->numbers[kept] = part;
		for (size_t bar = 0; bar < bar_count; bar++)
			stack->values[bar * PARTS_MAX + kept] = stack->values[bar * PARTS_MAX + part];
		kept++;
	}
	stack->part_count = kept;
	stack->is_open = stack->is_open && kept > 1 && stack->numbers[kept - 1] == last;
}

static void put_stack_rows(struct figure_sheet *sheet, struct bars *bars, const struct stack *stack)
{
	struct csv *csv = &sheet->csv;
	put_bar_head(sheet, bars);
	for (size_t part = 0; part < stack->part_count; part++)
		csv_text(csv, stack->columns[part]);
	csv_text(csv, "total");
	csv_end_row(csv);
	for (size_t i = 0; i < bars->panel_count * bars->bar_count; i++) {
		double total = 0;
		put_bar(sheet, bars, i / bars->bar_count, i % bars->bar_count);
		for (size_t part = 0; part < stack->part_count; part++) {
			csv_double(csv, stack->values[i * PARTS_MAX + part]);
			total += stack->values[i * PARTS_MAX + part];
		}
		csv_double(csv, total);
		csv_end_row(csv);
	}
}

static void set_colours(struct figure_sheet *sheet, const struct stack *stack)
{
	buf_printf(&sheet->settings, "array colours[%zu]\n", stack->part_count);
	for (size_t i = 0; i < stack->part_count; i++)
		if (stack->has_own_colours)
			buf_printf(&sheet->settings, "colours[%zu] = time_fills[%zu]\n", i + 1, stack->numbers[i] + 1);
		else
			buf_printf(&sheet->settings, "colours[%zu] = fills[%zu %% |fills| + 1]\n", i + 1, i);
}

/*
 * Of each panel's axis: its highest bar. Where the last part is many times all others, bars are cut above these; 0:
 * none is.
 */
static void set_stack_highs(struct figure_sheet *sheet, const struct bars *bars, const struct stack *stack,
			    double factor)
{
	static const double cut_from_ratio = 4;
	static const double cut_at_ratio = 1.5;
	double highs[PANELS_MAX];
	buf_printf(&sheet->settings, "array cuts[%zu]\n", bars->panel_count);
	for (size_t i = 0; i < bars->panel_count; i++) {
		const double *values = &stack->values[i * bars->bar_count * PARTS_MAX];
		double others = highest_bar(values, bars->bar_count, stack->part_count - 1);
		highs[i] = factor * highest_bar(values, bars->bar_count, stack->part_count);
		bool is_cut = stack->is_open && others > 0 && highs[i] > cut_from_ratio * factor * others;
		if (is_cut)
			highs[i] = cut_at_ratio * factor * others;
		buf_printf(&sheet->settings, "cuts[%zu] = %.6g\n", i + 1, is_cut ? highs[i] : 0);
	}
	set_highs(sheet, highs, bars->panel_count);
}

static bool fill_stack(struct figure_sheet *sheet, struct bars *bars, struct stack *stack, enum metric_id metric,
		       const char *title)
{
	size_t count = bars->panel_count * bars->bar_count;
	drop_empty_parts(stack, count);
	double most = highest_bar(stack->values, count, stack->part_count);
	if (stack->part_count == 0) {
		buf_add(sheet->why, "all of it is 0");
		return false;
	}
	struct figure_unit unit = figure_unit_of(metric, most, &bars->keys.arena);
	figure_set_texts(sheet, "parts", stack->columns, stack->part_count);
	figure_set_texts(sheet, "titles", stack->titles, stack->part_count);
	set_colours(sheet, stack);
	figure_set_number(sheet, "factor", unit.factor);
	figure_set_text(sheet, "value_title",
			title ? arena_printf(&bars->keys.arena, "%s, %s", title, unit.short_unit) : unit.title);
	set_stack_highs(sheet, bars, stack, unit.factor);
	set_bars(sheet, bars);
	put_stack_rows(sheet, bars, stack);
	return true;
}

/* --- the bill ---------------------------------------------------------------------------------------------------- */

static bool fill_bill(struct figure_sheet *sheet, struct bars *bars)
{
	struct stack stack;
	stack_init(&stack, bars);
	for (int item = 0; item < BILL_ITEMS; item++) {
		char *column = arena_printf(&bars->keys.arena, "%s_usd", bill_rows[item].name);
		for (char *c = column; *c; c++)
			if (*c == ' ')
				*c = '_';
		stack.columns[item] = column;
		stack.titles[item] = bill_rows[item].name;
		for (size_t bar = 0; bar < bars->bar_count; bar++)
			stack.values[bar * PARTS_MAX + (size_t)item] =
				bars_point(bars, bar)->result.bill.lines[item].usd;
	}
	stack.part_count = BILL_ITEMS;
	return fill_stack(sheet, bars, &stack, METRIC_COST_USD, NULL);
}

bool figure_fill_bill(const struct figure *figure, const struct figure_data *data, const struct figure_choice *choice,
		      struct figure_sheet *sheet)
{
	struct bars bars;
	bool ok = bars_init(&bars, data, false, sheet->why) && fill_bill(sheet, &bars);
	bars_release(&bars);
	return ok;
}

/* --- a call's time ----------------------------------------------------------------------------------------------- */

enum {
	NO_PHASES = 0,
	IMPORT_PHASES = 1U << WORK_IMPORT,
	WEIGHT_PHASES = 1U << WORK_WEIGHTS_GET | 1U << WORK_WEIGHTS_LOAD
};

/* Causes of time, put together as people speak of them; what may be longer than all others together stands last. */
static const struct time_part {
	const char *column;
	const char *title;
	unsigned causes;
	unsigned phases; /* loading when cold is told apart by its phases; NO_PHASES: all of the causes */
} time_parts[] = {
	{"start_seconds", "start", 1U << CAUSE_COLD_START | 1U << CAUSE_WARM_START, NO_PHASES},
	{"import_seconds", "import", 1U << CAUSE_LOAD, IMPORT_PHASES},
	{"load_seconds", "load weights", 1U << CAUSE_LOAD, WEIGHT_PHASES},
	{"cold_seconds", "other when cold", 1U << CAUSE_LOAD, ~(unsigned)(IMPORT_PHASES | WEIGHT_PHASES)},
	{"wait_seconds", "wait", 1U << CAUSE_WAIT, NO_PHASES},
	{"store_seconds", "store", 1U << CAUSE_LATENCY | 1U << CAUSE_STREAM | 1U << CAUSE_NETWORK | 1U << CAUSE_CARD,
	 NO_PHASES},
	{"compute_seconds", "compute", 1U << CAUSE_COMPUTE | 1U << CAUSE_DEVICE, NO_PHASES},
	{"throttled_seconds", "throttled", 1U << CAUSE_THROTTLED, NO_PHASES},
	{"sharing_seconds", "sharing a sandbox", 1U << CAUSE_INSTANCE, NO_PHASES},
	{"client_seconds", "to and from the client", 1U << CAUSE_CLIENT, NO_PHASES},
	{"queue_seconds", "queue", 1U << CAUSE_QUEUE, NO_PHASES},
};

static double sum_of_phases(const struct function_result *function, unsigned phases)
{
	double sum = 0;
	for (int phase = 0; phase < WORK_PHASES; phase++)
		sum += phases >> phase & 1 ? function->phase_seconds[phase] : 0;
	return sum;
}

/*
 * Import and weights are phases that are nothing but loading when cold; what is left of that cause (a stated function's
 * cold_cpu_seconds is within its other phases) stands apart.
 */
static double part_seconds(const struct function_result *function, const struct time_part *part)
{
	double seconds = 0;
	for (int cause = 0; cause < CAUSES; cause++)
		seconds += part->causes >> cause & 1 ? function->cause_seconds[cause] : 0;
	if (part->phases == NO_PHASES)
		return seconds;
	double import = fmin(seconds, sum_of_phases(function, IMPORT_PHASES));
	double weights = fmin(seconds - import, sum_of_phases(function, WEIGHT_PHASES));
	if (part->phases == IMPORT_PHASES)
		return import;
	return part->phases == WEIGHT_PHASES ? weights : seconds - import - weights;
}

static bool fill_time(struct figure_sheet *sheet, struct bars *bars)
{
	struct stack stack;
	stack_init(&stack, bars);
	stack.part_count = ARRAY_LEN(time_parts);
	stack.has_own_colours = true;
	stack.is_open = true;
	CHECK(stack.part_count <= PARTS_MAX);
	for (size_t part = 0; part < stack.part_count; part++) {
		stack.columns[part] = time_parts[part].column;
		stack.titles[part] = time_parts[part].title;
		for (size_t i = 0; i < bars->panel_count * bars->bar_count; i++)
			stack.values[i * PARTS_MAX + part] = part_seconds(
				bars_function(bars, i / bars->bar_count, i % bars->bar_count), &time_parts[part]);
	}
	return fill_stack(sheet, bars, &stack, METRIC_RECORD_SECONDS, "time of a call");
}

bool figure_fill_time(const struct figure *figure, const struct figure_data *data, const struct figure_choice *choice,
		      struct figure_sheet *sheet)
{
	struct bars bars;
	bool ok = bars_init(&bars, data, true, sheet->why) && fill_time(sheet, &bars);
	bars_release(&bars);
	return ok;
}

/* --- memory ------------------------------------------------------------------------------------------------------ */

static bool fill_memory(struct figure_sheet *sheet, struct bars *bars)
{
	struct csv *csv = &sheet->csv;
	double highs[PANELS_MAX] = {0};
	bool is_known = false;
	put_bar_head(sheet, bars);
	csv_text(csv, "memory_mb");
	csv_text(csv, "peak_memory_mb");
	csv_text(csv, function_metrics[FUNCTION_METRIC_IDLE_MEMORY_SHARE].name);
	csv_end_row(csv);
	for (size_t i = 0; i < bars->panel_count * bars->bar_count; i++) {
		size_t panel = i / bars->bar_count;
		size_t bar = i % bars->bar_count;
		const struct function_result *function = bars_function(bars, panel, bar);
		put_bar(sheet, bars, panel, bar);
		is_known = is_known || function->peak_memory_mb > 0;
		csv_int(csv, function->memory_mb);
		csv_double(csv, function->peak_memory_mb);
		csv_double(csv, function->metrics[FUNCTION_METRIC_IDLE_MEMORY_SHARE].mean);
		csv_end_row(csv);
		highs[panel] = fmax(highs[panel], fmax((double)function->memory_mb, function->peak_memory_mb));
	}
	if (!is_known)
		buf_add(sheet->why, "what memory its functions need is not stated");
	set_highs(sheet, highs, bars->panel_count);
	set_bars(sheet, bars);
	return is_known;
}

bool figure_fill_memory(const struct figure *figure, const struct figure_data *data, const struct figure_choice *choice,
			struct figure_sheet *sheet)
{
	struct bars bars;
	bool ok = bars_init(&bars, data, true, sheet->why) && fill_memory(sheet, &bars);
	bars_release(&bars);
	return ok;
}
