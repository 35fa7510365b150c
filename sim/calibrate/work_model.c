#include "calibrate/work_model.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "base/num.h"
#include "serving/demand.h"

enum { IN_ROW = 8 };

const char *const work_parameter_names[FIT_PARAMETERS] = {
	[FIT_SINGLE] = "single-threaded CPU",   [FIT_WAIT] = "fixed wait",
	[FIT_PARALLEL] = "parallel CPU",        [FIT_COLD] = "cold CPU",
	[FIT_COLD_WAIT] = "cold wait",          [FIT_CALL_SINGLE] = "one thread's, a call",
	[FIT_CALL_WAIT] = "fixed wait, a call", [FIT_CALL_PARALLEL] = "parallel CPU, a call",
};

bool work_parameter_is_wait(int parameter)
{
	return parameter == FIT_WAIT || parameter == FIT_COLD_WAIT || parameter == FIT_CALL_WAIT;
}

double work_model_wait_seconds(const struct work_model *model, double images, bool is_cold)
{
	return images * model->seconds[FIT_WAIT] + model->seconds[FIT_CALL_WAIT] +
	       (is_cold ? model->seconds[FIT_COLD_WAIT] : 0);
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
	*model = (struct work_model){.threads = threads, .alternations = 1, .variation = variation};
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

double work_model_variation(double row_variance, double speed_variance)
{
	double left = row_variance - speed_variance;
	return left > 0 ? sqrt(left) : 0;
}

/* A sandbox among the model's: where its periods begin, its speed and its requests are told apart by a lattice. */
struct model_sandbox {
	int number;
	double slowness;
	struct cpu_quota quota;
};

static double variation_of(const struct work_model *model, const struct model_sandbox *sandbox, int request)
{
	enum { STRIDE = 27, REQUEST_STRIDE = 37 };
	return model->variations[(sandbox->number * STRIDE + request * REQUEST_STRIDE) % MODEL_SANDBOXES];
}

static struct work work_of(const struct work_model *model, double images)
{
	const double *seconds = model->seconds;
	struct work work = {0};
	work.phases[WORK_IMPORT] = (struct phase){
		.cpu_ns = ns_from_seconds(model->seconds[FIT_COLD]),
		.wait_ns = ns_from_seconds(model->seconds[FIT_COLD_WAIT]),
		.cold_only = true,
	};
	work.phases[WORK_DECODE].cpu_ns = ns_from_seconds(images * seconds[FIT_SINGLE] + seconds[FIT_CALL_SINGLE]);
	work.phases[WORK_COMPUTE] =
		(struct phase){.cpu_ns = ns_from_seconds(images * seconds[FIT_PARALLEL] + seconds[FIT_CALL_PARALLEL]),
			       .threads = model->threads};
	work.phases[WORK_WAIT].wait_ns = ns_from_seconds(work_model_wait_seconds(model, images, false));
	work_alternate(&work, model->alternations, llround(fmax(1, images)));
	return work;
}

/* When a request that comes now ends, as visit.c runs its phases; what is cold does not vary with the request. */
static int64_t request_end_ns(const struct work *work, struct model_sandbox *sandbox, int64_t now_ns, double variation,
			      bool is_cold)
{
	const struct demand_visit visit = {.is_first = is_cold};
	struct demand demand;
	cpu_quota_receive(&sandbox->quota, now_ns);
	for (int phase = 0; demand_find(&demand, NULL, work, &visit, &phase); phase++) {
		double factor = demand.varies ? variation : 1;
		int64_t wait_ns = llround((double)demand.wait_ns * factor);
		int64_t cpu_ns = llround((double)demand.cpu_ns * factor * sandbox->slowness);
		now_ns = demand_end_ns(&demand, &sandbox->quota, now_ns, wait_ns, cpu_ns);
	}
	return now_ns;
}

/*
 * Mean of a sandbox's requests. The first finds the quota whole, the others what the one before has left, which soon is
 * always the same.
 */
static double sandbox_ns(const struct work_model *model, const struct fit_conditions *conditions,
			 const struct work *work, struct model_sandbox *sandbox, bool is_cold)
{
	int64_t in_row = is_cold || conditions->in_row < 1 ? 1 : conditions->in_row;
	int64_t now_ns = 0;
	double early = 0;
	double late = 0;
	for (int i = 0; i < IN_ROW && i < in_row; i++) {
		int64_t end_ns = request_end_ns(work, sandbox, now_ns, variation_of(model, sandbox, i), is_cold);
		*(i < IN_ROW / 2 ? &early : &late) += (double)(end_ns - now_ns);
		now_ns = end_ns + ns_from_seconds(conditions->gap_seconds);
	}
	if (in_row <= IN_ROW)
		return (early + late) / (double)in_row;
	return (early + late / (IN_ROW - IN_ROW / 2) * (double)(in_row - IN_ROW / 2)) / (double)in_row;
}

/* Many pieces meet the periods in many ways by themselves. */
static int sandboxes_of(const struct work_model *model)
{
	enum { PIECES = 1024, LEAST = 16 };
	int64_t enough = PIECES / model->alternations;
	return enough >= MODEL_SANDBOXES ? MODEL_SANDBOXES : enough > LEAST ? (int)enough : LEAST;
}

double work_model_seconds(const struct work_model *model, const struct fit_conditions *conditions, int64_t memory_mb,
			  bool is_cold)
{
	return work_model_batch_seconds(model, conditions, memory_mb, 1, is_cold);
}

double work_model_batch_seconds(const struct work_model *model, const struct fit_conditions *conditions,
				int64_t memory_mb, double images, bool is_cold)
{
	enum { STRIDE = 19 };
	int64_t period_ns = ns_from_seconds(conditions->cpu->period_seconds);
	const struct work work = work_of(model, images);
	int count = sandboxes_of(model);
	double ns = 0;
	for (int i = 0; i < count; i++) {
		int number = (2 * i + 1) * MODEL_SANDBOXES / (2 * count);
		struct model_sandbox sandbox = {
			.number = number,
			.slowness = conditions->slowness * model->slowness[number * STRIDE % MODEL_SANDBOXES],
		};
		cpu_quota_init(&sandbox.quota, conditions->cpu, memory_mb, period_ns * number / MODEL_SANDBOXES);
		ns += sandbox_ns(model, conditions, &work, &sandbox, is_cold);
	}
	return ns / count / NS_PER_SECOND;
}
