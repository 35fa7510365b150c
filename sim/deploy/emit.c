#include "deploy/emit.h"

#include <ctype.h>
#include <string.h>

const struct emit_format emit_formats[] = {
	{"sam", "AWS SAM resources, merged by logical id", "sam.yaml", emit_sam},
	{"cloudformation", "CloudFormation resources, as of AWS CDK", "cloudformation.yaml", emit_cloudformation},
	{"serverless", "Serverless Framework functions", "serverless.yml", emit_serverless},
	{"terraform", "Terraform variables", "lamina.auto.tfvars.json", emit_terraform},
	{"terraform-json", "a Terraform override file", "lamina_override.tf.json", emit_terraform_json},
	{"cli", "AWS command lines", "deploy.sh", emit_cli},
	{"stepfunctions", "a Step Functions state machine", "pipeline.asl.json", emit_stepfunctions},
	{"power-tuning", "AWS Lambda Power Tuning results, one a line", "power-tuning.json", emit_power_tuning},
	{"infracost", "an Infracost usage file", "infracost-usage.yml", emit_infracost},
	{"json", "everything", "plan.json", emit_json},
	{NULL, NULL, NULL, NULL},
};

const struct emit_format *emit_find(const char *name)
{
	for (const struct emit_format *format = emit_formats; format->name; format++)
		if (strcmp(format->name, name) == 0)
			return format;
	return NULL;
}

/* Letters and digits; the first of each word in upper case. */
static const char *camel_case(const char *name, struct arena *arena)
{
	char *id = arena_strdup(arena, name);
	size_t length = 0;
	bool begins_word = true;
	for (const char *p = name; *p; p++) {
		if (!isalnum((unsigned char)*p)) {
			begins_word = true;
			continue;
		}
		id[length++] = (char)(begins_word ? toupper((unsigned char)*p) : *p);
		begins_word = false;
	}
	id[length] = '\0';
	return isalpha((unsigned char)id[0]) ? id : arena_printf(arena, "F%s", id);
}

const char *emit_resource(const struct deployed_function *function)
{
	return function->resource ? function->resource : function->name;
}

const char *emit_machine(const struct deployment *deployment)
{
	const struct graph *graph = deployment->graph;
	bool is_named = graph && workflow_is_of_service(graph->kind) && graph->resource && graph->resource[0];
	return is_named ? graph->resource : NULL;
}

bool emit_machine_is_express(const struct deployment *deployment)
{
	return deployment->graph->kind == WORKFLOW_EXPRESS;
}

const char *emit_logical_id(const struct deployment *deployment, size_t function, struct arena *arena)
{
	if (deployment->functions[function].resource)
		return deployment->functions[function].resource;
	const char *id = camel_case(deployment->functions[function].name, arena);
	for (size_t i = 0; i < function; i++)
		if (strcmp(camel_case(deployment->functions[i].name, arena), id) == 0)
			return arena_printf(arena, "%sNumber%zu", id, function + 1);
	return id;
}
