/*
 * Tasks, services, retries and maps of a state machine as keys of a workflow's steps.
 *
 * Sources: Amazon States Language specification (retriers: IntervalSeconds 1, MaxAttempts 3, BackoffRate 2 where they
 * say nothing); AWS Step Functions developer guide, integrations (.sync and .waitForTaskToken wait for what they
 * started; lambda:invoke), Map state's ProcessorConfig, ItemBatcher and MaxConcurrency.
 */
#include "deploy/import_steps.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "deploy/import_left_out.h"
#include "deploy/import_nested.h"
#include "deploy/import_workflow.h"
#include "deploy/template.h"
#include "scenario/function_name.h"

static const double SECONDS_MAX = 31622400; /* a year's, which a workflow's execution may take */

static const char *text_at(const struct yaml_node *node, const char *path, struct arena *arena)
{
	const struct yaml_node *found = template_find(node, path);
	return found ? template_written(found, arena) : NULL;
}

static const char *shown(const struct step_writer *writer, const char *text)
{
	return diag_excerpt(text, writer->importing->arena);
}

/* What "${BatchSize}" stands for by the machine's substitutions, as far as the file says; else the node itself. */
static const struct yaml_node *substituted(const struct step_writer *writer, const struct yaml_node *node)
{
	struct arena *arena = writer->importing->arena;
	bool is_whole = node->kind == YAML_SCALAR && strncmp(node->text, "${", 2) == 0 &&
			strcspn(node->text, "}") + 1 == strlen(node->text);
	const char *name = is_whole ? arena_strndup(arena, node->text + 2, strlen(node->text) - 3) : "";
	const struct yaml_node *substitute = yaml_get(writer->machine->substitutions, name);
	bool is_none;
	const struct yaml_node *value =
		substitution_resolve(&writer->importing->substitution, substitute ? substitute : node, &is_none);
	return value ? value : node;
}

void import_step_number(struct step_writer *writer, struct yaml_node *parent, const char *key,
			const struct yaml_node *state, const char *path)
{
	struct importing *importing = writer->importing;
	const struct yaml_node *written = template_find(state, path);
	const struct yaml_node *node = written ? substituted(writer, written) : NULL;
	double number;
	if (!node)
		return;
	const char *place = import_place(written->place, importing->arena);
	if (node->kind == YAML_SCALAR && num_parse_double(node->text, &number)) {
		if (number >= 0 && number <= SECONDS_MAX)
			import_add_number(parent, key, number, place, importing->arena);
		else
			diag_error(importing->diag, written->place, "'%s' of '%s' is %s, outside 0 to %.0f", path,
				   shown(writer, state->key), shown(writer, node->text), SECONDS_MAX);
		return;
	}
	import_add_blank(parent, key,
			 arena_printf(importing->arena, "%s, %s", place, template_describe(written, importing->arena)),
			 importing->arena);
}

/* "dynamodb:putItem" of "arn:aws:states:::dynamodb:putItem"; NULL where a function's own address stands. */
static const char *integration_of(const char *resource)
{
	const char *states = strstr(resource, ":states:::");
	if (states)
		return states + strlen(":states:::");
	return strstr(resource, ":activity:") ? strstr(resource, ":activity:") + 1 : NULL;
}

bool import_is_function(const struct asl_state *state, struct arena *arena)
{
	const char *resource = text_at(state->node, "Resource", arena);
	const char *integration = resource ? integration_of(resource) : NULL;
	return !integration || strncmp(integration, "lambda:invoke", strlen("lambda:invoke")) == 0 ||
	       strncmp(integration, "aws-sdk:lambda:invoke", strlen("aws-sdk:lambda:invoke")) == 0;
}

bool import_waits_for_token(const struct asl_state *state, struct arena *arena)
{
	const char *resource = text_at(state->node, "Resource", arena);
	return resource && strstr(resource, ".waitForTaskToken");
}

void import_note_standard(struct step_writer *writer, const struct asl_state *state)
{
	static const char *const waits[] = {".sync", ".waitForTaskToken", ":activity:"};
	const char *resource = text_at(state->node, "Resource", writer->importing->arena);
	for (size_t i = 0; i < ARRAY_LEN(waits) && resource && !writer->standard; i++)
		if (strstr(resource, waits[i]))
			writer->standard = yaml_get(state->node, "Resource");
}

