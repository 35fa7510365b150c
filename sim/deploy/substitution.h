/*
 * References that a template answers itself: CloudFormation's parameters with defaults, mappings and conditions;
 * Terraform's variables with defaults and locals; variables of the Serverless Framework. What only a deployment knows
 * (attributes of resources, imports, secrets) stays unresolved.
 *
 * Sources: CloudFormation template reference, intrinsic functions and condition functions; Terraform language
 * documentation, JSON configuration syntax and expressions; serverless.com, Variables.
 */
#ifndef LAMINA_SUBSTITUTION_H
#define LAMINA_SUBSTITUTION_H /* private to deploy */

#include "deploy/inventory.h"

struct substitution {
	const struct inventory *inventory;
	const char *const *given; /* "NAME=VALUE", over the defaults */
	size_t given_count;
	struct arena *arena;
};

/*
 * What a node stands for: itself where it is no reference, NULL where that is not known. *is_none (AWS::NoValue, null)
 * tells that the key is as good as not there. The arena gets what is put together.
 */
const struct yaml_node *substitution_resolve(const struct substitution *substitution, const struct yaml_node *node,
					     bool *is_none);

#endif
