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
 * Instances of for_each and count have their values by an expression over each.key or count.index.
 *
 * And an Infracost usage file: what it cannot see in a Terraform plan. Resources are called as in a plan without
 * for_each; with it they are aws_lambda_function.NAME["conv1"].
 *
 * Source: infracost.io, usage file; infracost, internal/resources/aws/lambda_function.go.
 */
#include <math.h>
#include <string.h>

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
	json_key(json,
		 strstr(emit_resource(function), "aws_lambda_function.") ? function->name : emit_resource(function));
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

/* A function's resource as its address says it: `module.M.aws_lambda_function.NAME["KEY"]`, or only NAME. */
struct address {
	const char *name;
	const char *key;   /* of for_each, or the number of count; NULL: there is one resource of the name */
	bool is_counted;   /* by numbers */
	bool is_in_module; /* whose resources no file overrides */
};

static struct address address_of(const struct deployed_function *function, struct arena *arena)
{
	static const char type[] = "aws_lambda_function.";
	const char *text = emit_resource(function);
	const char *at = strstr(text, type);
	const char *name = at ? at + strlen(type) : text;
	const char *bracket = at ? strchr(name, '[') : NULL;
	struct address address = {.name = name, .is_in_module = at && at != text};
	if (!bracket)
		return address;
	bool is_quoted = bracket[1] == '"';
	address.name = arena_strndup(arena, name, (size_t)(bracket - name));
	address.key = arena_strndup(arena, bracket + 1 + is_quoted, strcspn(bracket + 1 + is_quoted, "\"]"));
	address.is_counted = !is_quoted;
	return address;
}

struct override {
	const struct deployment *deployment;
	struct address *addresses; /* of each function */
	struct arena *arena;
	struct json *json;
};

/* Whether a function is of the same resource as another one. */
static bool is_same(const struct override *override, size_t i, size_t k)
{
	const struct address *a = &override->addresses[i];
	const struct address *b = &override->addresses[k];
	return !a->is_in_module && !b->is_in_module && strcmp(a->name, b->name) == 0;
}

static bool is_first(const struct override *override, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (is_same(override, i, index))
			return false;
	return true;
}

enum override_value { VALUE_MEMORY, VALUE_TIMEOUT, VALUE_TMP, VALUE_RESERVED, VALUE_PROVISIONED };

static int64_t value_of(const struct deployed_function *function, enum override_value which)
{
	switch (which) {
	case VALUE_MEMORY:
		return function->memory_mb;
	case VALUE_TIMEOUT:
		return function->timeout_seconds;
	case VALUE_TMP:
		return function->tmp_mb;
	case VALUE_RESERVED:
		return function->reserved_concurrency > 0 ? function->reserved_concurrency : -1;
	case VALUE_PROVISIONED:
		return function->provisioned_concurrency;
	}
	return 0;
}

/* A number, or where a resource's instances have different ones, an expression by their key. */
static void write_value(const struct override *override, size_t first, const char *key, enum override_value which)
{
	const struct deployment *deployment = override->deployment;
	int64_t number = value_of(&deployment->functions[first], which);
	struct buf text;
	bool is_one = true;
	buf_init(&text);
	buf_add(&text, "${lookup({");
	for (size_t i = first; i < deployment->function_count; i++) {
		int64_t other = value_of(&deployment->functions[i], which);
		if (!is_same(override, i, first))
			continue;
		is_one = is_one && other == number;
		const char *instance = override->addresses[i].key;
		buf_printf(&text, "%s\"%s\" = %lld", i > first ? ", " : "", instance ? instance : "", (long long)other);
	}
	buf_printf(&text, "}, %s, null)}",
		   override->addresses[first].is_counted ? "tostring(count.index)" : "each.key");
	if (is_one)
		json_field_int(override->json, key, number);
	else
		json_field_text(override->json, key, buf_text(&text));
	buf_release(&text);
}

/* Blocks of a resource: those of the file it overrides are replaced argument by argument, nested ones whole. */
static void write_override(const struct override *override, size_t index)
{
	const struct deployed_function *function = &override->deployment->functions[index];
	struct json *json = override->json;
	json_key(json, override->addresses[index].name);
	json_object_begin(json);
	write_value(override, index, "memory_size", VALUE_MEMORY);
	write_value(override, index, "timeout", VALUE_TIMEOUT);
	json_key(json, "ephemeral_storage");
	json_object_begin(json);
	write_value(override, index, "size", VALUE_TMP);
	json_object_end(json);
	write_value(override, index, "reserved_concurrent_executions", VALUE_RESERVED);
	if (function->has_snapshot || function->provisioned_concurrency > 0) {
		json_key(json, "publish");
		json_bool(json, true);
	}
	write_snapshots(function, json);
	write_architectures(function, json);
	json_object_end(json);
}

/* A resource's own name, where it is known and in the root module. */
static const char *provisioned_name(const struct deployed_function *function)
{
	const char *name = function->provisioned_resource;
	return name && !strpbrk(name, ".[") ? name : NULL;
}

