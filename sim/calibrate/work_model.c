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

struct model_sandbox {
	struct cpu_quota quota;
	double slowness;
	int64_t now_ns; /* when it can have the next request */
};

/*
 * A Korobov lattice: along its dimensions a point goes in steps of 1, GENERATOR, GENERATOR^2 ..., so that none follows
 * from another. Where a sandbox's periods begin is dimension 0 and its speed 1; the variations of as many requests as
 * there are sandboxes, in the order in which they come, are dimension 2, those of the next as many 3 and so on.
 */
static int lattice_place(int point, int count, int dimension)
{
	enum { GENERATOR = 231 };
	int place = (2 * point + 1) * MODEL_SANDBOXES / (2 * count);
	for (int i = 0; i < dimension; i++)
		place = place * GENERATOR % MODEL_SANDBOXES;
	return place;
}

static double variation_of(const struct work_model *model, int request, int count)
{
	return model->variations[lattice_place(request % count, count, 2 + request / count)];
}

static struct work work_of(const struct work_model *model, double images)
{
	const double *seconds = model->seconds;
	struct work work = {.varying = model->varying};
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

/* What a request asks for, phase by phase, which is the same for all of them. */
struct model_request {
	int64_t gap_ns; /* until the sandbox has the next */
	struct demand demands[WORK_PHASES];
	int count;
};

static void set_request(const struct work *work, bool is_cold, struct model_request *out)
{
	const struct demand_visit visit = {.is_first = is_cold};
	const struct demand *demand;
	struct demand_table table;
	demand_table_init(&table, NULL, work);
	out->count = 0;
	for (int phase = 0; (demand = demand_find(&table, &visit, &phase)); phase++)
		out->demands[out->count++] = *demand;
}

/* When a request that comes now ends, as visit.c runs its phases; what is cold does not vary with the request. */
static int64_t request_end_ns(const struct model_request *request, struct model_sandbox *sandbox, int64_t now_ns,
			      double variation)
{
	cpu_quota_receive(&sandbox->quota, now_ns);
	for (int i = 0; i < request->count; i++) {
		const struct demand *demand = &request->demands[i];
		double cpu_factor = demand->cpu_varies ? variation : 1;
		int64_t wait_ns = llround((double)demand->wait_ns * (demand->wait_varies ? variation : 1));
		int64_t cpu_ns = llround((double)demand->cpu_ns * cpu_factor * sandbox->slowness);
		now_ns = demand_end_ns(demand, &sandbox->quota, now_ns, wait_ns, cpu_ns);
	}
	return now_ns;
}

/* Many pieces meet the periods in many ways by themselves. */
static int sandboxes_of(const struct work_model *model)
{
	enum { PIECES = 1024, LEAST = 16, COARSE = 64 };
	int most = model->is_fine ? MODEL_SANDBOXES : COARSE;
	int64_t enough = PIECES / model->alternations;
	return enough >= most ? most : enough > LEAST ? (int)enough : LEAST;
}

static void set_sandboxes(const struct work_model *model, const struct fit_conditions *conditions, int64_t memory_mb,
			  struct model_sandbox *sandboxes, int count)
{
	int64_t period_ns = ns_from_seconds(conditions->cpu->period_seconds);
	struct cpu_quota quota;
	cpu_quota_init(&quota, conditions->cpu, memory_mb, 0);
	for (int i = 0; i < count; i++) {
		double slowness = model->slowness[lattice_place(i, count, 1)];
		sandboxes[i] = (struct model_sandbox){.quota = quota, .slowness = conditions->slowness * slowness};
		sandboxes[i].quota.period_start_ns += period_ns * lattice_place(i, count, 0) / MODEL_SANDBOXES;
	}
}

/* The sandbox at `place` of a heap whose top is done first goes down to where it belongs. */
static void sift_down(struct model_sandbox **heap, int count, int place)
{
	struct model_sandbox *moved = heap[place];
	for (int child = 2 * place + 1; child < count; child = 2 * place + 1) {
		if (child + 1 < count && heap[child + 1]->now_ns < heap[child]->now_ns)
			child++;
		if (moved->now_ns <= heap[child]->now_ns)
			break;
		heap[place] = heap[child];
		place = child;
	}
	heap[place] = moved;
}

/* The sandbox's next request; returns how long it takes. */
static double take_request(const struct model_request *request, struct model_sandbox *sandbox, double variation)
{
	int64_t end_ns = request_end_ns(request, sandbox, sandbox->now_ns, variation);
	int64_t taken_ns = end_ns - sandbox->now_ns;
	sandbox->now_ns = end_ns + request->gap_ns;
	return (double)taken_ns;
}

/*
 * Mean of the requests that the sandboxes share. The next one goes to the sandbox that is done first, so that those
 * which happen to be stopped less have more of them. A sandbox's first request finds the quota whole, the others what
 * the one before has left, which soon is always the same: the later half stands for all that follow.
 */
static double requests_ns(const struct work_model *model, const struct fit_conditions *conditions,
			  const struct model_request *request, struct model_sandbox *sandboxes, int count, bool is_cold)
{
	struct model_sandbox *heap[MODEL_SANDBOXES];
	int64_t in_row = is_cold || conditions->in_row < 1 ? 1 : conditions->in_row;
	int requests = count * (int)(in_row < IN_ROW ? in_row : IN_ROW);
	int late_from = count * IN_ROW / 2;
	double early = 0;
	double late = 0;
	for (int i = 0; i < count; i++) {
		heap[i] = &sandboxes[i];
		early += take_request(request, heap[i], variation_of(model, i, count));
	}
	for (int i = count / 2; i-- > 0;)
		sift_down(heap, count, i);
	for (int i = count; i < requests; i++) {
		double variation = variation_of(model, i, count);
		*(i < late_from ? &early : &late) += take_request(request, heap[0], variation);
		sift_down(heap, count, 0);
	}
	if (in_row <= IN_ROW)
		return (early + late) / requests;
	double later = (double)(in_row - IN_ROW / 2);
	return (early + late / (IN_ROW - IN_ROW / 2) * later) / count / (double)in_row;
}

double work_model_seconds(const struct work_model *model, const struct fit_conditions *conditions, int64_t memory_mb,
			  bool is_cold)
{
	return work_model_batch_seconds(model, conditions, memory_mb, 1, is_cold);
}

double work_model_batch_seconds(const struct work_model *model, const struct fit_conditions *conditions,
				int64_t memory_mb, double images, bool is_cold)
{
	const struct work work = work_of(model, images);
	int count = sandboxes_of(model);
	struct model_sandbox sandboxes[MODEL_SANDBOXES];
	struct model_request request = {.gap_ns = ns_from_seconds(conditions->gap_seconds)};
	set_request(&work, is_cold, &request);
	set_sandboxes(model, conditions, memory_mb, sandboxes, count);
	return requests_ns(model, conditions, &request, sandboxes, count, is_cold) / NS_PER_SECOND;
}
