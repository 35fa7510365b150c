#include "report/trust.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "stats/summary.h"

static const char FILE_NAME[] = "configs/validation/errors/mechanisms.yaml";

/* Of runs in a band. */
static const double INSIDE = 0.9;

/* How sure an estimate's interval is of the mean. */
static const double ESTIMATED = 0.95;

/* Handlers that are throttled and end within so many periods of the quota end in its steps. */
enum { STEPPED_PERIODS = 10 };

static const struct bind_field mechanism_fields[] = {
	BIND_FIELD(struct trust_mechanism, name, BIND_TEXT, .required = true, .help = "as claims call it"),
	BIND_FIELD(struct trust_mechanism, rows, BIND_INT, .required = true, .min = 1, .max = 1e9,
		   .help = "of measurements that took no part in fitting"),
	BIND_FIELD(struct trust_mechanism, error_percent, BIND_DOUBLE, .required = true, .min = 0, .max = 1e4,
		   .help = "root mean square of measured over predicted, less 1"),
	BIND_END,
};

static const struct bind_schema mechanism_schema = {
	.title = "a mechanism", .bytes = sizeof(struct trust_mechanism), .fields = mechanism_fields};

static const struct bind_field trust_fields[] = {
	BIND_FIELD(struct trust, deviations, BIND_DOUBLE, .required = true, .min = 0.1, .max = 100,
		   .help = "hold nine tenths of the held-out measurements"),
	BIND_FIELD(struct trust, mechanisms, BIND_STRUCT_LIST, .required = true, .schema = &mechanism_schema,
		   .help = "errors by mechanism"),
	BIND_END,
};

static const struct bind_schema trust_schema = {
	.title = "errors by mechanism", .bytes = sizeof(struct trust), .fields = trust_fields};

bool trust_load(struct trust *trust, struct arena *arena, struct diag *diag)
{
	const char *path = data_file_find(FILE_NAME, arena);
	if (!path) {
		diag_error(diag, (struct diag_place){0}, "the file '%s' that comes with the program was not found",
			   FILE_NAME);
		return false;
	}
	bool io_failed = false;
	const struct yaml_node *root = yaml_read(path, arena, diag, &io_failed);
	return root && bind_map(&trust_schema, root, trust, arena, diag);
}

static double error_percent(const struct trust *trust, const char *mechanism)
{
	const struct trust_mechanism *rows = trust->mechanisms.items;
	for (size_t i = 0; i < trust->mechanisms.count; i++)
		if (strcmp(rows[i].name, mechanism) == 0)
			return rows[i].error_percent;
	return 0;
}

/* What a cause's time and money rest on; NULL: on nothing that can be wrong, or on what the others do. */
static const char *mechanism_of(enum cause cause, bool is_stepped)
{
	static const char *const mechanisms[CAUSES] = {
		[CAUSE_COLD_START] = "cold start",     [CAUSE_LOAD] = "cold start",     [CAUSE_LATENCY] = "S3 requests",
		[CAUSE_STREAM] = "S3 transfer",        [CAUSE_NETWORK] = "S3 transfer", [CAUSE_CARD] = "S3 transfer",
		[CAUSE_INSTANCE] = "shared instances", [CAUSE_COMPUTE] = "CPU share",   [CAUSE_THROTTLED] = "CPU share",
	};
	bool is_cpu = cause == CAUSE_COMPUTE || cause == CAUSE_THROTTLED;
	return is_cpu && is_stepped ? "CPU quota steps" : mechanisms[cause];
}

static bool is_stepped(const struct function_result *function, const struct platform *platform)
{
	double handler = function_result_metric(function, FUNCTION_METRIC_DURATION_MEAN_SECONDS)->mean;
	return function->cause_seconds[CAUSE_THROTTLED] > 0 && handler < STEPPED_PERIODS * platform->cpu.period_seconds;
}

static void add_part(struct trust_band *band, const char *mechanism, double share)
{
	for (size_t i = 0; i < band->part_count; i++) {
		if (strcmp(band->parts[i].mechanism, mechanism) != 0)
			continue;
		band->parts[i].share += share;
		return;
	}
	CHECK(band->part_count < TRUST_PARTS_MAX);
	band->parts[band->part_count++] = (struct trust_part){.mechanism = mechanism, .share = share};
}

/* A function's causes, in seconds of all its calls or in dollars. */
static void add_causes(struct trust_band *band, const struct function_result *function, const struct platform *platform,
		       const double *causes, double times)
{
	bool stepped = is_stepped(function, platform);
	for (int cause = 0; cause < CAUSES; cause++) {
		const char *mechanism = mechanism_of((enum cause)cause, stepped);
		if (mechanism && causes[cause] > 0)
			add_part(band, mechanism, times * causes[cause]);
	}
}

