/*
 * Functions of Terraform's language over values that are known.
 *
 * Source: Terraform language documentation, functions.
 */
#ifndef LAMINA_TERRAFORM_FUNCTION_H
#define LAMINA_TERRAFORM_FUNCTION_H /* private to deploy */

#include <stddef.h>

#include "base/arena.h"
#include "doc/yaml.h"

enum { TERRAFORM_ARGUMENTS_MAX = 64 };

/* What the function makes of its arguments, of which those that are not known are NULL; NULL: nobody knows. */
const struct yaml_node *terraform_call(const char *name, const struct yaml_node *const *arguments, size_t count,
				       struct diag_place place, struct arena *arena);

#endif
