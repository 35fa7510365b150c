/* Figures of one run that was watched: calls and sandboxes over time, the distribution of its records' times. */
#include <math.h>

#include "base/num.h"
#include "report/figure_axis.h"
#include "report/figure_rows.h"

/* --- sandboxes over time ----------------------------------------------------------------------------------------- */

static void put_bins(struct figure_sheet *sheet, const struct run_watch *watch)
{
	static const char *const columns[] = {"seconds", "calls", "busy_sandboxes", "idle_sandboxes", "utilisation"};
	struct csv *csv = &sheet->csv;
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		csv_text(csv, columns[i]);
	csv_end_row(csv);
	for (size_t i = 0; i < watch->bin_count; i++) {
		const struct watch_bin *bin = &watch->bins[i];
		double sandboxes = bin->busy + bin->idle;
		csv_double(csv, (double)i * watch->bin_seconds);
		csv_double(csv, bin->calls);
		csv_double(csv, bin->busy);
		csv_double(csv, bin->idle);
		csv_double(csv, sandboxes > 0 ? bin->busy / sandboxes : 0);
		csv_end_row(csv);
	}
}

bool figure_fill_sandboxes(const struct figure *figure, const struct figure_data *data,
			   const struct figure_choice *choice, struct figure_sheet *sheet)
{
	const struct run_watch *watch = data->watch;
	struct arena arena;
	if (!watch->has_sandboxes) {
		buf_add(sheet->why, "there are no sandboxes: the platform is a machine");
		return false;
	}
	double most = 0;
	for (size_t i = 0; i < watch->bin_count; i++)
		most = fmax(most, fmax(watch->bins[i].busy + watch->bins[i].idle, watch->bins[i].calls));
	arena_init(&arena);
	double end = (double)watch->bin_count * watch->bin_seconds;
	struct figure_unit unit = figure_unit_of(METRIC_MAKESPAN_SECONDS, end, &arena);
	figure_set_number(sheet, "time_factor", unit.factor);
	figure_set_text(sheet, "time_title", arena_printf(&arena, "time since the start, %s", unit.short_unit));
	figure_set_number(sheet, "time_high", end * unit.factor);
	figure_set_text(sheet, "setting", watch->setting);
	figure_set_number(sheet, "most", num_rounded(1.08 * fmax(most, 1), 4));
	put_bins(sheet, watch);
	arena_release(&arena);
	return true;
}

/* --- times of records -------------------------------------------------------------------------------------------- */

enum { LATENCY_BINS = 60 };

/* Bins of equal width, or of equal ratio where the longest time is many times the shortest. */
struct distribution {
	const struct histogram *times;
	double low;
	double high;
	bool is_log;
	double counts[LATENCY_BINS];
};

static const double log_from_ratio = 20;

static double bin_edge(const struct distribution *distribution, size_t bin)
{
	double share = (double)bin / LATENCY_BINS;
	if (distribution->is_log)
		return distribution->low * pow(distribution->high / distribution->low, share);
	return distribution->low + share * (distribution->high - distribution->low);
}

static size_t bin_of(const struct distribution *distribution, double seconds)
{
	size_t bin = 0;
	while (bin + 1 < LATENCY_BINS && seconds >= bin_edge(distribution, bin + 1))
		bin++;
	return bin;
}

/*
 * Very many times are known by buckets only, whose edges are not the bins'. A bucket's records are spread over its
 * width: counted at its middle, they would make every other bin a tooth.
 */
static void count_record(void *context, int64_t value, int64_t count)
{
	struct distribution *distribution = context;
	double width = seconds_from_ns(histogram_width_at(distribution->times, value));
	double from = seconds_from_ns(value) - width / 2;
	double to = from + width;
	size_t last = bin_of(distribution, to);
	for (size_t bin = bin_of(distribution, from); bin <= last; bin++) {
		double begin = bin == 0 ? from : fmax(from, bin_edge(distribution, bin));
		double end = bin == last ? to : fmin(to, bin_edge(distribution, bin + 1));
		distribution->counts[bin] += width > 0 ? (double)count * (end - begin) / width : (double)count;
	}
}

