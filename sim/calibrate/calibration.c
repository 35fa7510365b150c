#include "calibrate/calibration.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "calibrate/cpu_fit.h"
#include "calibrate/fit_data.h"
#include "calibrate/varying.h"
#include "doc/yaml.h"

/* Init times are written as these quantiles: as many as a hundred rows can tell, and the largest. */
enum { INIT_SHARES = 7 };
static const double init_shares[INIT_SHARES] = {0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1};

static const char *const parameter_keys[FIT_PARAMETERS] = {
	[FIT_SINGLE] = "single_cpu_seconds",
	[FIT_WAIT] = "wait_seconds",
	[FIT_PARALLEL] = "cpu_seconds",
	[FIT_COLD] = "cold_cpu_seconds",
	[FIT_COLD_WAIT] = "cold_wait_seconds",
	[FIT_CALL_SINGLE] = "per_call.single_cpu_seconds",
	[FIT_CALL_WAIT] = "per_call.wait_seconds",
	[FIT_CALL_PARALLEL] = "per_call.cpu_seconds",
};

static bool is_per_call(enum work_parameter parameter)
{
	return parameter == FIT_CALL_SINGLE || parameter == FIT_CALL_WAIT || parameter == FIT_CALL_PARALLEL;
}

bool calibration_tells(const struct calibrated_function *function, enum work_parameter parameter)
{
	return !is_per_call(parameter) || log_samples_have_images(function->samples);
}

