/*
 * Values of a Terraform plan together with what its configuration says of those that only applying it tells: a
 * reference stands for them, as "${aws_lambda_function.resize.arn}" does in Terraform's own text. One that a module is
 * given from outside is followed there.
 *
 * Source: Terraform documentation, JSON output format (values and configuration representation).
 */
#ifndef LAMINA_TERRAFORM_PLAN_H
#define LAMINA_TERRAFORM_PLAN_H /* private to deploy */

#include "base/arena.h"
#include "doc/yaml.h"

/* module: the address of the module that the resource stands in, "" for the root. */
const struct yaml_node *terraform_plan_values(const struct yaml_node *root, const char *module,
					      const struct yaml_node *resource, struct arena *arena);

#endif
