#include "experiment/claims.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "stats/summary.h"

const char *const claim_kind_names[] = {
	[CLAIM_PREDICTED] = "predicted", [CLAIM_FITTED] = "fitted", [CLAIM_STATED] = "stated", NULL};

const char *const claim_basis_names[] = {[CLAIM_MEASUREMENT] = "measurement",
					 [CLAIM_SIMULATOR] = "simulator",
					 [CLAIM_DOCUMENTATION] = "documentation",
					 NULL};

const char *const claim_statistic_names[] = {[CLAIM_MEAN] = "mean", [CLAIM_MEDIAN] = "median", NULL};

/* A function's need of memory is known before anything runs, so it is no metric of an outcome. */
static bool is_peak_memory(const struct claim *claim)
{
	return strcmp(claim->metric, "peak_memory_mb") == 0;
}

static void check_claim(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct claim *claim = value;
	bool is_known = claim->function[0] == '\0' ? outcome_find_metric(claim->metric) >= 0
						   : function_find_metric(claim->metric) >= 0 || is_peak_memory(claim);
	if (!is_known)
		diag_error(diag, bind_place(node, "metric"), "there is no %s metric '%s'",
			   claim->function[0] ? "function" : "run", claim->metric);
	if (claim->function[0] && claim->statistic == CLAIM_MEDIAN)
		diag_error(diag, bind_place(node, "statistic"),
			   "a function's metrics have no median over replications");
}

static const struct bind_field claim_fields[] = {
	BIND_FIELD(struct claim, quantity, BIND_TEXT, .required = true, .help = "what was measured, for people"),
	BIND_FIELD(struct claim, mechanism, BIND_TEXT, .fallback = "", .help = "what of the model it tries"),
	BIND_FIELD(struct claim, source, BIND_TEXT, .fallback = "", .help = "who measured it, and when"),
	BIND_FIELD(struct claim, unit, BIND_TEXT, .required = true, .help = "of measured"),
	BIND_FIELD(struct claim, measured, BIND_DOUBLE, .required = true, .min = -1e15, .max = 1e15,
		   .help = "the measured value"),
	BIND_FIELD(struct claim, spread, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e15,
		   .help = "its standard error or deviation; 0: not known"),
	BIND_FIELD(struct claim, kind, BIND_CHOICE, .fallback = "predicted", .choices = claim_kind_names,
		   .help = "whether it took part in fitting the model, or in choosing what the experiment states"),
	BIND_FIELD(struct claim, basis, BIND_CHOICE, .fallback = "measurement", .choices = claim_basis_names,
		   .help = "whether somebody measured it, or it is another simulator's or arithmetic of documentation"),
	BIND_FIELD(struct claim, year, BIND_INT, .fallback = "0", .min = 0, .max = 9999,
		   .help = "when it was measured; 0: not said"),
	BIND_FIELD(struct claim, at, BIND_NODE, .help = "values of swept keys that name one point"),
	BIND_FIELD(struct claim, function, BIND_TEXT, .fallback = "", .help = "whose metric; by default the run's"),
	BIND_FIELD(struct claim, metric, BIND_TEXT, .required = true, .help = "a metric of `lamina run`"),
	BIND_FIELD(struct claim, statistic, BIND_CHOICE, .fallback = "mean", .choices = claim_statistic_names,
		   .help = "what of the replications' values is the prediction"),
	BIND_FIELD(struct claim, less, BIND_DOUBLE, .fallback = "0", .min = -1e15, .max = 1e15,
		   .help = "taken off the metric before"),
	BIND_FIELD(struct claim, scale, BIND_DOUBLE, .fallback = "1", .min = -1e15, .max = 1e15,
		   .help = "multiplies the metric"),
	BIND_FIELD(struct claim, round_up, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e15,
		   .help = "the prediction is rounded up to a multiple"),
	BIND_END,
};

static const struct bind_schema claim_schema = {
	.title = "a claim",
	.bytes = sizeof(struct claim),
	.fields = claim_fields,
	.check = check_claim,
};

struct claim_list {
	struct bind_structs claims;
};

static const struct bind_field list_fields[] = {
	BIND_FIELD(struct claim_list, claims, BIND_STRUCT_LIST, .schema = &claim_schema, .help = "measured values"),
	BIND_END,
};

