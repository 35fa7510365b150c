#include "experiment/sample.h"

#include <math.h>

#include "base/num.h"
#include "experiment/replicate.h"
#include "stats/summary.h"

static void take_function(const struct setting *setting, const struct function_outcome *part,
			  struct function_sample *out)
{
	double ns[CAUSES];
	for (int i = 0; i < FUNCTION_METRICS; i++)
		out->metrics[i] = function_metrics[i].value(part);
	for (int i = 0; i < FAILURES; i++)
		out->failures[i] = (double)function_failure_count(part, (enum failure)i);
	for (int i = 0; i < WORK_PHASES; i++)
		out->phase_seconds[i] = (double)part->phase_ns[i] / 1e9;
	cause_times(part, ns);
	for (int i = 0; i < CAUSES; i++)
		out->cause_seconds[i] = ns[i] / 1e9;
	cause_costs(part, &setting->platform->price, out->cause_usd);
}

void sample_take(const struct setting *setting, const struct outcome *outcome, struct sample *out)
{
	for (int i = 0; i < METRICS; i++)
		out->metrics[i] = outcome_metrics[i].value(outcome);
	for (size_t i = 0; i < outcome->function_count; i++)
		take_function(setting, &outcome->functions[i], &out->functions[i]);
	for (size_t i = 0; out->steps && i < setting->graph->step_count; i++)
		for (int metric = 0; metric < STEP_METRICS; metric++)
			out->steps[i].metrics[metric] = step_metrics[metric].value(outcome, setting->graph, (int32_t)i);
	out->bill = outcome->bill;
	out->bytes_in = (double)outcome->total.bytes_in;
	out->bytes_out = (double)outcome->total.bytes_out;
	out->end = outcome->end;
	out->is_finished = outcome->end != OUTCOME_INTERRUPTED;
}

struct estimate estimate_of(const struct summary *summary)
{
	return (struct estimate){
		.mean = summary_mean(summary),
		.half_width = summary_half_width(summary, 0.95),
		.min = summary_min(summary),
		.max = summary_max(summary),
	};
}

static void gather_function(const struct sample *samples, int64_t count, size_t function,
			    const struct sample_function *fixed, struct function_result *out)
{
	*out = (struct function_result){
		.name = fixed->name,
		.memory_mb = fixed->memory_mb,
		.peak_memory_mb = fixed->peak_memory_mb,
	};
	for (int metric = 0; metric < FUNCTION_METRICS; metric++) {
		struct summary summary;
		summary_init(&summary);
		for (int64_t i = 0; i < count; i++)
			summary_add(&summary, samples[i].functions[function].metrics[metric]);
		out->metrics[metric] = estimate_of(&summary);
	}
	double invocations = 0;
	for (int64_t i = 0; i < count; i++) {
		const struct function_sample *part = &samples[i].functions[function];
		invocations += part->metrics[FUNCTION_METRIC_INVOCATIONS];
		for (int failure = 0; failure < FAILURES; failure++)
			out->failures[failure] += part->failures[failure] / (double)count;
		for (int phase = 0; phase < WORK_PHASES; phase++)
			out->phase_seconds[phase] += part->phase_seconds[phase];
		for (int cause = 0; cause < CAUSES; cause++) {
			out->cause_seconds[cause] += part->cause_seconds[cause];
			out->cause_usd[cause] += part->cause_usd[cause];
		}
	}
	for (int cause = 0; cause < CAUSES; cause++) {
		out->cause_seconds[cause] = invocations > 0 ? out->cause_seconds[cause] / invocations : 0;
		out->cause_usd[cause] /= (double)count;
	}
	for (int phase = 0; phase < WORK_PHASES; phase++)
		out->phase_seconds[phase] = invocations > 0 ? out->phase_seconds[phase] / invocations : 0;
}

static void gather_bill(const struct sample *samples, int64_t count, struct run_result *result)
{
	double n = (double)count;
	for (int64_t i = 0; i < count; i++) {
		for (int item = 0; item < BILL_ITEMS; item++) {
			result->bill.lines[item].quantity += samples[i].bill.lines[item].quantity / n;
			result->bill.lines[item].usd += samples[i].bill.lines[item].usd / n;
		}
		result->bill.total_usd += samples[i].bill.total_usd / n;
		result->bytes_in += samples[i].bytes_in / n;
		result->bytes_out += samples[i].bytes_out / n;
		if (samples[i].end > result->end)
			result->end = samples[i].end;
	}
}

void samples_gather(const struct sample *samples, int64_t count, const struct sample_function *functions,
		    size_t function_count, struct arena *arena, struct run_result *out)
{
	*out = (struct run_result){.replications = count, .function_count = function_count};
	for (int metric = 0; metric < METRICS; metric++) {
		struct summary summary;
		summary_init(&summary);
		out->samples[metric] = ARENA_ARRAY(arena, double, (size_t)count);
		for (int64_t i = 0; i < count; i++) {
			out->samples[metric][i] = samples[i].metrics[metric];
			summary_add(&summary, samples[i].metrics[metric]);
		}
		out->metrics[metric] = estimate_of(&summary);
	}
	gather_bill(samples, count, out);
	out->functions = ARENA_ARRAY(arena, struct function_result, function_count);
	for (size_t i = 0; i < function_count; i++)
		gather_function(samples, count, i, &functions[i], &out->functions[i]);
}

void samples_gather_steps(const struct sample *samples, int64_t count, const struct graph *graph, struct arena *arena,
			  struct run_result *out)
{
	out->step_count = graph->step_count;
	out->steps = ARENA_ARRAY(arena, struct step_result, graph->step_count);
	for (size_t step = 0; step < graph->step_count; step++) {
		out->steps[step].step = &graph->steps[step];
		for (int metric = 0; metric < STEP_METRICS; metric++) {
			struct summary summary;
			summary_init(&summary);
			for (int64_t i = 0; i < count; i++)
				summary_add(&summary, samples[i].steps[step].metrics[metric]);
			out->steps[step].metrics[metric] = estimate_of(&summary);
		}
	}
}

struct sample_function *sample_functions_of(const struct setting *setting, struct arena *arena)
{
	struct sample_function *functions = ARENA_ARRAY(arena, struct sample_function, setting->function_count);
	for (size_t i = 0; i < setting->function_count; i++)
		functions[i] = (struct sample_function){
			.name = setting->functions[i].name,
			.memory_mb = setting->functions[i].memory_mb,
			.peak_memory_mb = setting->functions[i].work.peak_memory_mb,
		};
	return functions;
}

/* Whether the interval of the stopping metric is still too wide. */
bool samples_want_more(const struct replications *rule, const struct sample *samples, int64_t done)
{
	const char *name = rule->until.metric;
	int metric = name && name[0] ? outcome_find_metric(name) : -1;
	if (done < rule->min)
		return true;
	if (done >= rule->max || metric < 0)
		return false;
	struct summary summary;
	summary_init(&summary);
	for (int64_t i = 0; i < done; i++)
		summary_add(&summary, samples[i].metrics[metric]);
	return summary_half_width(&summary, 0.95) > rule->until.half_width * fabs(summary_mean(&summary));
}

/* The first batch has min replications, each later one half of what there is. */
int64_t samples_next_batch(const struct replications *rule, int64_t done)
{
	int64_t batch = done == 0 ? rule->min : (done + 1) / 2;
	int64_t most = max_int64(rule->max, rule->min);
	return min_int64(batch, most - done);
}
