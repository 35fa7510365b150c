/*
 * AWS SAM, CloudFormation and the Serverless Framework: the same figures under their names. Provisioned concurrency
 * needs an alias in SAM, a version in CloudFormation; where it already stands on one, it is changed there.
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

/* Under the names of both: the logical id, the size, the time-out, /tmp and the reservation. */
static struct yaml_node *add_resource(struct yaml_node *resources, const struct deployment *deployment, size_t index,
				      const char *type, struct arena *arena)
{
	const struct deployed_function *function = &deployment->functions[index];
	const char *id = emit_logical_id(deployment, index, arena);
	if (!function->resource)
		id = arena_printf(arena, "%sFunction", id);
	struct yaml_node *resource = yaml_build_add(resources, YAML_MAP, id, arena);
	yaml_build_text(resource, "Type", type, arena);
	struct yaml_node *properties = yaml_build_add(resource, YAML_MAP, "Properties", arena);
	yaml_build_int(properties, "MemorySize", function->memory_mb, arena);
	yaml_build_int(properties, "Timeout", function->timeout_seconds, arena);
	struct yaml_node *storage = yaml_build_add(properties, YAML_MAP, "EphemeralStorage", arena);
	yaml_build_int(storage, "Size", function->tmp_mb, arena);
	if (function->reserved_concurrency > 0)
		yaml_build_int(properties, "ReservedConcurrentExecutions", function->reserved_concurrency, arena);
	return properties;
}

static void add_snapshot(struct yaml_node *properties, const struct deployed_function *function, struct arena *arena)
{
	if (!function->has_snapshot)
		return;
	struct yaml_node *snapshot = yaml_build_add(properties, YAML_MAP, "SnapStart", arena);
	yaml_build_text(snapshot, "ApplyOn", "PublishedVersions", arena);
}

static void add_provisioned(struct yaml_node *properties, const struct deployed_function *function, struct arena *arena)
{
	if (function->provisioned_concurrency == 0)
		return;
	struct yaml_node *provisioned = yaml_build_add(properties, YAML_MAP, "ProvisionedConcurrencyConfig", arena);
	yaml_build_int(provisioned, "ProvisionedConcurrentExecutions", function->provisioned_concurrency, arena);
}

/* On the version or alias that has it now; false where there is none. What is of its type stands in the template. */
static bool change_provisioned(struct yaml_node *resources, const struct deployed_function *function,
			       struct arena *arena)
{
	if (!function->provisioned_resource)
		return false;
	struct yaml_node *resource = yaml_build_add(resources, YAML_MAP, function->provisioned_resource, arena);
	struct yaml_node *properties = yaml_build_add(resource, YAML_MAP, "Properties", arena);
	add_provisioned(properties, function, arena);
	if (function->provisioned_concurrency == 0) {
		struct yaml_node *none = yaml_build_add(properties, YAML_MAP, "ProvisionedConcurrencyConfig", arena);
		yaml_build_text(none, "Ref", "AWS::NoValue", arena);
	}
	return true;
}

static void add_architectures(struct yaml_node *properties, const struct deployed_function *function,
			      struct arena *arena)
{
	struct yaml_node *architectures = yaml_build_add(properties, YAML_LIST, "Architectures", arena);
	yaml_build_text(architectures, NULL, architecture_of(function), arena);
}

/* Its kind: of another one deployment makes a new machine. */
static void add_machine(struct yaml_node *resources, const struct deployment *deployment, const char *type,
			const char *key, struct arena *arena)
{
	const char *id = emit_machine(deployment);
	if (!id)
		return;
	struct yaml_node *resource = yaml_build_add(resources, YAML_MAP, id, arena);
	yaml_build_text(resource, "Type", type, arena);
	struct yaml_node *properties = yaml_build_add(resource, YAML_MAP, "Properties", arena);
	yaml_build_text(properties, key, emit_machine_is_express(deployment) ? "EXPRESS" : "STANDARD", arena);
}

void emit_sam(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	struct yaml_node *root = yaml_build_map(arena);
	struct yaml_node *resources = yaml_build_add(root, YAML_MAP, "Resources", arena);
	for (size_t i = 0; i < deployment->function_count; i++) {
		const struct deployed_function *function = &deployment->functions[i];
		struct yaml_node *properties =
			add_resource(resources, deployment, i, "AWS::Serverless::Function", arena);
		bool is_beside = function->provisioned_resource != NULL;
		if (!is_beside && (function->has_snapshot || function->provisioned_concurrency > 0))
			yaml_build_text(properties, "AutoPublishAlias", "live", arena);
		add_snapshot(properties, function, arena);
		if (!is_beside)
			add_provisioned(properties, function, arena);
		add_architectures(properties, function, arena);
		change_provisioned(resources, function, arena);
	}
	add_machine(resources, deployment, "AWS::Serverless::StateMachine", "Type", arena);
	buf_printf(out, "# lamina %s plan --emit sam: merge into template.yaml by logical id\n", deployment->version);
	yaml_write(root, out);
}

/* The logical id of the resource added last. */
static const char *last_id(const struct yaml_node *resources)
{
	const struct yaml_node *last = resources->first;
	while (last->next)
		last = last->next;
	return last->key;
}

/* Snapshots and provisioned sandboxes are of a version, which is a resource of its own. */
void emit_cloudformation(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	struct yaml_node *root = yaml_build_map(arena);
	struct yaml_node *resources = yaml_build_add(root, YAML_MAP, "Resources", arena);
	for (size_t i = 0; i < deployment->function_count; i++) {
		const struct deployed_function *function = &deployment->functions[i];
		struct yaml_node *properties = add_resource(resources, deployment, i, "AWS::Lambda::Function", arena);
		add_snapshot(properties, function, arena);
		add_architectures(properties, function, arena);
		if (change_provisioned(resources, function, arena) ||
		    (!function->has_snapshot && function->provisioned_concurrency == 0))
			continue;
		const char *id = last_id(resources);
		struct yaml_node *version =
			yaml_build_add(resources, YAML_MAP, arena_printf(arena, "%sVersion", id), arena);
		yaml_build_text(version, "Type", "AWS::Lambda::Version", arena);
		struct yaml_node *of_version = yaml_build_add(version, YAML_MAP, "Properties", arena);
		struct yaml_node *name = yaml_build_add(of_version, YAML_MAP, "FunctionName", arena);
		yaml_build_text(name, "Ref", id, arena);
		add_provisioned(of_version, function, arena);
	}
	add_machine(resources, deployment, "AWS::StepFunctions::StateMachine", "StateMachineType", arena);
	buf_printf(out, "# lamina %s plan --emit cloudformation: merge into the template by logical id\n",
		   deployment->version);
	yaml_write(root, out);
}

static void add_serverless_function(struct yaml_node *functions, const struct deployed_function *function,
				    struct arena *arena)
{
	struct yaml_node *entry = yaml_build_add(functions, YAML_MAP, emit_resource(function), arena);
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
	if (emit_machine(deployment)) {
		struct yaml_node *plugin = yaml_build_add(root, YAML_MAP, "stepFunctions", arena);
		struct yaml_node *machines = yaml_build_add(plugin, YAML_MAP, "stateMachines", arena);
		struct yaml_node *machine = yaml_build_add(machines, YAML_MAP, emit_machine(deployment), arena);
		yaml_build_text(machine, "type", emit_machine_is_express(deployment) ? "EXPRESS" : "STANDARD", arena);
	}
	buf_printf(out, "# lamina %s plan --emit serverless: merge into serverless.yml\n", deployment->version);
	yaml_write(root, out);
}