/* A new sandbox's first request does the rest once, whatever it carries. */
static bool is_per_image(enum work_parameter parameter)
{
	return parameter == FIT_SINGLE || parameter == FIT_WAIT || parameter == FIT_PARALLEL;
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

/* Whether init is billed depends on the logs' time and, before, on the kind of package. */
static void warn_of_init(const struct function_samples *samples, const struct platform *platform, bool is_image,
			 struct diag *diag)
{
	int64_t unpaid = samples->eras[BILLING_INIT_FREE];
	int64_t paid = samples->eras[BILLING_INIT_BILLED];
	bool is_billed = is_image ? platform->price.image_init_billed : platform->price.init_billed;
	int64_t against = is_billed ? unpaid : paid;
	if (against == 0)
		return;
	diag_warning(
		diag, (struct diag_place){0},
		"'%s': the init of %lld of %lld cold rows was %s, but %s bills %s; their times are used, the bill will "
		"differ from theirs; choose a platform of the logs' time",
		samples->name, (long long)against, (long long)(unpaid + paid), is_billed ? "not billed" : "billed",
		platform->name, is_billed ? "it" : "none");
}

/* "1024 MB, warm: 0.08 s logged, 0.09 s fitted (+12.5 %)" of the groups that the fit misses; returns their number. */
static size_t list_misses(const struct calibrated_function *function, const char *separator, struct buf *out)
{
	size_t count = 0;
	for (size_t i = 0; i < function->samples->group_count; i++) {
		const struct sample_group *group = &function->samples->groups[i];
		double predicted = calibration_predict(function, group);
		if (!work_fit_misses(&function->fit, group, predicted))
			continue;
		buf_printf(out, "%s%lld MB, %s", count++ > 0 ? separator : "", (long long)group->memory_mb,
			   group->is_cold ? "cold" : "warm");
		if (log_samples_have_images(function->samples))
			buf_printf(out, ", %lld images", (long long)group->images);
		buf_printf(out, ": %.4g s logged, %.4g s fitted (%+.1f %%)", group->seconds.mean, predicted,
			   100 * (predicted / group->seconds.mean - 1));
	}
	return count;
}

static void warn_of_misses(const struct calibrated_function *function, struct diag *diag)
{
	struct buf list;
	buf_init(&list);
	if (list_misses(function, "; ", &list) > 0)
		diag_warning(diag, (struct diag_place){0},
			     "'%s': no mixture of CPU and waiting takes what the rows took; missed by more than their "
			     "scatter: %s",
			     function->name, buf_text(&list));
	buf_release(&list);
}

/* As sandboxes differ and as the experiment's stragglers have it. */
static double mean_slowness(const struct calibration_context *context, const struct setting_function *function)
{
	const struct platform_cpu *cpu = &context->platform->cpu;
	double slowness = exp(cpu->speed_spread * cpu->speed_spread / 2);
	if (!function)
		return slowness;
	const struct failures *failures = &context->setting->failures;
	slowness *= 1 + failures->straggler_rate * (failures->straggler_slowdown - 1);
	return function->sandbox.is_arm64 ? slowness / cpu->arm64_speed : slowness;
}

/* In a batch of one function, or in stages, a sandbox has the next record as soon as it is done with one. */
static int64_t requests_in_row(const struct setting *setting)
{
	bool is_batch = setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE;
	bool waits_for_others = setting->schedule == SCHEDULE_PER_RECORD && setting->function_count > 1;
	if (!is_batch || waits_for_others)
		return 1;
	return setting->records / (setting->parallel > 0 ? setting->parallel : 1);
}

static struct fit_conditions conditions_of(const struct calibration_context *context,
					   const struct setting_function *function)
{
	const struct platform *platform = context->platform;
	const struct quantile_table *warm_start = &platform->sandbox.warm_start_seconds.table;
	int64_t threads_max = cpu_visible_vcpus(&platform->cpu, platform->memory.max_mb);
	struct fit_conditions conditions = {
		.cpu = &platform->cpu,
		.slowness = mean_slowness(context, function),
		.threads_min = context->threads > 0 ? context->threads
			       : threads_max < 2    ? threads_max
						    : 2,
		.threads_max = context->threads > 0 ? context->threads : threads_max,
		.in_row = 1,
		.images = context->images,
	};
	if (!function)
		return conditions;
	conditions.in_row = requests_in_row(context->setting);
	conditions.gap_seconds = seconds_from_ns(context->setting->pause_ns) +
				 2 * seconds_from_ns(context->setting->client_ns) +
				 (warm_start->count > 0 ? quantile_at(warm_start, 0.5) : 0);
	return conditions;
}

static const struct setting_function *find_function(const struct setting *setting, const char *name)
{
	for (size_t i = 0; setting && i < setting->function_count; i++)
		if (strcmp(setting->functions[i].name, name) == 0)
			return &setting->functions[i];
	return NULL;
}

static const struct function_entry *find_entry(const struct experiment *experiment, const char *name)
{
	for (size_t i = 0; experiment && i < experiment->functions.count; i++) {
		const struct function_entry *entry = &((const struct function_entry *)experiment->functions.items)[i];
		if (strcmp(entry->name, name) == 0)
			return entry;
	}
	return NULL;
}

/*
 * What completed at a size needs no more, however much larger sandboxes let it take, and whatever the experiment
 * assumes.
 */
static void set_memory(struct calibrated_function *function)
{
	const struct function_samples *rows = function->samples;
	double largest = fmax(rows->max_memory_mb, rows->ceiling_memory_mb);
	double smallest_size = (double)rows->groups[0].memory_mb;
	bool is_assumed_more = function->work && function->work->peak_memory_mb > smallest_size;
	function->is_memory_at_most = largest == 0 && is_assumed_more;
	function->memory_mb = function->is_memory_at_most ? smallest_size : fmin(largest, smallest_size);
	function->is_memory_at_least = rows->ceiling_memory_mb >= rows->max_memory_mb && rows->at_ceiling > 0;
}

static void warn_of_no_fit(const struct function_samples *rows, struct diag *diag)
{
	if (rows->group_count == 0)
		diag_warning(diag, (struct diag_place){0},
			     "'%s' has no completed invocation that tells its work: %s; left out", rows->name,
			     log_samples_endings(rows, &diag->arena));
	else
		diag_warning(diag, (struct diag_place){0},
			     "no work of '%s' would take times like those of its %lld invocations, which are too far "
			     "apart; left out",
			     rows->name, (long long)rows->completed);
}

/* More CPU time than the platform's share of that size holds, by more than what a quota carries over. */
static void warn_of_cpu(const struct calibrated_function *function, const struct platform *platform, struct diag *diag)
{
	static const double CARRIED_OVER = 1.1;
	for (size_t i = 0; i < function->samples->group_count; i++) {
		const struct sample_group *group = &function->samples->groups[i];
		double given = cpu_share(&function->cpu, group->memory_mb) * group->seconds.mean;
		double most = CARRIED_OVER * given + platform->cpu.period_seconds;
		/* In a new sandbox it may hold that of its init. */
		if (group->is_cold || group->cpu_seconds.count == 0 || group->cpu_seconds.mean <= most)
			continue;
		diag_warning(diag, (struct diag_place){0},
			     "'%s' logged %.4g s of CPU in %.4g s at %lld MB, where %s gives %.4g s; its time is kept, "
			     "its CPU taken for what is given",
			     function->name, group->cpu_seconds.mean, group->seconds.mean, (long long)group->memory_mb,
			     platform->name, given);
	}
}

/* One size whose rows tell their CPU time tells what is waiting. */
static bool solve_by_cpu(struct calibrated_function *function, const struct platform *platform, struct diag *diag)
{
	struct cpu_fit by_cpu;
	function->logged_cpu_seconds = NAN;
	warn_of_cpu(function, platform, diag);
	if (!cpu_fit_solve(function->samples, &function->conditions, &by_cpu))
		return false;
	function->fit = by_cpu.fit;
	function->logged_cpu_seconds = by_cpu.logged_cpu_seconds;
	return true;
}

/* What varies alone is told by a fit in which all varies; then the means are fitted anew. */
static void look_for_part(struct calibrated_function *function, struct arena *arena)
{
	struct varying_part *part = ARENA_NEW(arena, struct varying_part);
	struct work_fit fit;
	if (!varying_find(function->samples, &function->conditions, &function->fit, arena, part) ||
	    !work_fit_solve_part(function->samples, part, &function->conditions, &fit))
		return;
	function->fit = fit;
	function->scatter = &part->scatter;
}

static bool takes_time(const struct call_work *call)
{
	return call->single_cpu_seconds + call->cpu_seconds + call->wait_seconds + call->device_seconds > 0;
}

static bool solve_function(const struct function_samples *rows, const struct calibration_context *context,
			   struct arena *arena, struct diag *diag, struct calibrated_function *out)
{
	const struct setting_function *function = find_function(context->setting, rows->name);
	const struct function_entry *entry = find_entry(context->experiment, rows->name);
	*out = (struct calibrated_function){
		.name = rows->name,
		.samples = rows,
		.scatter = &rows->scatter,
		.conditions = conditions_of(context, function),
		.work = function ? &function->work : NULL,
		.has_layers = entry && entry->layers.count > 0,
		.had_work = entry && entry->has_work,
		.had_alternations = entry && entry->has_work && entry->work.alternations > 1,
		.had_per_call = entry && entry->has_work && takes_time(&entry->work.per_call),
	};
	out->cpu = cpu_of_architecture(&context->platform->cpu, function && function->sandbox.is_arm64);
	out->conditions.cpu = &out->cpu;
	bool is_by_cpu = solve_by_cpu(out, context->platform, diag);
	if (!is_by_cpu && !work_fit_solve(rows, &out->conditions, &out->fit)) {
		warn_of_no_fit(rows, diag);
		return false;
	}
	if (!is_by_cpu)
		look_for_part(out, arena);
	warn_of_era(rows, context->platform, diag);
	warn_of_init(rows, context->platform, function && function->sandbox.is_image, diag);
	warn_of_size(rows, context->platform, diag);
	warn_of_misses(out, diag);
	set_memory(out);
	return true;
}

bool calibration_solve(const struct log_samples *samples, const struct calibration_context *context, struct diag *diag,
		       struct calibration *out)
{
	*out = (struct calibration){.context = context};
	for (size_t i = 0; i < samples->function_count; i++)
		out->function_count += solve_function(&samples->functions[i], context, samples->arena, diag,
						      &out->functions[out->function_count]);
	if (out->function_count == 0)
		diag_error(diag, (struct diag_place){0}, "no function has a completed invocation to fit");
	return out->function_count > 0;
}

double calibration_predict(const struct calibrated_function *function, const struct sample_group *group)
{
	return fit_predict(&function->fit.model, &function->conditions, group);
}

/* The memory sizes of logged rows, of one start or both. */
struct logged_sizes {
	size_t count;
	size_t below_one_vcpu;
	size_t above_one_vcpu;
	bool has_cold;
	bool has_warm;
};

static struct logged_sizes count_sizes(const struct calibrated_function *function, bool of_cold)
{
	struct logged_sizes sizes = {0};
	int64_t last_mb = 0;
	for (size_t i = 0; i < function->samples->group_count; i++) {
		const struct sample_group *group = &function->samples->groups[i];
		sizes.has_cold = sizes.has_cold || group->is_cold;
		sizes.has_warm = sizes.has_warm || !group->is_cold;
		if (group->memory_mb == last_mb || (of_cold && !group->is_cold))
			continue;
		double share = cpu_share(function->conditions.cpu, group->memory_mb);
		last_mb = group->memory_mb;
		sizes.count++;
		sizes.below_one_vcpu += share < 1;
		sizes.above_one_vcpu += share > 1;
	}
	return sizes;
}

const char *calibration_reason(enum work_parameter parameter, const struct calibrated_function *function,
			       struct arena *arena)
{
	bool of_cold = parameter == FIT_COLD || parameter == FIT_COLD_WAIT;
	const struct logged_sizes sizes = count_sizes(function, of_cold);
	double vcpu_mb = cpu_one_vcpu_mb(function->conditions.cpu);
	const char *whose = of_cold ? " of cold rows" : "";
	if (!isnan(function->logged_cpu_seconds))
		return "the CPU time logged fits one thread";
	if (is_per_call(parameter))
		return "needs more numbers of images, or such that are further apart";
	if (of_cold && !(sizes.has_cold && sizes.has_warm))
		return "needs both cold and warm rows";
	bool is_parallel = parameter == FIT_PARALLEL;
	if (sizes.count < 2 || (is_parallel ? sizes.above_one_vcpu : sizes.below_one_vcpu) == 0)
		return arena_printf(arena, "needs two memory sizes%s, one of them %s one vCPU (%g MB)", whose,
				    is_parallel ? "above" : "below", vcpu_mb);
	return arena_printf(arena, "needs more memory sizes%s, or sizes further apart", whose);
}

/* No log tells more. */
enum { DIGITS = 6 };

/* Straight lines between quantiles have another mean than the rows: scaled, so that what init costs is kept. */
static void add_init(struct yaml_node *work, const struct function_samples *samples, struct arena *arena)
{
	if (samples->init_ns.count == 0)
		return;
	struct yaml_node *init = yaml_build_add(work, YAML_MAP, "init_seconds", arena);
	struct yaml_node *shares = yaml_build_add(init, YAML_LIST, "probability", arena);
	struct yaml_node *values = yaml_build_add(init, YAML_LIST, "value", arena);
	double seconds[INIT_SHARES];
	for (size_t i = 0; i < INIT_SHARES; i++)
		seconds[i] = seconds_from_ns(histogram_quantile(&samples->init_ns, init_shares[i]));
	const struct quantile_table table = {.probability = init_shares, .value = seconds, .count = INIT_SHARES};
	double scale = samples->init_seconds.mean / quantile_mean(&table);
	for (size_t i = 0; i < INIT_SHARES; i++) {
		yaml_build_number(shares, NULL, init_shares[i], DIGITS, arena);
		yaml_build_number(values, NULL, seconds[i] * scale, DIGITS, arena);
	}
}

static void add_quantiles(struct yaml_node *work, const double *probability, const double *value, size_t count,
			  struct arena *arena)
{
	struct yaml_node *map = yaml_build_add(work, YAML_MAP, "variation_quantiles", arena);
	struct yaml_node *shares = yaml_build_add(map, YAML_LIST, "probability", arena);
	struct yaml_node *values = yaml_build_add(map, YAML_LIST, "value", arena);
	for (size_t i = 0; i < count; i++) {
		yaml_build_number(shares, NULL, probability[i], DIGITS, arena);
		yaml_build_number(values, NULL, value[i], DIGITS, arena);
	}
}

/* Quantiles of an experiment would go over a fitted variation that has none: it is written as such, too. */
static void add_variation(struct yaml_node *work, const struct calibrated_function *function, struct arena *arena)
{
	const struct scatter *scatter = function->scatter;
	const struct work_model *model = &function->fit.model;
	if (model->varying != VARYING_ALL || (function->work && function->work->varying != VARYING_ALL))
		yaml_build_text(work, "variation_of", work_varying_names[model->varying], arena);
	yaml_build_number(work, "variation", model->variation, DIGITS, arena);
	if (scatter->count > 0 && (model->variation > 0 || scatter->tail_rows > 0)) {
		add_quantiles(work, scatter->probability, scatter->factor, scatter->count, arena);
	} else if (function->work && function->work->factors.count > 0) {
		enum { POINTS = 64, WITHIN = MODEL_SANDBOXES / POINTS };
		double probability[POINTS];
		double value[POINTS] = {0};
		for (int i = 0; i < MODEL_SANDBOXES; i++)
			value[i / WITHIN] += model->variations[i] / WITHIN;
		for (int i = 0; i < POINTS; i++)
			probability[i] = (i + 0.5) / POINTS;
		add_quantiles(work, probability, value, POINTS, arena);
	}
}

/* Memory where the logs do not say, and traffic, of layers that the overlay takes away. */
static void add_from_layers(struct yaml_node *work, const struct calibrated_function *function, double images,
			    struct arena *arena)
{
	const struct phase *phases = function->work->phases;
	const struct {
		const char *key;
		int64_t bytes;
		double share;
	} traffic[] = {
		{"download_mb", phases[WORK_RECORD_GET].bytes, images},
		{"upload_mb", phases[WORK_RECORD_PUT].bytes, images},
		{"cold_download_mb", phases[WORK_WEIGHTS_GET].bytes, 1},
	};
	for (size_t i = 0; i < ARRAY_LEN(traffic); i++)
		yaml_build_number(work, traffic[i].key, (double)traffic[i].bytes / 1e6 / traffic[i].share, DIGITS,
				  arena);
	if (function->memory_mb == 0)
		yaml_build_number(work, "memory_mb", function->work->peak_memory_mb, DIGITS, arena);
}

/* What crossed the network, for an experiment that says nothing of it. */
static void add_traffic(struct yaml_node *work, const struct calibrated_function *function, double images,
			struct arena *arena)
{
	const struct phase *phases = function->work->phases;
	const struct function_samples *rows = function->samples;
	if (rows->received_mb.mean > 0 && phases[WORK_RECORD_GET].bytes == 0)
		yaml_build_number(work, "download_mb", rows->received_mb.mean / images, DIGITS, arena);
	if (rows->sent_mb.mean > 0 && phases[WORK_RECORD_PUT].bytes == 0)
		yaml_build_number(work, "upload_mb", rows->sent_mb.mean / images, DIGITS, arena);
}

static bool states_shared_memory(const struct calibrated_function *function)
{
	return function->had_work && function->memory_mb > 0 && function->work->shared_memory_mb > function->memory_mb;
}

static int64_t alternations_per_image(const struct calibrated_function *function, double images)
{
	return llround(fmax(1, (double)function->fit.model.alternations / images));
}

static void add_per_call(struct yaml_node *work, const double *seconds, struct arena *arena)
{
	struct yaml_node *call = yaml_build_add(work, YAML_MAP, "per_call", arena);
	for (int i = 0; i < FIT_PARAMETERS; i++)
		if (is_per_call((enum work_parameter)i))
			yaml_build_number(call, strchr(parameter_keys[i], '.') + 1, seconds[i], DIGITS, arena);
	yaml_build_number(call, "device_seconds", 0, DIGITS, arena);
}

static void add_function(struct yaml_node *functions, const struct calibration *calibration,
			 const struct calibrated_function *function, struct arena *arena)
{
	struct yaml_node *entry = yaml_build_add(functions, YAML_MAP, function->name, arena);
	double images = (double)calibration->context->images;
	if (function->has_layers)
		yaml_build_add(entry, YAML_LIST, "layers", arena);
	struct yaml_node *work = yaml_build_add(entry, YAML_MAP, "work", arena);
	const double *seconds = function->fit.model.seconds;
	for (int i = 0; i < FIT_PARAMETERS; i++) {
		double share = is_per_image((enum work_parameter)i) ? images : 1;
		if (!is_per_call((enum work_parameter)i))
			yaml_build_number(work, parameter_keys[i], seconds[i] / share, DIGITS, arena);
	}
	if (log_samples_have_images(function->samples) || function->had_per_call)
		add_per_call(work, seconds, arena);
	bool is_parallel = seconds[FIT_PARALLEL] + seconds[FIT_CALL_PARALLEL] > 0;
	yaml_build_int(work, "threads", is_parallel ? function->fit.model.threads : 1, arena);
	if (function->fit.model.alternations > 1 || function->had_alternations)
		yaml_build_int(work, "alternations", alternations_per_image(function, images), arena);
	yaml_build_number(work, "device_seconds", 0, DIGITS, arena);
	add_variation(work, function, arena);
	yaml_build_bool(work, "transfers_take_time", false, arena);
	if (function->memory_mb > 0)
		yaml_build_number(work, "memory_mb", function->memory_mb, DIGITS, arena);
	if (states_shared_memory(function))
		yaml_build_number(work, "shared_memory_mb", function->memory_mb, DIGITS, arena);
	if (function->work && !function->had_work)
		add_from_layers(work, function, images, arena);
	else if (function->work)
		add_traffic(work, function, images, arena);
	add_init(work, function->samples, arena);
}

/* What the logs do not tell. */
static void describe_kept(const struct calibrated_function *function, struct buf *out)
{
	const char *whose = function->work ? "the experiment's" : "what the experiment says, if it does";
	const struct function_samples *rows = function->samples;
	buf_printf(out, "#   store traffic: %s, billed; its time is part of the above\n", whose);
	if (rows->received_mb.count > 0 || rows->sent_mb.count > 0)
		buf_printf(out, "#   logged of a request: %.4g MB received, %.4g MB sent%s\n", rows->received_mb.mean,
			   rows->sent_mb.mean, function->work ? "; taken where the experiment states none" : "");
	if (function->memory_mb == 0)
		buf_printf(out, "#   memory_mb: %s; the logs do not say\n", whose);
	if (function->samples->init_ns.count == 0)
		buf_printf(out, "#   init: %s; the logs hold none\n", whose);
}

static void describe_parameter(enum work_parameter which, const struct calibrated_function *function,
			       struct arena *arena, struct buf *out)
{
	const struct fitted_parameter *parameter = &function->fit.parameters[which];
	if (parameter->state == PARAMETER_UNIDENTIFIED)
		buf_printf(out, "#   %s: 0 by default; %s\n", parameter_keys[which],
			   calibration_reason(which, function, arena));
	else if (parameter->state == PARAMETER_AT_ZERO)
		buf_printf(out, "#   %s: 0, which fits best\n", parameter_keys[which]);
	else if (isfinite(parameter->standard_error))
		buf_printf(out, "#   %s: a standard error of %.2g for a request\n", parameter_keys[which],
			   parameter->standard_error);
}

static void describe_tail(const struct scatter *scatter, struct buf *out)
{
	if (scatter->count > 0)
		buf_printf(out, "#   variation_quantiles: of %lld rows over their size's mean\n",
			   (long long)scatter->factor_rows);
	if (scatter->tail_rows > 0)
		buf_printf(out,
			   "#   tail: %lld of %lld rows, from %.3g of their size's median on; %.2g %% of the time\n",
			   (long long)scatter->tail_rows, (long long)scatter->rows, scatter->tail_from,
			   100 * scatter->tail_share / (1 + scatter->tail_share));
}

static void describe(const struct calibrated_function *function, struct arena *arena, struct buf *out)
{
	buf_printf(out, "# %s: %lld invocations, %.2g %% off their means\n", function->name,
		   (long long)function->samples->completed, 100 * function->fit.relative_rms);
	for (int i = 0; i < FIT_PARAMETERS; i++)
		if (calibration_tells(function, (enum work_parameter)i))
			describe_parameter((enum work_parameter)i, function, arena, out);
	if (function->fit.model.alternations > 1)
		buf_add(out,
			"#   alternations: as fits best; a sum of CPU and waiting, which 1 is, misses by much more\n");
	struct buf misses;
	buf_init(&misses);
	if (list_misses(function, "\n#   missed at ", &misses) > 0)
		buf_printf(out, "#   missed at %s\n", buf_text(&misses));
	buf_release(&misses);
	const char *endings = log_samples_endings(function->samples, arena);
	if (endings[0])
		buf_printf(out, "#   %s\n", endings);
	if (function->fit.model.varying != VARYING_ALL)
		buf_printf(out, "#   variation_of: %s; scatter changes over sizes as if that varied alone\n",
			   work_varying_names[function->fit.model.varying]);
	describe_tail(function->scatter, out);
	if (function->fit.row_variance == 0 && function->fit.model.variation == 0)
		buf_add(out, "#   variation: 0 by default; needs several rows at a size\n");
	if (function->is_memory_at_least)
		buf_add(out, "#   memory_mb: at least; memory was used up to the size bought\n");
	if (function->is_memory_at_most)
		buf_add(out, "#   memory_mb: at most; the logs do not say, but it completed at that size\n");
	describe_kept(function, out);
}

void calibration_write(const struct calibration *calibration, const char *version, struct arena *arena, struct buf *out)
{
	const struct calibration_context *context = calibration->context;
	struct yaml_node *root = yaml_build_map(arena);
	struct yaml_node *functions = yaml_build_add(root, YAML_MAP, "functions", arena);
	buf_printf(out, "# Fitted by lamina %s (lamina calibrate) to logs, on %s; %lld image%s in a request.\n",
		   version, context->platform->name, (long long)context->images, context->images == 1 ? "" : "s");
	buf_add(out,
		"# It replaces all that takes time in an experiment's function, also by 0 where nothing was told.\n");
	for (size_t i = 0; i < calibration->function_count; i++)
		describe(&calibration->functions[i], arena, out);
	for (size_t i = 0; i < calibration->function_count; i++)
		add_function(functions, calibration, &calibration->functions[i], arena);
	yaml_write(root, out);
}
