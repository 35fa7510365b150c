/*
 * AWS SAM and the Serverless Framework: the same figures under two sets of names. Provisioned concurrency needs an
 * alias in SAM.
 *
 * Sources: AWS SAM developer guide, AWS::Serverless::Function (SnapStart as in AWS::Lambda::Function, whose ApplyOn is
 * PublishedVersions or None; AutoPublishAlias); serverless.com, serverless.yml reference (snapStart: true or false).
 */
#include "deploy/emit.h"
#include "doc/yaml.h"

static const char *architecture_of(const struct deployed_function *function)
{
	return function->is_arm64 ? "arm64" : "x86_64";
}

static void add_sam_function(struct yaml_node *resources, const struct deployment *deployment, size_t index,
			     struct arena *arena)
{
	const struct deployed_function *function = &deployment->functions[index];
	const char *id = arena_printf(arena, "%sFunction", emit_logical_id(deployment, index, arena));
	struct yaml_node *resource = yaml_build_add(resources, YAML_MAP, id, arena);
	yaml_build_text(resource, "Type", "AWS::Serverless::Function", arena);
	struct yaml_node *properties = yaml_build_add(resource, YAML_MAP, "Properties", arena);
	yaml_build_int(properties, "MemorySize", function->memory_mb, arena);
	yaml_build_int(properties, "Timeout", function->timeout_seconds, arena);
	struct yaml_node *storage = yaml_build_add(properties, YAML_MAP, "EphemeralStorage", arena);
	yaml_build_int(storage, "Size", function->tmp_mb, arena);
	if (function->reserved_concurrency > 0)
		yaml_build_int(properties, "ReservedConcurrentExecutions", function->reserved_concurrency, arena);
	if (function->has_snapshot || function->provisioned_concurrency > 0)
		yaml_build_text(properties, "AutoPublishAlias", "live", arena);
	if (function->has_snapshot) {
		struct yaml_node *snapshot = yaml_build_add(properties, YAML_MAP, "SnapStart", arena);
		yaml_build_text(snapshot, "ApplyOn", "PublishedVersions", arena);
	}
	if (function->provisioned_concurrency > 0) {
		struct yaml_node *provisioned =
			yaml_build_add(properties, YAML_MAP, "ProvisionedConcurrencyConfig", arena);
		yaml_build_int(provisioned, "ProvisionedConcurrentExecutions", function->provisioned_concurrency,
			       arena);
	}
	struct yaml_node *architectures = yaml_build_add(properties, YAML_LIST, "Architectures", arena);
	yaml_build_text(architectures, NULL, architecture_of(function), arena);
}

void emit_sam(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	struct yaml_node *root = yaml_build_map(arena);
	struct yaml_node *resources = yaml_build_add(root, YAML_MAP, "Resources", arena);
	for (size_t i = 0; i < deployment->function_count; i++)
		add_sam_function(resources, deployment, i, arena);
	buf_printf(out, "# lamina %s plan --emit sam: merge into template.yaml by logical id\n", deployment->version);
	yaml_write(root, out);
}

static void add_serverless_function(struct yaml_node *functions, const struct deployed_function *function,
				    struct arena *arena)
{
	struct yaml_node *entry = yaml_build_add(functions, YAML_MAP, function->name, arena);
	yaml_build_int(entry, "memorySize", function->memory_mb, arena);
	yaml_build_int(entry, "timeout", function->timeout_seconds, arena);
	yaml_build_int(entry, "ephemeralStorageSize", function->tmp_mb, arena);
	yaml_build_text(entry, "architecture", architecture_of(function), arena);
	if (function->reserved_concurrency > 0)
		yaml_build_int(entry, "reservedConcurrency", function->reserved_concurrency, arena);
	if (function->provisioned_concurrency > 0)
		yaml_build_int(entry, "provisionedConcurrency", function->provisioned_concurrency, arena);
	if (function->has_snapshot)
		yaml_build_bool(entry, "snapStart", true, arena);
}

void emit_serverless(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	struct yaml_node *root = yaml_build_map(arena);
	struct yaml_node *functions = yaml_build_add(root, YAML_MAP, "functions", arena);
	for (size_t i = 0; i < deployment->function_count; i++)
		add_serverless_function(functions, &deployment->functions[i], arena);
	buf_printf(out, "# lamina %s plan --emit serverless: merge into serverless.yml\n", deployment->version);
	yaml_write(root, out);
}
