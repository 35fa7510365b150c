#include "experiment/fit.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>

#include "base/buf.h"
#include "base/num.h"

/* Parameters keep nine digits: more than the tolerance of the solver, fewer than the last bits that are BLAS's own. */
enum { ITERATIONS_MAX = 60, DIGITS_KEPT = 9 };

static const struct bind_field parameter_fields[] = {
	BIND_FIELD(struct fit_parameter, start, BIND_DOUBLE, .required = true, .min = 1e-12, .max = 1e12,
		   .help = "value to start from"),
	BIND_FIELD(struct fit_parameter, min, BIND_DOUBLE, .required = true, .min = 1e-12, .max = 1e12,
		   .help = "smallest value that makes sense"),
	BIND_FIELD(struct fit_parameter, max, BIND_DOUBLE, .required = true, .min = 1e-12, .max = 1e12,
		   .help = "largest value that makes sense"),
	BIND_END,
};

/*
 * A copy of root with every entry of the `values` mapping (dotted key: value; may be NULL) put over it, as a setting.
 * False when errors were added to the diag. *experiment (needed for seed and replications) is filled as well.
 */
static bool resolve_point(const struct yaml_node *root, const struct yaml_node *values, const char *path,
			  struct library *library, struct arena *arena, struct diag *diag,
			  struct experiment *experiment, struct setting *setting)
{
	struct yaml_node *copy = yaml_copy(root, arena);
	bool ok = true;
	for (const struct yaml_node *entry = values ? values->first : NULL; entry; entry = entry->next) {
		ok = bind_check_key(&experiment_schema, entry->key, entry->key_place, diag) &&
		     yaml_set_node(copy, entry->key, entry, entry->place, arena, diag) && ok;
	}
	return ok && experiment_bind(copy, path, arena, diag, experiment) &&
	       experiment_resolve(experiment, library, arena, diag, setting);
}

static void check_parameter(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct fit_parameter *parameter = value;
	if (!(parameter->min <= parameter->start && parameter->start <= parameter->max))
		diag_error(diag, bind_place(node, "start"), "'start' must lie between 'min' and 'max'");
}

const struct bind_schema fit_parameter_schema = {
	.title = "a parameter",
	.bytes = sizeof(struct fit_parameter),
	.fields = parameter_fields,
	.name_offset_plus_one = offsetof(struct fit_parameter, key) + 1,
	.check = check_parameter,
};

static void check_target(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct fit_target *target = value;
	if (outcome_find_metric(target->metric) < 0)
		diag_error(diag, bind_place(node, "metric"), "there is no metric '%s'", target->metric);
}

static const struct bind_field target_fields[] = {
	BIND_FIELD(struct fit_target, set, BIND_NODE, .help = "the point, as dotted keys and values"),
	BIND_FIELD(struct fit_target, metric, BIND_TEXT, .required = true, .help = "a metric of `lamina run`"),
	BIND_FIELD(struct fit_target, value, BIND_DOUBLE, .required = true, .min = 1e-12, .max = 1e15,
		   .help = "what was measured, in the metric's unit"),
	BIND_FIELD(struct fit_target, spread, BIND_DOUBLE, .required = true, .min = 1e-12, .max = 1e15,
		   .help = "how uncertain the value is (standard error, or rounding), in the same unit"),
	BIND_FIELD(struct fit_target, source, BIND_TEXT, .required = true, .help = "who measured it"),
	BIND_END,
};

static const struct bind_schema target_schema = {
	.title = "a target",
	.bytes = sizeof(struct fit_target),
	.fields = target_fields,
	.check = check_target,
};

struct fit_lists {
	struct bind_structs parameters;
	struct bind_structs targets;
};

static const struct bind_field fit_fields[] = {
	BIND_FIELD(struct fit_lists, parameters, BIND_STRUCT_MAP, .required = true, .schema = &fit_parameter_schema,
		   .count_max = FIT_PARAMETERS_MAX, .help = "dotted keys of what is fitted"),
	BIND_FIELD(struct fit_lists, targets, BIND_STRUCT_LIST, .required = true, .schema = &target_schema,
		   .count_max = FIT_TARGETS_MAX, .help = "measurements to meet"),
	BIND_END,
};