/* Services that answer when their work is done, which takes as long as that; others take a request. */
static bool waits_for_answer(const char *resource)
{
	static const char *const waited_for[] = {
		".sync",
		".waitForTaskToken",
		":activity:",
		":startSyncExecution",
		":http:invoke",
		":apigateway:invoke",
		":bedrock:",
		":aws-sdk:bedrock",
		":aws-sdk:sagemakerruntime:",
		":aws-sdk:rekognition:",
		":aws-sdk:textract:",
		":aws-sdk:comprehend:",
		":aws-sdk:translate:",
		":aws-sdk:polly:",
		":aws-sdk:rdsdata:",
	};
	for (size_t i = 0; i < ARRAY_LEN(waited_for); i++)
		if (strstr(resource, waited_for[i]))
			return true;
	return false;
}

/* What the machine writes for the function: an address, a name or a reference; NULL where only a run knows. */
static const char *function_text(const struct asl_state *state, struct arena *arena)
{
	static const char *const paths[] = {"Parameters.FunctionName", "Arguments.FunctionName"};
	const char *resource = text_at(state->node, "Resource", arena);
	if (resource && !integration_of(resource))
		return resource;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const char *text = text_at(state->node, paths[i], arena);
		if (text && strncmp(text, "{%", 2) != 0)
			return text;
	}
	return NULL;
}

/*
 * The name in "${Name.Arn}" or "${aws_lambda_function.name.arn}", followed through the machine's substitutions; the
 * text itself where it is no reference.
 */
static const char *referent(const struct step_writer *writer, const char *text)
{
	struct arena *arena = writer->importing->arena;
	const char *begin = strstr(text, "${");
	if (!begin)
		return text;
	const char *name = arena_strndup(arena, begin + 2, strcspn(begin + 2, "}"));
	const struct yaml_node *substitute = yaml_get(writer->machine->substitutions, name);
	const char *other = substitute ? template_referent(substitute, arena) : NULL;
	const char *written = substitute ? template_written(substitute, arena) : NULL;
	const char *output = import_output(writer->importing, written ? written : text);
	if (output)
		return output;
	if (other)
		name = other;
	static const char of_terraform[] = "aws_lambda_function.";
	if (strncmp(name, of_terraform, strlen(of_terraform)) == 0)
		name += strlen(of_terraform);
	return arena_strndup(arena, name, strcspn(name, ".["));
}

/* An alias or a version is of the function that it names. */
static const char *behind_alias(const struct step_writer *writer, const char *id)
{
	const struct yaml_node *resource = yaml_get(yaml_get(writer->importing->inventory.root, "Resources"), id);
	const char *type = inventory_plain_text(resource, "Type");
	const struct yaml_node *function = template_find(resource, "Properties.FunctionName");
	bool is_alias = type && (strcmp(type, "AWS::Lambda::Alias") == 0 || strcmp(type, "AWS::Lambda::Version") == 0);
	const char *of = is_alias && function ? template_referent(function, writer->importing->arena) : NULL;
	return of ? of : id;
}

static struct imported_function *find_function(struct importing *importing, const char *id)
{
	const char **names = ARENA_ARRAY(importing->arena, const char *, importing->function_count);
	size_t count = importing->function_count;
	for (size_t i = 0; i < count; i++)
		if (importing->functions[i].item && strcmp(importing->functions[i].id, id) == 0)
			return &importing->functions[i];
	for (int by_id = 0; by_id <= 1; by_id++) {
		for (size_t i = 0; i < count; i++) {
			const struct imported_function *function = &importing->functions[i];
			const char *name = by_id ? function->id : function->deployed_name;
			names[i] = function->item && name ? name : "";
		}
		int found = function_name_match(id, names, count);
		if (found >= 0)
			return &importing->functions[found];
	}
	return NULL;
}