static int compare_parts(const void *a, const void *b)
{
	const struct trust_part *x = a;
	const struct trust_part *y = b;
	double first = x->share * x->error_percent;
	double second = y->share * y->error_percent;
	return first != second ? (first < second) - (first > second) : strcmp(x->mechanism, y->mechanism);
}

/* Sums become shares of the whole; what has no error is not told. */
static double model_deviation(const struct trust *trust, struct trust_band *band, double whole)
{
	double squares = 0;
	size_t kept = 0;
	for (size_t i = 0; i < band->part_count; i++) {
		struct trust_part part = band->parts[i];
		part.share = whole > 0 ? part.share / whole : 0;
		part.error_percent = error_percent(trust, part.mechanism);
		double deviation = part.share * part.error_percent / 100;
		squares += deviation * deviation;
		if (deviation > 0)
			band->parts[kept++] = part;
	}
	band->part_count = kept;
	qsort(band->parts, kept, sizeof band->parts[0], compare_parts);
	return sqrt(squares);
}

/* Another run is as far from the mean as one replication, and the mean is not known better than it is. */
static struct trust_spread spread_around(double mean, double deviation, int64_t count)
{
	double factor = student_t_factor((double)(count - 1), INSIDE);
	double half_width = factor * deviation * sqrt(1 + 1 / (double)count);
	return (struct trust_spread){mean, mean - half_width, mean + half_width};
}

struct trust_spread trust_spread_of(const double *samples, int64_t count)
{
	struct summary summary;
	summary_init(&summary);
	for (int64_t i = 0; i < count; i++)
		summary_add(&summary, samples[i]);
	double mean = summary_mean(&summary);
	if (count < 2)
		return (struct trust_spread){mean, mean, mean};
	return spread_around(mean, summary_deviation(&summary), count);
}

struct trust_spread trust_spread_of_estimate(const struct estimate *estimate, int64_t count)
{
	double mean = estimate->mean;
	if (count < 2 || !isfinite(estimate->half_width))
		return (struct trust_spread){mean, mean, mean};
	double of_mean = estimate->half_width / student_t_factor((double)(count - 1), ESTIMATED);
	return spread_around(mean, of_mean * sqrt((double)count), count);
}

static void set_limits(const struct trust *trust, struct trust_band *band, double whole, struct trust_spread luck)
{
	double model = trust->deviations * model_deviation(trust, band, whole) * luck.center;
	band->low = fmax(0, luck.center - hypot(model, luck.center - luck.low));
	band->high = luck.center + hypot(model, luck.high - luck.center);
}

struct trust_band trust_band_of_time(const struct trust *trust, const struct platform *platform,
				     const struct run_result *result, struct trust_spread luck)
{
	struct trust_band band = {0};
	double whole = 0;
	for (size_t i = 0; i < result->function_count; i++) {
		const struct function_result *function = &result->functions[i];
		double calls = function_result_metric(function, FUNCTION_METRIC_INVOCATIONS)->mean;
		add_causes(&band, function, platform, function->cause_seconds, calls);
		/* Who waits for a place waits for what the others take. */
		whole += calls * (cause_sum(function->cause_seconds) - function->cause_seconds[CAUSE_QUEUE]);
	}
	set_limits(trust, &band, whole, luck);
	return band;
}

struct trust_band trust_band_of_cost(const struct trust *trust, const struct platform *platform,
				     const struct run_result *result, struct trust_spread luck)
{
	struct trust_band band = {0};
	double whole = 0;
	for (size_t i = 0; i < result->function_count; i++) {
		add_causes(&band, &result->functions[i], platform, result->functions[i].cause_usd, 1);
		whole += cause_sum(result->functions[i].cause_usd);
	}
	set_limits(trust, &band, whole, luck);
	return band;
}

void trust_describe(const struct trust_band *band, struct buf *out)
{
	for (size_t i = 0; i < band->part_count; i++)
		buf_printf(out, "%s%s %.2g %%", i == 0 ? "validate: " : ", ", band->parts[i].mechanism,
			   band->parts[i].error_percent);
	if (band->part_count == 0)
		buf_add(out, "no mechanism that was validated");
}

bool trust_is_toss_up(const struct trust_band *first, double first_value, const struct trust_band *second,
		      double second_value)
{
	return first->low <= second_value && second_value <= first->high && second->low <= first_value &&
	       first_value <= second->high;
}
