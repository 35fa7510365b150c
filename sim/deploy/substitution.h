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
	const struct inventory_instance *instance; /* whose each.* and count.* are meant; NULL: nobody's */
	struct arena *arena;
};

/*
 * What a node stands for: itself where it is no reference, NULL where that is not known. *is_none (AWS::NoValue, null)
 * tells that the key is as good as not there. The arena gets what is put together. What a Terraform configuration says
 * of a resource's attribute stays a reference to that.
 */
const struct yaml_node *substitution_resolve(const struct substitution *substitution, const struct yaml_node *node,
					     bool *is_none);

/* The same of a text that becomes JSON, as a state machine's definition does: Terraform's values are put in. */
const struct yaml_node *substitution_fill_json(const struct substitution *substitution, const struct yaml_node *node);

/* False where a condition of CloudFormation's is known not to hold. */
bool substitution_may_hold(const struct substitution *substitution, const char *condition);

#endif
