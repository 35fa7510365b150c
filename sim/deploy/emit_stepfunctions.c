/*
 * The pipeline as an Amazon States Language machine: a map over the records whose items go through all functions. An
 * inline map takes its records from the input; where more are to run at once than the platform lets one, a distributed
 * map lists them in a bucket. ${...} are substitutions of the template that deploys it, DefinitionSubstitutions in SAM.
 * Images per record are a property of the objects and do not show here; a pipelined schedule runs as a map too, since
 * the language has nothing nearer.
 *
 * A function with snapshots or provisioned sandboxes is called by the alias "live", as in emit_sam.c and emit_cli.c.
 *
 * Source: AWS Step Functions developer guide, map state in inline and in distributed mode, Lambda task and retries.
 */
#include <string.h>

#include "base/json.h"
#include "deploy/emit.h"

/* As in the guide's best practices, "handle transient Lambda service exceptions". */
enum { RETRIES = 6 };

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

static void write_states(const struct deployment *deployment, int32_t first, struct json *json);

/* Whether a step is a state's second one, "Check 2" of "Check", where ways crossed (import_workflow.c). */
static bool is_copy(const struct graph *graph, int32_t index)
{
	const char *name = graph->steps[index].name;
	const char *space = strrchr(name, ' ');
	if (!space || space[1 + strspn(space + 1, "0123456789")] != '\0')
		return false;
	size_t length = (size_t)(space - name);
	for (int32_t i = 0; i < index; i++)
		if (strlen(graph->steps[i].name) == length && strncmp(graph->steps[i].name, name, length) == 0)
			return true;
	return false;
}

/* Whether somebody else ends the task's state, later than its function does. */
static bool awaits_answer(const struct graph *graph, const struct step *step)
{
	const struct step *next = step->next >= 0 ? &graph->steps[step->next] : NULL;
	return step->kind == STEP_TASK && next && next->kind == STEP_WAIT && next->has_no_state;
}

static void write_batch(const struct step *step, struct json *json)
{
	json_key(json, "ItemBatcher");
	json_object_begin(json);
	json_field_int(json, "MaxItemsPerBatch", step->batch > 0 ? step->batch : 1);
	json_object_end(json);
}

/* What stands under a state's name: the blocks that are no states of their own are those around their steps. */
static void write_step(const struct deployment *deployment, const struct step *step, struct json *json)
{
	const struct graph *graph = deployment->graph;
	json_key(json, step->name);
	json_object_begin(json);
	if (step->kind == STEP_TASK) {
		json_field_int(json, "TimeoutSeconds", deployment->functions[step->function].timeout_seconds);
	} else if (step->kind == STEP_MAP) {
		json_field_int(json, "MaxConcurrency", step->concurrency);
		if (step->is_distributed)
			write_batch(step, json);
		json_key(json, "ItemProcessor");
		json_object_begin(json);
		json_key(json, "States");
		json_object_begin(json);
		write_states(deployment, graph->branches[step->first_branch].first, json);
		json_object_end(json);
		json_object_end(json);
	} else {
		json_key(json, "Branches");
		json_array_begin(json);
		for (uint32_t i = 0; i < step->branch_count; i++) {
			json_object_begin(json);
			json_key(json, "States");
			json_object_begin(json);
			write_states(deployment, graph->branches[step->first_branch + i].first, json);
			json_object_end(json);
			json_object_end(json);
		}
		json_array_end(json);
	}
	json_object_end(json);
}

/* A sequence's tasks, maps and parallels; of choices and loops, what is in them stands in the same scope. */
static void write_states(const struct deployment *deployment, int32_t first, struct json *json)
{
	const struct graph *graph = deployment->graph;
	for (int32_t at = first; at >= 0; at = graph->steps[at].next) {
		const struct step *step = &graph->steps[at];
		bool is_state = step->kind == STEP_TASK || step->kind == STEP_MAP || step->kind == STEP_PARALLEL;
		if (is_state && !is_copy(graph, at) && !awaits_answer(graph, step) && !step->is_other_machine)
			write_step(deployment, step, json);
		for (uint32_t i = 0; (step->kind == STEP_CHOICE || step->kind == STEP_LOOP) && i < step->branch_count;
		     i++)
			write_states(deployment, graph->branches[step->first_branch + i].first, json);
		if (step->caught >= 0)
			write_states(deployment, step->caught, json);
	}
}

/* A machine that is there keeps its ways: what a plan says of its states, by their names. */
static void emit_states(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	struct json json;
	json_init(&json, out, true);
	json_object_begin(&json);
	json_field_text(&json, "Comment",
			arena_printf(arena, "lamina %s plan --emit stepfunctions: %s, merge by name of state",
				     deployment->version, deployment->experiment));
	json_key(&json, "States");
	json_object_begin(&json);
	write_states(deployment, 0, &json);
	json_object_end(&json);
	json_object_end(&json);
	buf_add_char(out, '\n');
}

/* MaxConcurrency, whose 0 is no bound. */
static int64_t concurrency_of(const struct deployment *deployment, bool is_distributed)
{
	int64_t most = workflow_map_most(deployment->service, is_distributed);
	most = most < deployment->parallel ? most : deployment->parallel;
	return most < INT64_MAX ? most : 0;
}

void emit_stepfunctions(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	if (deployment->graph) {
		emit_states(deployment, arena, out);
		return;
	}
	bool is_distributed = deployment->parallel > workflow_map_most(deployment->service, false);
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
	json_field_int(&json, "MaxConcurrency", concurrency_of(deployment, is_distributed));
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
