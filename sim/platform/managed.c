#include "platform/managed.h"

#include <math.h>

#include "platform/keys.h"

static const struct bind_field managed_fields[] = {
	BIND_FIELD(struct platform_managed, family, BIND_TEXT, .required = true, .help = "of instances, for people"),
	NUMBER(struct platform_managed, instance_vcpus, 1, 1024, "of an instance"),
	NUMBER(struct platform_managed, instance_memory_mb, 1, 1e8, "of an instance"),
	NUMBER(struct platform_managed, kept_vcpus, 0, 1024, "that an instance keeps for itself"),
	NUMBER(struct platform_managed, kept_memory_mb, 0, 1e8, "likewise"),
	NUMBER(struct platform_managed, memory_mb_per_vcpu, 1, 1e6, "of an environment"),
	NUMBER(struct platform_managed, environment_least_mb, 1, 1e6, "the least memory of a function"),
	NUMBER(struct platform_managed, head_room, 0, 100, "more instances than are needed, relative"),
	INTEGER(struct platform_managed, instances_least, 1, 100000, "for a zone each"),
	INTEGER(struct platform_managed, requests_per_vcpu_max, 1, 10000, "at once in an environment, by its runtime"),
	BIND_END,
};

const struct bind_schema platform_managed_schema = {
	.title = "managed",
	.bytes = sizeof(struct platform_managed),
	.fields = managed_fields,
};

/* Sums that are rounded up by their last bits are no reason for one more. */
static int64_t rounded_up(double value)
{
	return (int64_t)ceil(value - 1e-9);
}

static int64_t rounded_down(double value)
{
	return (int64_t)floor(value + 1e-9);
}

void managed_capacity_of(const struct platform_managed *managed, const struct managed_demand *demand,
			 struct managed_capacity *out)
{
	double runtime_max = (double)managed->requests_per_vcpu_max;
	double per_vcpu = fmax(1, fmin(floor(1 / demand->cpu_share + 1e-9), runtime_max));
	double fitting = fmin(runtime_max, managed->memory_mb_per_vcpu / demand->memory_mb);
	*out = (struct managed_capacity){0};
	out->environment_mb = fmax(managed->environment_least_mb, demand->memory_mb * fmax(1, fitting));
	out->environment_vcpus = rounded_up(out->environment_mb / managed->memory_mb_per_vcpu);
	out->requests_per_environment = (int64_t)per_vcpu * out->environment_vcpus;
	out->environments = rounded_up(demand->requests / (double)out->requests_per_environment);
	double by_cpu = (managed->instance_vcpus - managed->kept_vcpus) / (double)out->environment_vcpus;
	double by_memory = (managed->instance_memory_mb - managed->kept_memory_mb) / out->environment_mb;
	out->environments_per_instance = rounded_down(fmin(by_cpu, by_memory));
	if (out->environments_per_instance == 0)
		return;
	out->instances = rounded_up((double)out->environments / (double)out->environments_per_instance);
	if (out->instances < managed->instances_least)
		out->instances = managed->instances_least;
	out->with_head_room = rounded_up((double)out->instances * (1 + managed->head_room));
}
