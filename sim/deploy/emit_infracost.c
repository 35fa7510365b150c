/*
 * An Infracost usage file: what it cannot see in a Terraform plan. Resources are called as in a plan without
 * for_each; with it they are aws_lambda_function.NAME["conv1"].
 *
 * Source: infracost.io, usage file; infracost, internal/resources/aws/lambda_function.go.
 */
#include <math.h>

#include "deploy/emit.h"
#include "doc/yaml.h"

void emit_infracost(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	struct yaml_node *root = yaml_build_map(arena);
	yaml_build_number(root, "version", 0.1, 1, arena);
	struct yaml_node *usage = yaml_build_add(root, YAML_MAP, "resource_usage", arena);
	for (size_t i = 0; i < deployment->function_count; i++) {
		const struct deployed_function *function = &deployment->functions[i];
		const char *address = arena_printf(arena, "aws_lambda_function.%s", function->name);
		struct yaml_node *entry = yaml_build_add(usage, YAML_MAP, address, arena);
		yaml_build_int(entry, "monthly_requests", deployment->monthly_requests, arena);
		yaml_build_int(entry, "request_duration_ms", llround(1000 * function->seconds), arena);
	}
	buf_printf(out, "# lamina %s plan --emit infracost\n", deployment->version);
	yaml_write(root, out);
}
