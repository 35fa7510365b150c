#include "report/trust.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "report/advice.h"
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

static bool is_stepped(const struct function_result *function, const struct platform *platform)
{
	double handler = function_result_metric(function, FUNCTION_METRIC_DURATION_MEAN_SECONDS)->mean;
	return function->cause_seconds[CAUSE_THROTTLED] > 0 && handler < STEPPED_PERIODS * platform->cpu.period_seconds;
}

static bool alternates(const struct work *work)
{
	for (int i = 0; i < WORK_PHASES; i++)
		if (work->phases[i].pieces > 1)
			return true;
	return false;
}

struct trust_basis trust_basis_of(const struct setting *setting)
{
	struct trust_basis basis = {.platform = setting->platform};
	CHECK(setting->function_count <= SETTING_FUNCTIONS_MAX);
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct setting_function *function = &setting->functions[i];
		basis.arm64 |= (uint64_t)function->sandbox.is_arm64 << i;
		basis.in_turns |= (uint64_t)alternates(&function->work) << i;
		basis.profiled |= (uint64_t)function->work.is_carried_over << i;
	}
	return basis;
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

/*
 * Adds the mechanisms that CPU time rests on: each of the list below that applies, and the share of a vCPU where none
 * does.
 */
static void add_cpu(struct trust_band *band, const struct trust_basis *basis, const struct run_result *result, size_t i,
		    double share)
{
	const struct {
		bool is_so;
		const char *mechanism;
	} grounds[] = {
		{basis->profiled >> i & 1, "DL inference, never measured"},
		{basis->arm64 >> i & 1, "CPU share, arm64"},
		{basis->in_turns >> i & 1, "CPU and waiting in turns"},
		{is_stepped(&result->functions[i], basis->platform), "CPU quota steps"},
	};
	bool is_any = false;
	for (size_t k = 0; k < ARRAY_LEN(grounds); k++) {
		if (grounds[k].is_so)
			add_part(band, grounds[k].mechanism, share);
		is_any = is_any || grounds[k].is_so;
	}
	if (!is_any)
		add_part(band, "CPU share", share);
}

/* A function's causes, in seconds of all its calls or in dollars; some rest on nothing that can be wrong. */
static void add_causes(struct trust_band *band, const struct trust_basis *basis, const struct run_result *result,
		       size_t i, const double *causes, double times)
{
	static const char *const mechanisms[CAUSES] = {
		[CAUSE_COLD_START] = "cold start",     [CAUSE_LOAD] = "cold start",     [CAUSE_LATENCY] = "S3 requests",
		[CAUSE_STREAM] = "S3 transfer",        [CAUSE_NETWORK] = "S3 transfer", [CAUSE_CARD] = "S3 transfer",
		[CAUSE_INSTANCE] = "shared instances",
	};
	for (int cause = 0; cause < CAUSES; cause++)
		if (mechanisms[cause] && causes[cause] > 0)
			add_part(band, mechanisms[cause], times * causes[cause]);
	double cpu = causes[CAUSE_COMPUTE] + causes[CAUSE_THROTTLED];
	if (cpu > 0)
		add_cpu(band, basis, result, i, times * cpu);
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

struct trust_band trust_band_of_time(const struct trust *trust, const struct trust_basis *basis,
				     const struct run_result *result, struct trust_spread luck)
{
	struct trust_band band = {0};
	double whole = 0;
	for (size_t i = 0; i < result->function_count; i++) {
		const struct function_result *function = &result->functions[i];
		double calls = function_result_metric(function, FUNCTION_METRIC_INVOCATIONS)->mean;
		add_causes(&band, basis, result, i, function->cause_seconds, calls);
		/* The wait for a place is left out: it consists of what other calls take. */
		whole += calls * (cause_sum(function->cause_seconds) - function->cause_seconds[CAUSE_QUEUE]);
	}
	set_limits(trust, &band, whole, luck);
	return band;
}

struct trust_band trust_band_of_cost(const struct trust *trust, const struct trust_basis *basis,
				     const struct run_result *result, struct trust_spread luck)
{
	struct trust_band band = {0};
	double whole = 0;
	for (size_t i = 0; i < result->function_count; i++) {
		add_causes(&band, basis, result, i, result->functions[i].cause_usd, 1);
		whole += cause_sum(result->functions[i].cause_usd);
	}
	whole += workflow_usd(result);
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
