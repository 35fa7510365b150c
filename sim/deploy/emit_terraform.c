/*
 * Terraform variables, which it loads by themselves from a file called *.auto.tfvars.json. The resources that use them
 * are in the manual page (contrib/man/lamina-plan.more.scd).
 *
 * Reserved concurrency of -1 is none; 0 would disable the function.
 * Source: registry.terraform.io, hashicorp/aws, aws_lambda_function (snap_start { apply_on = "PublishedVersions" }).
 *
 * And a file of the same for resources that are there: Terraform merges files called *_override.tf.json into others,
 * argument by argument (Terraform language documentation, override files). Provisioned concurrency is a resource of its
 * own, which that changes; where there is none yet, it must stand in a file of another name.
 *
 * And an Infracost usage file: what it cannot see in a Terraform plan. Resources are called as in a plan without
 * for_each; with it they are aws_lambda_function.NAME["conv1"].
 *
 * Source: infracost.io, usage file; infracost, internal/resources/aws/lambda_function.go.
 */
#include <math.h>

#include "base/json.h"
#include "deploy/emit.h"
#include "doc/yaml.h"

static void write_architectures(const struct deployed_function *function, struct json *json)
{
	json_key(json, "architectures");
	json_array_begin(json);
	json_text(json, function->is_arm64 ? "arm64" : "x86_64");
	json_array_end(json);
}

static void write_snapshots(const struct deployed_function *function, struct json *json)
{
	if (!function->has_snapshot)
		return;
	json_key(json, "snap_start");
	json_object_begin(json);
	json_field_text(json, "apply_on", "PublishedVersions");
	json_object_end(json);
}

static void write_function(const struct deployed_function *function, struct json *json)
{
	json_key(json, emit_resource(function));
	json_object_begin(json);
	json_field_int(json, "memory_size", function->memory_mb);
	json_field_int(json, "timeout", function->timeout_seconds);
	json_field_int(json, "ephemeral_storage_size", function->tmp_mb);
	json_field_int(json, "reserved_concurrent_executions",
		       function->reserved_concurrency > 0 ? function->reserved_concurrency : -1);
	json_field_int(json, "provisioned_concurrent_executions", function->provisioned_concurrency);
	write_snapshots(function, json);
	write_architectures(function, json);
	json_object_end(json);
}

void emit_terraform(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	struct json json;
	json_init(&json, out, true);
	json_object_begin(&json);
	json_key(&json, "lamina_functions");
	json_object_begin(&json);
	for (size_t i = 0; i < deployment->function_count; i++)
		write_function(&deployment->functions[i], &json);
	json_object_end(&json);
	json_object_end(&json);
	buf_add_char(out, '\n');
}

/* Blocks of a resource: those of the file it overrides are replaced argument by argument, nested ones whole. */
static void write_override(const struct deployed_function *function, struct json *json)
{
	json_key(json, emit_resource(function));
	json_object_begin(json);
	json_field_int(json, "memory_size", function->memory_mb);
	json_field_int(json, "timeout", function->timeout_seconds);
	json_key(json, "ephemeral_storage");
	json_object_begin(json);
	json_field_int(json, "size", function->tmp_mb);
	json_object_end(json);
	json_field_int(json, "reserved_concurrent_executions",
		       function->reserved_concurrency > 0 ? function->reserved_concurrency : -1);
	if (function->has_snapshot || function->provisioned_concurrency > 0) {
		json_key(json, "publish");
		json_bool(json, true);
	}
	write_snapshots(function, json);
	write_architectures(function, json);
	json_object_end(json);
}

static bool any_provisioned(const struct deployment *deployment)
{
	for (size_t i = 0; i < deployment->function_count; i++)
		if (deployment->functions[i].provisioned_concurrency > 0)
			return true;
	return false;
}

static void write_provisioned(const struct deployed_function *function, struct arena *arena, struct json *json)
{
	if (function->provisioned_concurrency == 0)
		return;
	const char *address = arena_printf(arena, "aws_lambda_function.%s", emit_resource(function));
	json_key(json, emit_resource(function));
	json_object_begin(json);
	json_field_text(json, "function_name", arena_printf(arena, "${%s.function_name}", address));
	json_field_text(json, "qualifier", arena_printf(arena, "${%s.version}", address));
	json_field_int(json, "provisioned_concurrent_executions", function->provisioned_concurrency);
	json_object_end(json);
}

void emit_terraform_json(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	struct json json;
	json_init(&json, out, true);
	json_object_begin(&json);
	json_key(&json, "resource");
	json_object_begin(&json);
	json_key(&json, "aws_lambda_function");
	json_object_begin(&json);
	for (size_t i = 0; i < deployment->function_count; i++)
		write_override(&deployment->functions[i], &json);
	json_object_end(&json);
	if (any_provisioned(deployment)) {
		json_key(&json, "aws_lambda_provisioned_concurrency_config");
		json_object_begin(&json);
		for (size_t i = 0; i < deployment->function_count; i++)
			write_provisioned(&deployment->functions[i], arena, &json);
		json_object_end(&json);
	}
	json_object_end(&json);
	json_object_end(&json);
	buf_add_char(out, '\n');
}

void emit_infracost(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	struct yaml_node *root = yaml_build_map(arena);
	yaml_build_number(root, "version", 0.1, 1, arena);
	struct yaml_node *usage = yaml_build_add(root, YAML_MAP, "resource_usage", arena);
	for (size_t i = 0; i < deployment->function_count; i++) {
		const struct deployed_function *function = &deployment->functions[i];
		const char *address = arena_printf(arena, "aws_lambda_function.%s", emit_resource(function));
		struct yaml_node *entry = yaml_build_add(usage, YAML_MAP, address, arena);
		yaml_build_int(entry, "monthly_requests", function->monthly_requests, arena);
		yaml_build_int(entry, "request_duration_ms", llround(1000 * function->seconds), arena);
	}
	buf_printf(out, "# lamina %s plan --emit infracost\n", deployment->version);
	yaml_write(root, out);
}
