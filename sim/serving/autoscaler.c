/*
 * An autoscaler that keeps instances below a share of what they can do, rather than waiting until they are full: the
 * number wanted is the larger of
 *
 *	vCPUs in use / (vCPUs of an instance * target)      requests / (requests that an instance takes * target)
 *
 * with means over a window, rounded up. Where there are fewer, instances are started without a request; where there are
 * more, the last ones get no requests and expire. A request that finds all instances full still starts one; but those
 * of a fleet only the autoscaler starts, and it keeps their least number.
 *
 * Source: Cloud Run documentation, about instance autoscaling: both quotients, 60 %, one minute, on-demand scaling
 * beside it. How often it looks is not published, and assumed in the platform's file.
 */
#include <math.h>

#include "base/num.h"
#include "serving/instance.h"

/* A function's autoscaler, with what it saw when it looked. */
struct autoscaler {
	struct simulation *simulation;
	size_t function;
	int64_t look_ns;
	double cpu_seen_ns;
	int64_t looks;
	double *request_looks; /* of the last window, a ring: means since the look before */
	double *cpu_looks;
};

static double mean_of_looks(const double *looks, int64_t count)
{
	double sum = 0;
	for (int64_t i = 0; i < count; i++)
		sum += looks[i];
	return sum / (double)count;
}

static struct function_instances *instances_of(const struct autoscaler *autoscaler)
{
	return &autoscaler->simulation->instances[autoscaler->function];
}

/* Thread time that the function's instances have ever used; *count gets how many of them live. */
static double used_cpu_ns(const struct autoscaler *autoscaler, int64_t *count)
{
	double total_ns = instances_of(autoscaler)->gone_cpu_ns;
	*count = 0;
	for (struct instance *instance = autoscaler->simulation->living_instances; instance;
	     instance = instance->next) {
		if (instance->function != autoscaler->function)
			continue;
		total_ns += fluid_done(&instance->cpu);
		*count += !sandbox_is_old(instance->sandbox);
	}
	return total_ns;
}

static int64_t wanted_instances(const struct autoscaler *autoscaler)
{
	const struct simulation *simulation = autoscaler->simulation;
	const struct setting_function *function = &simulation->setting->functions[autoscaler->function];
	const struct platform *platform = simulation->setting->platform;
	double target = platform->sandbox.target_share;
	int64_t most = platform->sandbox.target_looks;
	int64_t count = autoscaler->looks < most ? autoscaler->looks : most;
	double by_cpu =
		mean_of_looks(autoscaler->cpu_looks, count) / (cpu_share(&platform->cpu, function->memory_mb) * target);
	double by_requests =
		mean_of_looks(autoscaler->request_looks, count) / ((double)function->sandbox.requests_max * target);
	/* A sum that is rounded up by its last bits is no reason for one more instance. */
	double wanted = fmax(1, ceil(fmax(by_cpu, by_requests) - 1e-9));
	if (platform->sandbox.starts == STARTS_BY_TARGET)
		wanted = fmin(fmax(wanted, (double)function->sandbox.instances_min),
			      (double)platform->limits.concurrency);
	return (int64_t)wanted;
}

static void look_at_instances(struct engine *engine, void *subject, int64_t argument)
{
	struct autoscaler *autoscaler = subject;
	struct function_instances *instances = instances_of(autoscaler);
	double request_ns = instance_take_request_ns(instances, engine);
	int64_t count;
	double used_ns = used_cpu_ns(autoscaler, &count);
	int64_t slot = autoscaler->looks++ % autoscaler->simulation->setting->platform->sandbox.target_looks;
	autoscaler->request_looks[slot] = request_ns / (double)autoscaler->look_ns;
	autoscaler->cpu_looks[slot] = (used_ns - autoscaler->cpu_seen_ns) / (double)autoscaler->look_ns;
	autoscaler->cpu_seen_ns = used_ns;
	instances->wanted = wanted_instances(autoscaler);
	while (count < instances->wanted && instance_start(autoscaler->simulation, autoscaler->function))
		count++;
	engine_schedule(engine, autoscaler->look_ns, 0, look_at_instances, autoscaler, 0);
}

void autoscaler_begin(struct simulation *simulation, size_t function)
{
	const struct platform_sandbox *platform = &simulation->setting->platform->sandbox;
	const struct sandbox_spec *spec = &simulation->setting->functions[function].sandbox;
	bool is_fleet = platform->starts == STARTS_BY_TARGET;
	bool is_guest = setting_home(simulation->setting, function) != function;
	if (is_guest || platform->target_share == 0 || (spec->requests_max <= 1 && !is_fleet))
		return;
	struct autoscaler *autoscaler = ARENA_NEW(simulation->arena, struct autoscaler);
	*autoscaler = (struct autoscaler){
		.simulation = simulation,
		.function = function,
		.look_ns = ns_from_seconds(platform->target_window_seconds / (double)platform->target_looks),
		.request_looks = ARENA_ARRAY(simulation->arena, double, (size_t)platform->target_looks),
		.cpu_looks = ARENA_ARRAY(simulation->arena, double, (size_t)platform->target_looks),
	};
	instances_of(autoscaler)->wanted = is_fleet ? spec->instances_min : 1;
	engine_schedule(&simulation->engine, autoscaler->look_ns, 0, look_at_instances, autoscaler, 0);
}