static void put_distribution(struct figure_sheet *sheet, const struct distribution *distribution, int64_t records)
{
	static const char *const columns[] = {"from_seconds", "to_seconds", "records", "share", "share_within"};
	struct csv *csv = &sheet->csv;
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		csv_text(csv, columns[i]);
	csv_end_row(csv);
	double within = 0;
	for (size_t i = 0; i < LATENCY_BINS; i++) {
		double before = within;
		within += distribution->counts[i];
		csv_double(csv, bin_edge(distribution, i));
		csv_double(csv, bin_edge(distribution, i + 1));
		csv_int(csv, llround(within) - llround(before));
		csv_double(csv, num_rounded(distribution->counts[i] / (double)records, 12));
		csv_double(csv, num_rounded(within / (double)records, 12));
		csv_end_row(csv);
	}
}

/* All with as many digits behind the point as three of the least take. */
static void set_quantiles(struct figure_sheet *sheet, const struct histogram *times, const struct figure_unit *unit,
			  struct arena *arena)
{
	static const double shares[] = {0.50, 0.95, 0.99};
	const char *names[ARRAY_LEN(shares)];
	int decimals = 0;
	buf_printf(&sheet->settings, "array quantiles[%zu]\n", ARRAY_LEN(shares));
	for (size_t i = 0; i < ARRAY_LEN(shares); i++) {
		double value = unit->factor * seconds_from_ns(histogram_quantile(times, shares[i]));
		if (i == 0 && value > 0)
			decimals = (int)fmin(6, fmax(0, 2 - floor(log10(value))));
		names[i] = arena_printf(arena, "P%.0f %.*f %s", 100 * shares[i], decimals, value, unit->short_unit);
		buf_printf(&sheet->settings, "quantiles[%zu] = %.9g\n", i + 1, value);
	}
	figure_set_texts(sheet, "names", names, ARRAY_LEN(shares));
}

static void fill_latency(struct figure_sheet *sheet, const struct histogram *times, struct arena *arena)
{
	struct distribution distribution = {
		.times = times,
		.low = seconds_from_ns(histogram_quantile(times, 0)),
		.high = seconds_from_ns(histogram_quantile(times, 1)),
	};
	distribution.is_log = distribution.low > 0 && distribution.high / distribution.low >= log_from_ratio;
	if (distribution.low == distribution.high) {
		distribution.low *= 0.95;
		distribution.high = distribution.high > 0 ? distribution.high * 1.05 : 1;
	}
	histogram_each(times, count_record, &distribution);
	double most = 0;
	for (size_t i = 0; i < LATENCY_BINS; i++)
		most = fmax(most, distribution.counts[i]);
	struct figure_unit unit = figure_unit_of(METRIC_RECORD_SECONDS, distribution.high, arena);
	double ends[] = {unit.factor * distribution.low, unit.factor * distribution.high};
	figure_set_number(sheet, "time_factor", unit.factor);
	figure_set_text(sheet, "time_title",
			arena_printf(arena, "%s (%lld records of one run)", unit.title, (long long)times->count));
	figure_set_axis(sheet, &(struct figure_axis){.name = "x",
						     .values = ends,
						     .count = ARRAY_LEN(ends),
						     .log_from_ratio = distribution.is_log ? 1 : (double)INFINITY});
	figure_set_number(sheet, "most", num_rounded(100 * most / (double)times->count, 4));
	set_quantiles(sheet, times, &unit, arena);
	put_distribution(sheet, &distribution, times->count);
}

bool figure_fill_latency(const struct figure *figure, const struct figure_data *data,
			 const struct figure_choice *choice, struct figure_sheet *sheet)
{
	const struct histogram *times = &data->watch->outcome.record_times;
	struct arena arena;
	if (times->count == 0) {
		buf_add(sheet->why, "no record was completed");
		return false;
	}
	arena_init(&arena);
	figure_set_text(sheet, "setting", data->watch->setting);
	fill_latency(sheet, times, &arena);
	arena_release(&arena);
	return true;
}