/* By what its resource is called where it is used. */
static struct imported_function *referred_function(struct importing *importing, const char *text)
{
	for (size_t i = 0; i < importing->function_count; i++) {
		struct imported_function *function = &importing->functions[i];
		const struct inventory *of = function->item ? function->item->from : NULL;
		if (of && inventory_refers(inventory_behind_alias(of, text, importing->arena), function->item,
					   importing->arena))
			return function;
	}
	return NULL;
}

/* A function that no file given knows, by what the machine calls it: "Resize" of "ResizeArn" and of an address. */
static struct imported_function *unlisted(struct importing *importing, const char *text)
{
	static const char ending[] = "Arn";
	const char *part = function_name_last_part(text);
	char *id = arena_strndup(importing->arena, part, strcspn(part, ":"));
	size_t length = strlen(id);
	if (length > strlen(ending) && strcmp(id + length - strlen(ending), ending) == 0)
		id[length - strlen(ending)] = '\0';
	return import_unlisted_function(importing, id);
}

static bool is_outer(const struct step_writer *writer, const struct inventory_item *machine)
{
	bool is_outer = machine == writer->machine;
	for (size_t i = 0; i < writer->outer_count; i++)
		is_outer = is_outer || machine == writer->outer[i];
	return is_outer || writer->outer_count == MACHINES_MAX;
}

const struct inventory_item *import_nested_machine(const struct step_writer *writer, const struct asl_state *state)
{
	static const char *const paths[] = {"Parameters.StateMachineArn", "Arguments.StateMachineArn"};
	const struct inventory *inventory = &writer->importing->inventory;
	struct arena *arena = writer->importing->arena;
	const char *resource = text_at(state->node, "Resource", arena);
	const char *text = NULL;
	for (size_t i = 0; i < ARRAY_LEN(paths) && !text; i++)
		text = text_at(state->node, paths[i], arena);
	if (!text || !resource || !strstr(resource, ":states:startExecution.sync"))
		return NULL;
	const char *id = referent(writer, text);
	for (size_t i = 0; i < inventory->count; i++) {
		const struct inventory_item *item = &inventory->items[i];
		if (item->kind == INVENTORY_MACHINE && item->id[0] && !import_is_express(item) &&
		    !is_outer(writer, item) && (strcmp(item->id, id) == 0 || inventory_refers(text, item, arena)))
			return item;
	}
	return NULL;
}

void import_task(struct step_writer *writer, struct yaml_node *step, const struct asl_state *state)
{
	struct importing *importing = writer->importing;
	const char *text = function_text(state, importing->arena);
	struct diag_place place = state->node->key_place;
	struct imported_function *function = NULL;
	if (text) {
		const char *id = behind_alias(writer, referent(writer, text));
		function = find_function(importing, id);
		function = function ? function : referred_function(importing, text);
		if (!function) {
			function = unlisted(importing, id);
			bool has_functions =
				importing->inventory.tool != TOOL_STATES_LANGUAGE || importing->request->more_count > 0;
			if (has_functions && !function->is_used)
				diag_warning(importing->diag, place,
					     "'%s' calls '%s', which is no function that a file given has; its "
					     "memory and time-out are left blank",
					     shown(writer, state->name), shown(writer, text));
		}
	} else {
		function = import_unlisted_function(importing, state->name);
		diag_warning(importing->diag, place,
			     "only a run knows which function '%s' calls; it gets one of its own name",
			     shown(writer, state->name));
	}
	function->is_used = true;
	import_add_text(step, "task", function->name, import_place(place, importing->arena), importing->arena);
}

void import_service(struct step_writer *writer, struct yaml_node *step, const struct asl_state *state)
{
	struct importing *importing = writer->importing;
	const char *resource = text_at(state->node, "Resource", importing->arena);
	const char *integration = integration_of(resource);
	bool waits = waits_for_answer(resource);
	const char *place = import_place(state->node->key_place, importing->arena);
	struct yaml_node *wait = import_add(step, YAML_MAP, "wait", NULL, importing->arena);
	const char *comment =
		arena_printf(importing->arena, "%s, %s: %s", place, integration,
			     waits ? "how long it takes is not known" : "left out but for its transition");
	if (waits)
		import_add_blank(wait, "seconds", comment, importing->arena);
	else
		import_add_int(wait, "seconds", 0, comment, importing->arena);
	diag_warning(importing->diag, state->node->key_place, "'%s' is %s, no function: %s%s",
		     shown(writer, state->name), shown(writer, integration),
		     waits ? "its time is left blank, its cost is left out"
			   : "its transition counts, its time and cost are left out",
		     yaml_get(state->node, "Catch") || yaml_get(state->node, "Retry")
			     ? "; that it may fail, too, and with it its Retry and Catch"
			     : "");
}

