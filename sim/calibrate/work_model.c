#include "calibrate/work_model.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "base/num.h"

enum { IN_ROW = 8 };

const char *const work_parameter_names[FIT_PARAMETERS] = {
	[FIT_SINGLE] = "single-threaded CPU", [FIT_WAIT] = "fixed wait",
	[FIT_PARALLEL] = "parallel CPU",      [FIT_COLD] = "cold CPU",
	[FIT_COLD_WAIT] = "cold wait",
};

bool work_parameter_is_wait(int parameter)
{
	return parameter == FIT_WAIT || parameter == FIT_COLD_WAIT;
}

double work_model_wait_seconds(const struct work_model *model, bool is_cold)
{
	return model->seconds[FIT_WAIT] + (is_cold ? model->seconds[FIT_COLD_WAIT] : 0);
}

/* Lognormal factors of mean 1, in increasing order. */
static void set_quantiles(double deviation, double *factors)
{
	double sum = 0;
	for (int i = 0; i < MODEL_SANDBOXES; i++) {
		factors[i] = exp(deviation * gsl_cdf_ugaussian_Pinv((i + 0.5) / MODEL_SANDBOXES));
		sum += factors[i];
	}
	for (int i = 0; i < MODEL_SANDBOXES; i++)
		factors[i] *= MODEL_SANDBOXES / sum;
}

/*
 * Lognormal, which is close to the gamma of visit.c where requests differ little, and has quantiles for all that differ
 * more.
 */
void work_model_init(struct work_model *model, const struct fit_conditions *conditions, int64_t threads,
		     double variation)
{
	*model = (struct work_model){.threads = threads, .variation = variation};
	set_quantiles(conditions->cpu->speed_spread, model->slowness);
	set_quantiles(sqrt(log1p(variation * variation)), model->variations);
}

/* The mean of each of equal parts, so that that of all stays 1. */
void work_model_set_factors(struct work_model *model, const struct quantile_table *factors)
{
	enum { WITHIN = 64 };
	double sum = 0;
	for (int i = 0; i < MODEL_SANDBOXES; i++) {
		double *factor = &model->variations[i];
		*factor = 0;
		for (int k = 0; k < WITHIN; k++)
			*factor += quantile_at(factors, (i + (k + 0.5) / WITHIN) / MODEL_SANDBOXES);
		sum += *factor;
	}
	for (int i = 0; i < MODEL_SANDBOXES; i++)
		model->variations[i] *= MODEL_SANDBOXES / sum;
}

double work_model_variation(double row_variance, const struct platform_cpu *cpu)
{
	double left = row_variance - cpu->speed_spread * cpu->speed_spread;
	return left > 0 ? sqrt(left) : 0;
}

/* A sandbox among the model's: where its periods begin, its speed and its requests are told apart by a lattice. */
struct sandbox {
	int number;
	double slowness;
	struct cpu_quota quota;
};

static double variation_of(const struct work_model *model, const struct sandbox *sandbox, int request)
{
	enum { STRIDE = 27, REQUEST_STRIDE = 37 };
	return model->variations[(sandbox->number * STRIDE + request * REQUEST_STRIDE) % MODEL_SANDBOXES];
}

/* A request's CPU work, phase by phase as visit.c runs it; what is cold does not vary with the request. */
static int64_t run_ns(const struct work_model *model, struct sandbox *sandbox, int64_t begin_ns, double variation,
		      bool is_cold)
{
	struct cpu_quota *quota = &sandbox->quota;
	double factor = sandbox->slowness * variation;
	int64_t now_ns = begin_ns;
	if (is_cold)
		now_ns = cpu_quota_run(quota, now_ns, ns_from_seconds(model->seconds[FIT_COLD] * sandbox->slowness), 1);
	now_ns = cpu_quota_run(quota, now_ns, ns_from_seconds(model->seconds[FIT_SINGLE] * factor), 1);
	now_ns = cpu_quota_run(quota, now_ns, ns_from_seconds(model->seconds[FIT_PARALLEL] * factor), model->threads);
	return now_ns - begin_ns;
}

/*
 * Mean CPU phases of a sandbox's requests. The first finds the quota whole, the others what the one before has left,
 * which soon is always the same.
 */
static double run_seconds(const struct work_model *model, const struct fit_conditions *conditions,
			  struct sandbox *sandbox, bool is_cold)
{
	int64_t in_row = is_cold || conditions->in_row < 1 ? 1 : conditions->in_row;
	double wait = work_model_wait_seconds(model, is_cold);
	int64_t now_ns = 0;
	double early = 0;
	double late = 0;
	for (int i = 0; i < IN_ROW && i < in_row; i++) {
		double variation = variation_of(model, sandbox, i);
		cpu_quota_receive(&sandbox->quota, now_ns);
		int64_t taken_ns = run_ns(model, sandbox, now_ns, variation, is_cold);
		now_ns += taken_ns + ns_from_seconds(wait * variation + conditions->gap_seconds);
		*(i < IN_ROW / 2 ? &early : &late) += seconds_from_ns(taken_ns);
	}
	if (in_row <= IN_ROW)
		return (early + late) / (double)in_row;
	return (early + late / (IN_ROW - IN_ROW / 2) * (double)(in_row - IN_ROW / 2)) / (double)in_row;
}

double work_model_seconds(const struct work_model *model, const struct fit_conditions *conditions, int64_t memory_mb,
			  bool is_cold)
{
	enum { STRIDE = 19 };
	int64_t period_ns = ns_from_seconds(conditions->cpu->period_seconds);
	double seconds = 0;
	for (int i = 0; i < MODEL_SANDBOXES; i++) {
		struct sandbox sandbox = {
			.number = i,
			.slowness = conditions->slowness * model->slowness[i * STRIDE % MODEL_SANDBOXES],
		};
		cpu_quota_init(&sandbox.quota, conditions->cpu, memory_mb, period_ns * i / MODEL_SANDBOXES);
		seconds += run_seconds(model, conditions, &sandbox, is_cold);
	}
	return work_model_wait_seconds(model, is_cold) + seconds / MODEL_SANDBOXES;
}