static const struct bind_schema list_schema = {
	.title = "claims",
	.bytes = sizeof(struct claim_list),
	.fields = list_fields,
};

static bool matches(const struct sweep *sweep, size_t point, const struct yaml_node *at)
{
	for (const struct yaml_node *entry = at ? at->first : NULL; entry; entry = entry->next) {
		bool found = false;
		for (size_t key = 0; key < sweep->key_count && !found; key++) {
			const struct yaml_node *value = sweep_value(sweep, point, key);
			found = strcmp(sweep->keys[key], entry->key) == 0 && value && yaml_equal(value, entry);
		}
		if (!found)
			return false;
	}
	return true;
}

static void find_point(const struct study *study, struct claim *claim, struct diag_place place, struct diag *diag)
{
	size_t found = 0;
	for (size_t point = 0; point < study->sweep.point_count; point++) {
		if (!matches(&study->sweep, point, claim->at))
			continue;
		claim->point = point;
		found++;
	}
	if (found != 1)
		diag_error(diag, place, "the claim '%s' names %zu points of the sweep, not one", claim->quantity,
			   found);
}

static int find_function(const struct run_result *result, const char *name)
{
	for (size_t i = 0; i < result->function_count; i++)
		if (strcmp(result->functions[i].name, name) == 0)
			return (int)i;
	return -1;
}

static bool setting_has_function(const struct setting *setting, const char *name)
{
	for (size_t i = 0; i < setting->function_count; i++)
		if (strcmp(setting->functions[i].name, name) == 0)
			return true;
	return false;
}

/* Every claim put over the file's defaults. */
static bool apply_defaults(struct yaml_node *claims, const struct yaml_node *defaults, struct arena *arena,
			   struct diag *diag)
{
	if (!defaults)
		return true;
	if (defaults->kind != YAML_MAP) {
		diag_error(diag, defaults->place, "'claim_defaults' must be a mapping, not %s",
			   yaml_describe(defaults, arena));
		return false;
	}
	for (struct yaml_node *claim = claims->first; claim; claim = claim->next) {
		if (claim->kind != YAML_MAP)
			continue;
		struct yaml_node *full = yaml_copy(defaults, arena);
		yaml_merge(full, claim, arena);
		claim->first = full->first;
		claim->count = full->count;
	}
	return true;
}

bool claims_read(const struct study *study, struct arena *arena, struct diag *diag, struct claims *out)
{
	*out = (struct claims){0};
	if (!study->experiment.claims)
		return true;
	/* The schema is of a mapping, so that messages say 'claims'. */
	struct yaml_node entry = *yaml_copy(study->experiment.claims, arena);
	if (!apply_defaults(&entry, study->experiment.claim_defaults, arena, diag))
		return false;
	const struct yaml_node root = {.kind = YAML_MAP, .place = entry.place, .first = &entry, .count = 1};
	struct claim_list list;
	if (!bind_map(&list_schema, &root, &list, arena, diag))
		return false;
	out->items = list.claims.items;
	out->count = list.claims.count;
	size_t errors_before = diag->error_count;
	const struct yaml_node *node = study->experiment.claims->first;
	for (size_t i = 0; i < out->count; i++, node = node->next) {
		struct claim *claim = &out->items[i];
		find_point(study, claim, node->place, diag);
		if (claim->function[0] && !setting_has_function(study->jobs[claim->point].setting, claim->function))
			diag_error(diag, bind_place(node, "function"), "there is no function '%s'", claim->function);
	}
	return diag->error_count == errors_before;
}

/* With half of an interval that order statistics give: replications are independent. */
static struct estimate median_of(const struct run_result *result, enum metric_id metric)
{
	static const double normal_975 = 1.96;
	size_t count = (size_t)result->replications;
	double *sorted = mem_alloc(count * sizeof sorted[0]);
	memcpy(sorted, result->samples[metric], count * sizeof sorted[0]);
	sample_quantiles_sort(sorted, count);
	double off = normal_975 / 2 / sqrt((double)count);
	struct estimate median = {
		.mean = sample_quantiles_value(sorted, count, 0.5),
		.half_width = (sample_quantiles_value(sorted, count, fmin(1, 0.5 + off)) -
			       sample_quantiles_value(sorted, count, fmax(0, 0.5 - off))) /
			      2,
	};
	mem_free(sorted);
	return median;
}