static const struct bind_schema fit_schema = {.title = "fit", .bytes = sizeof(struct fit_lists), .fields = fit_fields};

bool fit_read(const struct experiment *experiment, struct arena *arena, struct diag *diag, struct fit *out)
{
	struct fit_lists lists;
	*out = (struct fit){0};
	if (!experiment->fit) {
		diag_error(diag, experiment->root->place, "the experiment has no 'fit'");
		return false;
	}
	if (!bind_map(&fit_schema, experiment->fit, &lists, arena, diag))
		return false;
	*out = (struct fit){
		.parameters = lists.parameters.items,
		.parameter_count = lists.parameters.count,
		.targets = lists.targets.items,
		.target_count = lists.targets.count,
	};
	const struct yaml_node *at = yaml_get(experiment->fit, "parameters");
	size_t errors_before = diag->error_count;
	for (const struct yaml_node *entry = at->first; entry; entry = entry->next)
		bind_check_key(&experiment_schema, entry->key, entry->key_place, diag);
	if (out->target_count < out->parameter_count)
		diag_error(diag, bind_place(experiment->fit, "targets"), "%zu targets cannot tell %zu parameters apart",
			   out->target_count, out->parameter_count);
	return diag->error_count == errors_before;
}

/* What an evaluation needs. */
struct evaluation {
	struct fit *fit;
	const struct yaml_node *root;
	const char *path;
	struct library *library;
	const struct run_control *control;
	struct diag *diag;
	bool failed;
};

/* Rounded so that every simulation of a fit is the same whatever bits BLAS gives on this processor. */
static double bounded_value(const struct fit_parameter *parameter, double log_value)
{
	return fmin(parameter->max, fmax(parameter->min, num_rounded(exp(log_value), DIGITS_KEPT)));
}

static struct yaml_node *root_with_parameters(const struct evaluation *evaluation, const gsl_vector *x,
					      struct arena *arena)
{
	struct yaml_node *root = yaml_copy(evaluation->root, arena);
	for (size_t i = 0; i < evaluation->fit->parameter_count; i++) {
		const struct fit_parameter *parameter = &evaluation->fit->parameters[i];
		char text[NUM_TEXT_BYTES];
		num_format_double(bounded_value(parameter, gsl_vector_get(x, i)), text);
		yaml_set(root, parameter->key, text, (struct diag_place){.file = "fit"}, arena, evaluation->diag);
	}
	return root;
}

static bool predict(struct evaluation *evaluation, const gsl_vector *x)
{
	struct fit *fit = evaluation->fit;
	struct arena arena;
	arena_init(&arena);
	const struct yaml_node *root = root_with_parameters(evaluation, x, &arena);
	struct run_job *jobs = ARENA_ARRAY(&arena, struct run_job, fit->target_count);
	bool ok = !diag_has_errors(evaluation->diag);
	for (size_t i = 0; ok && i < fit->target_count; i++) {
		struct experiment *experiment = ARENA_NEW(&arena, struct experiment);
		struct setting *setting = ARENA_NEW(&arena, struct setting);
		ok = resolve_point(root, fit->targets[i].set, evaluation->path, evaluation->library, &arena,
				   evaluation->diag, experiment, setting);
		jobs[i] = (struct run_job){
			.setting = setting,
			.seed = (uint64_t)experiment->seed,
			.replications = {.min = experiment->replications.min},
		};
	}
	ok = ok && replicate(jobs, fit->target_count, evaluation->control, &arena);
	for (size_t i = 0; ok && i < fit->target_count; i++)
		fit->targets[i].predicted = jobs[i].result.metrics[outcome_find_metric(fit->targets[i].metric)].mean;
	arena_release(&arena);
	return ok;
}