static bool names_error(const struct yaml_node *rule, const char *error)
{
	const struct yaml_node *errors = yaml_get(rule, "ErrorEquals");
	for (const struct yaml_node *name = errors && errors->kind == YAML_LIST ? errors->first : NULL; name;
	     name = name->next)
		if (name->kind == YAML_SCALAR && strcmp(name->text, error) == 0)
			return true;
	return false;
}

/* Whether a rule is for a handler that fails, not only for what the service does. */
static bool is_for_handlers(const struct yaml_node *rule)
{
	return names_error(rule, "States.TaskFailed") || names_error(rule, "States.ALL");
}

/* Of several, the one for a handler that fails; else the first. */
static const struct yaml_node *main_retrier(const struct yaml_node *retriers)
{
	for (const struct yaml_node *rule = retriers->first; rule; rule = rule->next)
		if (is_for_handlers(rule))
			return rule;
	return retriers->first;
}

static const char *first_error(const struct yaml_node *rule)
{
	const struct yaml_node *errors = yaml_get(rule, "ErrorEquals");
	const struct yaml_node *first = errors && errors->kind == YAML_LIST ? errors->first : NULL;
	return first && first->kind == YAML_SCALAR ? first->text : "no error";
}

static const char *retry_comment(const struct step_writer *writer, const struct yaml_node *retriers,
				 const struct yaml_node *rule)
{
	struct arena *arena = writer->importing->arena;
	const char *comment = import_place(rule->place, arena);
	const struct yaml_node *jitter = yaml_get(rule, "JitterStrategy");
	if (retriers->count > 1)
		comment = arena_printf(arena, "%s, one of %zu rules", comment, retriers->count);
	if (!is_for_handlers(rule))
		comment = arena_printf(arena, "%s, for %s there, here for every failure", comment,
				       shown(writer, first_error(rule)));
	if (jitter && jitter->kind == YAML_SCALAR && strcmp(jitter->text, "NONE") != 0)
		comment = arena_printf(arena, "%s; its jitter is left out", comment);
	return comment;
}

void import_retry(struct step_writer *writer, struct yaml_node *step, const struct asl_state *state)
{
	static const struct {
		const char *path;
		const char *key;
	} keys[] = {
		{"MaxAttempts", "attempts"},
		{"IntervalSeconds", "interval_seconds"},
		{"BackoffRate", "backoff"},
		{"MaxDelaySeconds", "max_delay_seconds"},
	};
	struct importing *importing = writer->importing;
	const struct yaml_node *retriers = yaml_get(state->node, "Retry");
	if (!retriers || retriers->kind != YAML_LIST || retriers->count == 0)
		return;
	const struct yaml_node *rule = main_retrier(retriers);
	struct yaml_node *retry =
		import_add(step, YAML_MAP, "retry", retry_comment(writer, retriers, rule), importing->arena);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		import_step_number(writer, retry, keys[i].key, rule, keys[i].path);
	/* An empty block would be no rule. */
	if (retry->count == 0)
		import_add_int(retry, "attempts", 3, "by default", importing->arena);
}

/* Whether a map goes over what the machine is started with. */
static bool goes_over_input(const struct yaml_node *path, bool is_first)
{
	static const char *const inputs[] = {"$$.Execution.Input", "{% $states.context.Execution.Input %}"};
	static const char *const own[] = {"$", "{% $states.input %}"};
	if (!path || path->kind != YAML_SCALAR)
		return !path && is_first;
	for (size_t i = 0; i < ARRAY_LEN(inputs); i++)
		if (strcmp(path->text, inputs[i]) == 0 || (is_first && strcmp(path->text, own[i]) == 0))
			return true;
	return false;
}