static struct estimate value_of(const struct run_result *result, const struct claim *claim)
{
	if (claim->function[0] == '\0' && claim->statistic == CLAIM_MEDIAN)
		return median_of(result, (enum metric_id)outcome_find_metric(claim->metric));
	if (claim->function[0] == '\0')
		return result->metrics[outcome_find_metric(claim->metric)];
	int function = find_function(result, claim->function);
	CHECK(function >= 0);
	if (is_peak_memory(claim))
		return (struct estimate){.mean = result->functions[function].peak_memory_mb};
	return result->functions[function].metrics[function_find_metric(claim->metric)];
}

void claims_evaluate(const struct study *study, struct claims *claims)
{
	for (size_t i = 0; i < claims->count; i++) {
		struct claim *claim = &claims->items[i];
		struct estimate estimate = value_of(&study->jobs[claim->point].result, claim);
		claim->predicted = claim->scale * (estimate.mean - claim->less);
		claim->half_width = fabs(claim->scale) * estimate.half_width;
		if (claim->round_up > 0)
			claim->predicted = ceil(claim->predicted / claim->round_up) * claim->round_up;
	}
}

double claim_error_percent(const struct claim *claim)
{
	return 100 * (claim->predicted / claim->measured - 1);
}

static const struct bind_field bar_fields[] = {
	BIND_FIELD(struct claim_bar, error_percent, BIND_DOUBLE, .required = true, .min = 0, .max = 1e6,
		   .help = "mean absolute error that is good enough"),
	BIND_FIELD(struct claim_bar, or_spread, BIND_BOOL, .fallback = "false",
		   .help = "whether one within the measurements' own spread is"),
	BIND_FIELD(struct claim_bar, published_percent, BIND_DOUBLE, .min = 0, .max = 1e6,
		   .help = "the smallest that others have published"),
	BIND_FIELD(struct claim_bar, published_by, BIND_TEXT, .fallback = "", .help = "who did"),
	BIND_END,
};

static void note_unpublished(void *value, const struct yaml_node *node, struct diag *diag)
{
	struct claim_bar *bar = value;
	(void)diag;
	if (!yaml_get(node, "published_percent"))
		bar->published_percent = (double)NAN;
}

static const struct bind_schema bar_schema = {
	.title = "a mechanism",
	.bytes = sizeof(struct claim_bar),
	.fields = bar_fields,
	.check = note_unpublished,
	.name_offset_plus_one = offsetof(struct claim_bar, mechanism) + 1,
};

struct bar_file {
	int apiVersion;
	struct claim_bars bars;
};

static const char *const versions[] = {"lamina/v1", NULL};

static const struct bind_field bar_file_fields[] = {
	BIND_FIELD(struct bar_file, apiVersion, BIND_CHOICE, .required = true, .choices = versions),
	{.key = "mechanisms",
	 .type = BIND_STRUCT_MAP,
	 .offset = offsetof(struct bar_file, bars.items),
	 .required = true,
	 .schema = &bar_schema,
	 .count_max = 64},
	BIND_END,
};

static const struct bind_schema bar_file_schema = {
	.title = "bars of mechanisms", .bytes = sizeof(struct bar_file), .fields = bar_file_fields};

bool claim_bars_read(struct arena *arena, struct diag *diag, struct claim_bars *out, bool *io_failed)
{
	static const char relative[] = "configs/errors/validation.yaml";
	size_t errors_before = diag->error_count;
	const char *found = data_file_find(relative, arena);
	struct bar_file file = {0};
	if (!found) {
		diag_error(diag, (struct diag_place){.file = relative},
			   "this file, which comes with the program, is missing");
		*io_failed = true;
		return false;
	}
	struct yaml_node *root = yaml_read(found, arena, diag, io_failed);
	if (root)
		bind_map(&bar_file_schema, root, &file, arena, diag);
	*out = file.bars;
	return diag->error_count == errors_before;
}

const struct claim_bar *claim_bar_of(const struct claim_bars *bars, const char *mechanism)
{
	const struct claim_bar *items = bars->items.items;
	for (size_t i = 0; i < bars->items.count; i++) {
		if (strcmp(items[i].mechanism, mechanism) == 0)
			return &items[i];
	}
	return NULL;
}
