#include "serving/autoscaler.h"

#include <math.h>

#include "base/num.h"
#include "serving/instance.h"

void autoscaler_count(struct autoscaler *autoscaler, const struct engine *engine, int64_t more)
{
	int64_t now_ns = engine_now_ns(engine);
	autoscaler->request_ns += (double)(now_ns - autoscaler->counted_ns) * (double)autoscaler->requests;
	autoscaler->counted_ns = now_ns;
	autoscaler->requests += more;
}

static double mean(const double *looks, int64_t count)
{
	double sum = 0;
	for (int64_t i = 0; i < count; i++)
		sum += looks[i];
	return sum / (double)count;
}

/* Thread time that the function's instances have ever used. */
static double cpu_ns(const struct autoscaler *autoscaler, int64_t *instances)
{
	double total_ns = autoscaler->cpu_ns;
	*instances = 0;
	for (struct instance *instance = autoscaler->simulation->living_instances; instance;
	     instance = instance->next) {
		if (instance->function != autoscaler->function)
			continue;
		total_ns += fluid_done(&instance->cpu);
		++*instances;
	}
	return total_ns;
}

static int64_t wanted(const struct autoscaler *autoscaler)
{
	const struct simulation *simulation = autoscaler->simulation;
	const struct setting_function *function = &simulation->setting->functions[autoscaler->function];
	const struct platform *platform = simulation->setting->platform;
	double target = platform->sandbox.target_share;
	int64_t count = autoscaler->looks < AUTOSCALER_LOOKS ? autoscaler->looks : AUTOSCALER_LOOKS;
	double by_cpu = mean(autoscaler->cpu_looks, count) / (cpu_share(&platform->cpu, function->memory_mb) * target);
	double by_requests = mean(autoscaler->request_looks, count) / ((double)function->sandbox.requests_max * target);
	/* Rounding of sums is no reason for one more. */
	return (int64_t)fmax(1, ceil(fmax(by_cpu, by_requests) - 1e-9));
}

static void look(struct engine *engine, void *subject, int64_t argument)
{
	struct autoscaler *autoscaler = subject;
	int64_t instances;
	autoscaler_count(autoscaler, engine, 0);
	double used_ns = cpu_ns(autoscaler, &instances);
	int64_t slot = autoscaler->looks++ % AUTOSCALER_LOOKS;
	autoscaler->request_looks[slot] = autoscaler->request_ns / (double)autoscaler->look_ns;
	autoscaler->cpu_looks[slot] = (used_ns - autoscaler->cpu_seen_ns) / (double)autoscaler->look_ns;
	autoscaler->request_ns = 0;
	autoscaler->cpu_seen_ns = used_ns;
	autoscaler->wanted = wanted(autoscaler);
	while (instances < autoscaler->wanted && instance_start(autoscaler->simulation, autoscaler->function))
		instances++;
	engine_schedule(engine, autoscaler->look_ns, 0, look, autoscaler, 0);
}

void autoscaler_init(struct autoscaler *autoscaler, struct simulation *simulation, size_t function)
{
	const struct platform_sandbox *platform = &simulation->setting->platform->sandbox;
	if (platform->target_share == 0 || simulation->setting->functions[function].sandbox.requests_max <= 1)
		return;
	*autoscaler = (struct autoscaler){
		.simulation = simulation,
		.function = function,
		.look_ns = ns_from_seconds(platform->target_window_seconds / AUTOSCALER_LOOKS),
		.wanted = 1,
	};
	engine_schedule(&simulation->engine, autoscaler->look_ns, 0, look, autoscaler, 0);
}
