/*
 * Expressions of Terraform's language as far as a configuration answers them itself: literals, operators, conditions,
 * indices, strings with ${...}, and the functions of terraform_function.h. An attribute of a resource, which only
 * deployment knows, stays as it is written, "${aws_lambda_function.f.arn}"; what is not read (`for`, splats, %{...}) is
 * not known.
 *
 * Source: Terraform language documentation, expressions and JSON configuration syntax.
 */
#ifndef LAMINA_TERRAFORM_EXPRESSION_H
#define LAMINA_TERRAFORM_EXPRESSION_H /* private to deploy */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "doc/yaml.h"

struct terraform_scope {
	/* What `var.NAME`, `local.NAME`, `each.NAME` or `count.NAME` stands for; NULL: not known. */
	const struct yaml_node *(*refer)(const void *context, const char *root, const char *name,
					 struct diag_place place, int depth);
	/* What a node of these stands for, which may have ${...} itself. */
	const struct yaml_node *(*resolve)(const void *context, const struct yaml_node *node, int depth);
	const void *context;
	int depth;           /* of references in each other, for both */
	bool is_json;        /* the text becomes JSON: quotes of what stays as it is written are escaped */
	struct arena *arena; /* gets what is made */
	int64_t *left;       /* steps that may still be taken, in all */
};

/*
 * A text with ${...}: the value of the only one, where there is nothing beside it, else a text. NULL where it is not
 * known. Lists and maps are such nodes; jsonencode(...) is what it is given.
 */
const struct yaml_node *terraform_text(const struct terraform_scope *scope, const char *text, struct diag_place place);

/* Nodes for values. Copies are shallow, without key and neighbours. */
struct yaml_node *terraform_new(enum yaml_kind kind, const char *text, struct diag_place place, struct arena *arena);
void terraform_add(struct yaml_node *parent, const char *key, const struct yaml_node *value, struct arena *arena);

/* "true" is 1, "false" 0, anything else, and NULL, -1. */
int terraform_truth(const struct yaml_node *value);

/* False where it is no number. */
bool terraform_number(const struct yaml_node *value, double *out);

#endif
