/*
 * Functions on instances that one pays for (AWS Lambda Managed Instances): how many requests an environment takes, how
 * many environments an instance, and how many instances AWS's own capacity arithmetic asks for:
 *
 *   a request         has a share of a vCPU; a vCPU takes 1 / share of them, at most as many as the runtime allows
 *   an environment    has memory for the requests of one vCPU, but no less than a function may have, and the vCPUs that
 *                     come with so much
 *   an instance       keeps a vCPU and a GB for itself; the rest is for environments
 *   instances         hold the environments of all requests at once, three at least, and half as many again
 *
 * Source: github.com/aws-samples/sample-aws-lambda-managed-instances, docs/CALCULATOR_METHODOLOGY.md, 19 March 2026.
 * It has no queueing: how long requests wait for what it asks for, and how many are refused, is what a simulation of
 * such a fleet says, in which an instance takes the requests of all its environments.
 */
#ifndef LAMINA_MANAGED_H
#define LAMINA_MANAGED_H /* private to platform */

#include <stdint.h>

#include "doc/bind.h"

struct platform_managed {
	const char *family; /* NULL: the platform has no such instances */
	double instance_vcpus;
	double instance_memory_mb;
	double kept_vcpus;
	double kept_memory_mb;
	double memory_mb_per_vcpu; /* of environments */
	double environment_least_mb;
	double head_room; /* relative */
	int64_t instances_least;
	int64_t requests_per_vcpu_max; /* of the runtime */
};
extern const struct bind_schema platform_managed_schema;

/* So many requests at once, each of so much memory and such a share of a vCPU. */
struct managed_demand {
	double requests;
	double memory_mb;
	double cpu_share;
};

struct managed_capacity {
	int64_t requests_per_environment;
	double environment_mb;
	int64_t environment_vcpus;
	int64_t environments;
	int64_t environments_per_instance; /* 0: none fits */
	int64_t instances;
	int64_t with_head_room;
};

void managed_capacity_of(const struct platform_managed *managed, const struct managed_demand *demand,
			 struct managed_capacity *out);

#endif