static void add_items(struct step_writer *writer, struct yaml_node *map, const struct asl_state *state, bool is_first)
{
	struct importing *importing = writer->importing;
	const struct yaml_node *items = yaml_get(state->node, "Items");
	const struct yaml_node *path = yaml_get(state->node, "ItemsPath");
	if (items && items->kind == YAML_LIST) {
		import_add_int(map, "items", (int64_t)items->count, import_place(items->place, importing->arena),
			       importing->arena);
		return;
	}
	const struct yaml_node *from = path ? path : items ? items : yaml_get(state->node, "ItemReader");
	if (importing->starts_by_batch && goes_over_input(from, is_first)) {
		struct yaml_node *by = import_add(map, YAML_MAP, "items", NULL, importing->arena);
		import_add_text(by, "written_by", "source", "the batch that starts the machine", importing->arena);
		return;
	}
	const struct yaml_node *most = template_find(from, "ReaderConfig.MaxItems");
	const char *comment = from && from->kind == YAML_SCALAR
				      ? arena_printf(importing->arena, "as many as %s has", from->text)
			      : most ? arena_printf(importing->arena, "as many as its reader finds, at most %s",
						    template_describe(most, importing->arena))
			      : from ? "as many as its reader finds"
				     : "as many as its input has";
	import_add_blank(map, "items", comment, importing->arena);
}

static void add_concurrency(struct step_writer *writer, struct yaml_node *map, const struct asl_state *state,
			    bool is_distributed)
{
	struct importing *importing = writer->importing;
	const struct yaml_node *node = yaml_get(state->node, "MaxConcurrency");
	int64_t most = workflow_map_most(&importing->request->platform->workflow, is_distributed);
	double number;
	if (!node)
		node = yaml_get(state->node, "MaxConcurrencyPath");
	if (!node)
		return;
	if (node->kind == YAML_SCALAR && num_parse_double(node->text, &number) && number > (double)most) {
		import_add_int(map, "concurrency", most,
			       arena_printf(importing->arena, "%s has %s, more than run at once",
					    import_place(node->place, importing->arena), node->text),
			       importing->arena);
		return;
	}
	if (node->kind == YAML_SCALAR && num_parse_double(node->text, &number) && number == 0)
		return;
	import_step_number(writer, map, "concurrency", state->node, node->key);
}

void import_map(struct step_writer *writer, struct yaml_node *map, const struct asl_state *state, bool is_first)
{
	struct importing *importing = writer->importing;
	const struct yaml_node *config = template_find(state->node, "ItemProcessor.ProcessorConfig");
	const char *mode = text_at(config, "Mode", importing->arena);
	const char *kind = text_at(config, "ExecutionType", importing->arena);
	bool is_distributed = mode && strcmp(mode, "DISTRIBUTED") == 0;
	add_items(writer, map, state, is_first);
	add_concurrency(writer, map, state, is_distributed);
	if (is_distributed) {
		writer->standard = writer->standard ? writer->standard : yaml_get(config, "Mode");
		import_add(map, YAML_SCALAR, "distributed",
			   import_place(yaml_get(config, "Mode")->place, importing->arena), importing->arena)
			->text = "true";
		if (kind && strcmp(kind, "EXPRESS") == 0)
			import_add_text(map, "children", "express", NULL, importing->arena);
		import_step_number(writer, map, "batch", state->node, "ItemBatcher.MaxItemsPerBatch");
		if (!yaml_get(map, "batch"))
			import_step_number(writer, map, "batch", state->node, "ItemBatcher.MaxItemsPerBatchPath");
		import_tell_keys(importing, LEFT_OF_BATCHER, yaml_get(state->node, "ItemBatcher"), state->name);
	}
	const struct yaml_node *tolerated = yaml_get(state->node, "ToleratedFailurePercentage");
	double percentage;
	if (tolerated &&
	    (tolerated->kind != YAML_SCALAR || !num_parse_double(tolerated->text, &percentage) || percentage > 0))
		diag_warning(importing->diag, tolerated->place,
			     "map '%s' tolerates items that fail; in the experiment one that fails fails the map",
			     shown(writer, state->name));
}