static int residuals(const gsl_vector *x, void *context, gsl_vector *f)
{
	struct evaluation *evaluation = context;
	const struct fit *fit = evaluation->fit;
	if (evaluation->failed || !predict(evaluation, x)) {
		evaluation->failed = true;
		return GSL_EFAILED;
	}
	for (size_t i = 0; i < fit->target_count; i++)
		gsl_vector_set(f, i, (fit->targets[i].predicted - fit->targets[i].value) / fit->targets[i].spread);
	return GSL_SUCCESS;
}

/* Standard errors from the covariance of the logarithms: sd(value) = value * sd(log value). */
static void keep_parameters(struct fit *fit, const gsl_multifit_nlinear_workspace *workspace)
{
	size_t n = fit->target_count;
	size_t p = fit->parameter_count;
	gsl_matrix *covariance = gsl_matrix_alloc(p, p);
	gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(workspace), 0, covariance);
	double chi_square;
	const gsl_vector *f = gsl_multifit_nlinear_residual(workspace);
	gsl_blas_ddot(f, f, &chi_square);
	for (size_t i = 0; i < p; i++) {
		struct fit_parameter *parameter = &fit->parameters[i];
		parameter->value =
			bounded_value(parameter, gsl_vector_get(gsl_multifit_nlinear_position(workspace), i));
		parameter->at_bound = parameter->value <= parameter->min || parameter->value >= parameter->max;
		double variance = n > p ? gsl_matrix_get(covariance, i, i) * chi_square / (double)(n - p) : (double)NAN;
		parameter->standard_error = num_rounded(parameter->value * sqrt(variance), DIGITS_KEPT);
	}
	gsl_matrix_free(covariance);
}

bool fit_solve(struct fit *fit, const struct yaml_node *root, const char *path, struct library *library,
	       const struct run_control *control, struct arena *arena, struct diag *diag)
{
	struct evaluation evaluation = {fit, root, path, library, control, diag, false};
	gsl_multifit_nlinear_fdf problem = {
		.f = residuals, .n = fit->target_count, .p = fit->parameter_count, .params = &evaluation};
	gsl_multifit_nlinear_parameters settings = gsl_multifit_nlinear_default_parameters();
	settings.h_df = 0.02; /* a smaller difference would see the steps of billing, not the slope */
	gsl_multifit_nlinear_workspace *workspace = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &settings,
									       fit->target_count, fit->parameter_count);
	gsl_vector *start = gsl_vector_alloc(fit->parameter_count);
	for (size_t i = 0; i < fit->parameter_count; i++)
		gsl_vector_set(start, i, log(fit->parameters[i].start));
	gsl_error_handler_t *old_handler = gsl_set_error_handler_off();
	int info = 0;
	bool ok = gsl_multifit_nlinear_init(start, &problem, workspace) == GSL_SUCCESS;
	if (ok)
		gsl_multifit_nlinear_driver(ITERATIONS_MAX, 1e-6, 1e-8, 1e-8, NULL, NULL, &info, workspace);
	ok = ok && !evaluation.failed;
	fit->iterations = (int)gsl_multifit_nlinear_niter(workspace);
	fit->converged = info != 0;
	if (ok) {
		keep_parameters(fit, workspace);
		ok = predict(&evaluation, gsl_multifit_nlinear_position(workspace));
	}
	gsl_set_error_handler(old_handler);
	gsl_vector_free(start);
	gsl_multifit_nlinear_free(workspace);
	return ok;
}

void fit_write_overlay(const struct fit *fit, struct arena *arena, struct buf *out)
{
	struct yaml_node *root = ARENA_NEW(arena, struct yaml_node);
	root->kind = YAML_MAP;
	struct diag diag;
	diag_init(&diag);
	for (size_t i = 0; i < fit->parameter_count; i++) {
		char text[NUM_TEXT_BYTES];
		num_format_double(fit->parameters[i].value, text);
		yaml_set(root, fit->parameters[i].key, text, (struct diag_place){.file = "fit"}, arena, &diag);
	}
	CHECK(!diag_has_errors(&diag));
	diag_release(&diag);
	yaml_write(root, out);
}
