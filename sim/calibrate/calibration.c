#include "calibrate/calibration.h"

#include <math.h>

#include "base/num.h"
#include "doc/yaml_build.h"

/* Init times are written as these quantiles: as many as a hundred rows can tell. */
static const double init_shares[] = {0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

static const char *const parameter_keys[FIT_PARAMETERS] = {
	[FIT_SINGLE] = "single_cpu_seconds",
	[FIT_WAIT] = "wait_seconds",
	[FIT_PARALLEL] = "cpu_seconds",
	[FIT_COLD] = "cold_cpu_seconds",
};

/* A new sandbox's first request does this once, whatever it carries. */
static bool is_per_image(enum work_parameter parameter)
{
	return parameter != FIT_COLD;
}

static void warn_of_era(const struct function_samples *samples, const struct platform *platform, struct diag *diag)
{
	int64_t coarse = samples->eras[BILLING_100_MS];
	int64_t fine =
		samples->eras[BILLING_1_MS] + samples->eras[BILLING_INIT_FREE] + samples->eras[BILLING_INIT_BILLED];
	bool is_coarse = platform->price.granularity_seconds > 0.05;
	if (is_coarse ? fine > coarse : coarse > fine)
		diag_warning(diag, (struct diag_place){0},
			     "'%s' was billed in steps of %s ms, but %s bills in steps of %g ms; choose a platform of "
			     "the logs' time",
			     samples->name, is_coarse ? "1" : "100", platform->name,
			     1000 * platform->price.granularity_seconds);
}

static void warn_of_size(const struct function_samples *samples, const struct platform *platform, struct diag *diag)
{
	for (size_t i = 0; i < samples->group_count; i++) {
		int64_t nearest_mb;
		if (platform_sells_memory(platform, samples->groups[i].memory_mb, &nearest_mb))
			continue;
		diag_warning(diag, (struct diag_place){0},
			     "'%s' ran with %lld MB, which %s does not sell; choose a platform of the logs' time",
			     samples->name, (long long)samples->groups[i].memory_mb, platform->name);
		return;
	}
}

/* What requests differ by beyond their sandboxes' speeds, which the platform's spread already holds. */
static double own_variation(const struct work_fit *fit, const struct platform *platform)
{
	double left = fit->row_variance - platform->cpu.speed_spread * platform->cpu.speed_spread;
	return left > 0 ? sqrt(left) : 0;
}

bool calibration_solve(const struct log_samples *samples, const struct platform *platform, int64_t threads,
		       int64_t images, struct diag *diag, struct calibration *out)
{
	*out = (struct calibration){.platform = platform, .images = images};
	for (size_t i = 0; i < samples->function_count; i++) {
		const struct function_samples *rows = &samples->functions[i];
		struct calibrated_function *function = &out->functions[out->function_count];
		if (!work_fit_solve(rows, &platform->cpu, threads, &function->fit)) {
			diag_warning(diag, (struct diag_place){0},
				     "'%s' has no completed invocation: %lld ended in errors, %lld ran out of time; "
				     "left out",
				     rows->name, (long long)rows->errors, (long long)rows->timeouts);
			continue;
		}
		warn_of_era(rows, platform, diag);
		warn_of_size(rows, platform, diag);
		function->name = rows->name;
		function->samples = rows;
		function->variation = own_variation(&function->fit, platform);
		function->memory_mb = fmax(rows->max_memory_mb, rows->ceiling_memory_mb);
		function->is_memory_at_least = rows->ceiling_memory_mb >= rows->max_memory_mb && rows->at_ceiling > 0;
		out->function_count++;
	}
	if (out->function_count == 0)
		diag_error(diag, (struct diag_place){0}, "no function has a completed invocation to fit");
	return out->function_count > 0;
}

const char *calibration_reason(enum work_parameter parameter, const struct platform *platform, struct arena *arena)
{
	if (parameter == FIT_COLD)
		return "needs both cold and warm rows";
	if (parameter == FIT_PARALLEL)
		return arena_printf(arena, "needs memory sizes on both sides of one vCPU (%g MB)",
				    platform->cpu.mb_per_vcpu);
	return arena_printf(arena, "needs two memory sizes, one of them below one vCPU (%g MB)",
			    platform->cpu.mb_per_vcpu);
}

/* No log tells more. */
enum { DIGITS = 6 };

static void add_init(struct yaml_node *work, const struct function_samples *samples, struct arena *arena)
{
	if (samples->init_ns.count == 0)
		return;
	struct yaml_node *init = yaml_build_add(work, YAML_MAP, "init_seconds", arena);
	struct yaml_node *shares = yaml_build_add(init, YAML_LIST, "probability", arena);
	struct yaml_node *values = yaml_build_add(init, YAML_LIST, "value", arena);
	for (size_t i = 0; i < sizeof init_shares / sizeof init_shares[0]; i++) {
		yaml_build_number(shares, NULL, init_shares[i], DIGITS, arena);
		yaml_build_number(values, NULL, seconds_from_ns(histogram_quantile(&samples->init_ns, init_shares[i])),
				  DIGITS, arena);
	}
}

static void add_function(struct yaml_node *functions, const struct calibration *calibration,
			 const struct calibrated_function *function, struct arena *arena)
{
	struct yaml_node *entry = yaml_build_add(functions, YAML_MAP, function->name, arena);
	if (function->has_layers)
		yaml_build_add(entry, YAML_LIST, "layers", arena);
	struct yaml_node *work = yaml_build_add(entry, YAML_MAP, "work", arena);
	for (int i = 0; i < FIT_PARAMETERS; i++) {
		const struct fitted_parameter *parameter = &function->fit.parameters[i];
		double share = is_per_image((enum work_parameter)i) ? (double)calibration->images : 1;
		if (parameter->state == PARAMETER_FITTED)
			yaml_build_number(work, parameter_keys[i], parameter->seconds / share, DIGITS, arena);
	}
	if (function->fit.parameters[FIT_PARALLEL].state == PARAMETER_FITTED)
		yaml_build_int(work, "threads", function->fit.threads, arena);
	if (function->variation > 0)
		yaml_build_number(work, "variation", function->variation, DIGITS, arena);
	if (function->memory_mb > 0)
		yaml_build_number(work, "memory_mb", function->memory_mb, DIGITS, arena);
	add_init(work, function->samples, arena);
}

static void describe(const struct calibration *calibration, const struct calibrated_function *function,
		     struct arena *arena, struct buf *out)
{
	buf_printf(out, "# %s: %lld invocations, %.2g %% off their means\n", function->name,
		   (long long)function->samples->completed, 100 * function->fit.relative_rms);
	for (int i = 0; i < FIT_PARAMETERS; i++) {
		const struct fitted_parameter *parameter = &function->fit.parameters[i];
		if (parameter->state == PARAMETER_UNIDENTIFIED)
			buf_printf(out, "#   %s: by default; %s\n", parameter_keys[i],
				   calibration_reason((enum work_parameter)i, calibration->platform, arena));
		else if (parameter->state == PARAMETER_AT_ZERO)
			buf_printf(out, "#   %s: 0, which fits best\n", parameter_keys[i]);
		else if (isfinite(parameter->standard_error))
			buf_printf(out, "#   %s: a standard error of %.2g for a request\n", parameter_keys[i],
				   parameter->standard_error);
	}
	if (function->is_memory_at_least)
		buf_add(out, "#   memory_mb: at least; memory was used up to the size bought\n");
}

void calibration_write(const struct calibration *calibration, const char *version, struct arena *arena, struct buf *out)
{
	struct yaml_node *root = yaml_build_map(arena);
	struct yaml_node *functions = yaml_build_add(root, YAML_MAP, "functions", arena);
	buf_printf(out, "# Fitted by lamina %s (lamina calibrate) to logs, on %s; %lld image%s in a request.\n",
		   version, calibration->platform->name, (long long)calibration->images,
		   calibration->images == 1 ? "" : "s");
	for (size_t i = 0; i < calibration->function_count; i++)
		describe(calibration, &calibration->functions[i], arena, out);
	for (size_t i = 0; i < calibration->function_count; i++)
		add_function(functions, calibration, &calibration->functions[i], arena);
	yaml_write(root, out);
}
