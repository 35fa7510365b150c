/*
 * The pipeline as an Amazon States Language machine: a map over the records whose items go through all functions. An
 * inline map runs at most 40 items at once and takes its records from the input; more need a distributed map, which
 * lists them in a bucket. ${...} are substitutions of the template that deploys it (DefinitionSubstitutions in SAM).
 * Images per record are a property of the objects and do not show here; a pipelined schedule runs as a map too, since
 * the language has nothing nearer.
 *
 * A function with snapshots or provisioned sandboxes is called by the alias "live", as in emit_sam.c and emit_cli.c.
 *
 * Source: AWS Step Functions developer guide, map state in inline and in distributed mode (at most 10,000 child
 * executions at once), Lambda task and retries.
 */
#include "base/json.h"
#include "deploy/emit.h"

enum { INLINE_MAX = 40, DISTRIBUTED_MAX = 10000, RETRIES = 6 };

static void write_retry(struct json *json)
{
	json_key(json, "Retry");
	json_array_begin(json);
	json_object_begin(json);
	json_key(json, "ErrorEquals");
	json_array_begin(json);
	json_text(json, "Lambda.TooManyRequestsException");
	json_array_end(json);
	json_field_int(json, "IntervalSeconds", 1);
	json_field_int(json, "MaxAttempts", RETRIES);
	json_field_int(json, "BackoffRate", 2);
	json_field_text(json, "JitterStrategy", "FULL");
	json_object_end(json);
	json_array_end(json);
}

/* Snapshots and provisioned sandboxes are of a version: those who call another one have none of them. */
static bool needs_version(const struct deployed_function *function)
{
	return function->has_snapshot || function->provisioned_concurrency > 0;
}

static void write_task(const struct deployment *deployment, size_t index, struct arena *arena, struct json *json)
{
	const struct deployed_function *function = &deployment->functions[index];
	const char *id = emit_logical_id(deployment, index, arena);
	json_key(json, id);
	json_object_begin(json);
	json_field_text(json, "Type", "Task");
	json_field_text(json, "Resource", "arn:aws:states:::lambda:invoke");
	json_key(json, "Parameters");
	json_object_begin(json);
	json_field_text(json, "FunctionName",
			arena_printf(arena, "${%s%s}%s", id, function->resource ? "Arn" : "FunctionArn",
				     needs_version(function) ? ":live" : ""));
	json_field_text(json, "Payload.$", "$");
	json_object_end(json);
	json_field_text(json, "OutputPath", "$.Payload");
	json_field_int(json, "TimeoutSeconds", function->timeout_seconds);
	write_retry(json);
	if (index + 1 < deployment->function_count) {
		json_field_text(json, "Next", emit_logical_id(deployment, index + 1, arena));
	} else {
		json_key(json, "End");
		json_bool(json, true);
	}
	json_object_end(json);
}

static void write_processor(const struct deployment *deployment, bool is_distributed, struct arena *arena,
			    struct json *json)
{
	json_key(json, "ItemProcessor");
	json_object_begin(json);
	json_key(json, "ProcessorConfig");
	json_object_begin(json);
	json_field_text(json, "Mode", is_distributed ? "DISTRIBUTED" : "INLINE");
	if (is_distributed)
		json_field_text(json, "ExecutionType", "STANDARD");
	json_object_end(json);
	json_field_text(json, "StartAt", emit_logical_id(deployment, 0, arena));
	json_key(json, "States");
	json_object_begin(json);
	for (size_t i = 0; i < deployment->function_count; i++)
		write_task(deployment, i, arena, json);
	json_object_end(json);
	json_object_end(json);
}

static void write_reader(struct json *json)
{
	json_key(json, "ItemReader");
	json_object_begin(json);
	json_field_text(json, "Resource", "arn:aws:states:::s3:listObjectsV2");
	json_key(json, "Parameters");
	json_object_begin(json);
	json_field_text(json, "Bucket", "${RecordsBucket}");
	json_field_text(json, "Prefix", "${RecordsPrefix}");
	json_object_end(json);
	json_object_end(json);
	json_key(json, "ItemBatcher");
	json_object_begin(json);
	json_field_int(json, "MaxItemsPerBatch", 1);
	json_object_end(json);
	json_field_int(json, "ToleratedFailurePercentage", 0);
}

void emit_stepfunctions(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	bool is_distributed = deployment->parallel > INLINE_MAX;
	int64_t concurrency = deployment->parallel < DISTRIBUTED_MAX ? deployment->parallel : DISTRIBUTED_MAX;
	struct json json;
	json_init(&json, out, true);
	json_object_begin(&json);
	json_field_text(&json, "Comment",
			arena_printf(arena, "lamina %s plan --emit stepfunctions: %s, %lld images in a record",
				     deployment->version, deployment->experiment,
				     (long long)deployment->images_per_record));
	json_field_text(&json, "StartAt", "PerRecord");
	json_key(&json, "States");
	json_object_begin(&json);
	json_key(&json, "PerRecord");
	json_object_begin(&json);
	json_field_text(&json, "Type", "Map");
	json_field_int(&json, "MaxConcurrency", concurrency);
	if (is_distributed)
		write_reader(&json);
	else
		json_field_text(&json, "ItemsPath", "$.records");
	write_processor(deployment, is_distributed, arena, &json);
	json_key(&json, "End");
	json_bool(&json, true);
	json_object_end(&json);
	json_object_end(&json);
	json_object_end(&json);
	buf_add_char(out, '\n');
}