static bool is_provisioned(const struct override *override, size_t index)
{
	const struct deployed_function *function = &override->deployment->functions[index];
	return !override->addresses[index].is_in_module &&
	       (function->provisioned_concurrency > 0 || provisioned_name(function));
}

/* What is there keeps its function and version; none of it is a count of 0. */
static void change_provisioned(const struct deployed_function *function, struct json *json)
{
	json_key(json, provisioned_name(function));
	json_object_begin(json);
	if (function->provisioned_concurrency > 0)
		json_field_int(json, "provisioned_concurrent_executions", function->provisioned_concurrency);
	else
		json_field_int(json, "count", 0);
	json_object_end(json);
}

static void write_provisioned(const struct override *override, size_t index)
{
	const struct address *address = &override->addresses[index];
	if (provisioned_name(&override->deployment->functions[index])) {
		change_provisioned(&override->deployment->functions[index], override->json);
		return;
	}
	const char *instance = !address->key         ? ""
			       : address->is_counted ? arena_printf(override->arena, "[%s]", address->key)
						     : arena_printf(override->arena, "[\"%s\"]", address->key);
	const char *function = arena_printf(override->arena, "aws_lambda_function.%s%s", address->name, instance);
	const char *name =
		address->key ? arena_printf(override->arena, "%s_%s", address->name, address->key) : address->name;
	json_key(override->json, name);
	json_object_begin(override->json);
	json_field_text(override->json, "function_name",
			arena_printf(override->arena, "${%s.function_name}", function));
	json_field_text(override->json, "qualifier", arena_printf(override->arena, "${%s.version}", function));
	json_field_int(override->json, "provisioned_concurrent_executions",
		       value_of(&override->deployment->functions[index], VALUE_PROVISIONED));
	json_object_end(override->json);
}

/* What stands in a module is set by the arguments that the module is given. */
static void write_modules(const struct override *override)
{
	struct buf text;
	buf_init(&text);
	for (size_t i = 0; i < override->deployment->function_count; i++) {
		const struct deployed_function *function = &override->deployment->functions[i];
		if (override->addresses[i].is_in_module)
			buf_printf(&text, "%s%s: memory_size %lld, timeout %lld", text.length > 0 ? "; " : "",
				   emit_resource(function), (long long)function->memory_mb,
				   (long long)function->timeout_seconds);
	}
	if (text.length > 0)
		json_field_text(override->json, "//",
				arena_printf(override->arena, "to be given to modules, which no file overrides: %s",
					     buf_text(&text)));
	buf_release(&text);
}

static void write_machine(const struct override *override)
{
	const char *name = emit_machine(override->deployment);
	if (!name || strpbrk(name, ".["))
		return;
	json_key(override->json, "aws_sfn_state_machine");
	json_object_begin(override->json);
	json_key(override->json, name);
	json_object_begin(override->json);
	json_field_text(override->json, "type", emit_machine_is_express(override->deployment) ? "EXPRESS" : "STANDARD");
	json_object_end(override->json);
	json_object_end(override->json);
}

void emit_terraform_json(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	struct json json;
	struct override override = {
		.deployment = deployment,
		.addresses = ARENA_ARRAY(arena, struct address, deployment->function_count),
		.arena = arena,
		.json = &json,
	};
	bool any_provisioned = false;
	for (size_t i = 0; i < deployment->function_count; i++) {
		override.addresses[i] = address_of(&deployment->functions[i], arena);
		any_provisioned = any_provisioned || is_provisioned(&override, i);
	}
	json_init(&json, out, true);
	json_object_begin(&json);
	write_modules(&override);
	json_key(&json, "resource");
	json_object_begin(&json);
	json_key(&json, "aws_lambda_function");
	json_object_begin(&json);
	for (size_t i = 0; i < deployment->function_count; i++)
		if (!override.addresses[i].is_in_module && is_first(&override, i))
			write_override(&override, i);
	json_object_end(&json);
	if (any_provisioned) {
		json_key(&json, "aws_lambda_provisioned_concurrency_config");
		json_object_begin(&json);
		for (size_t i = 0; i < deployment->function_count; i++)
			if (is_provisioned(&override, i))
				write_provisioned(&override, i);
		json_object_end(&json);
	}
	write_machine(&override);
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
		const char *resource = emit_resource(function);
		const char *address = strstr(resource, "aws_lambda_function.")
					      ? resource
					      : arena_printf(arena, "aws_lambda_function.%s", resource);
		struct yaml_node *entry = yaml_build_add(usage, YAML_MAP, address, arena);
		yaml_build_int(entry, "monthly_requests", function->monthly_requests, arena);
		yaml_build_int(entry, "request_duration_ms", llround(1000 * function->seconds), arena);
	}
	buf_printf(out, "# lamina %s plan --emit infracost\n", deployment->version);
	yaml_write(root, out);
}
