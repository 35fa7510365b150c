/*
 * `workload` and `source` of the experiment. A schedule's rate says when requests come; of other sources nobody knows
 * how much does. What starts a state machine has fewer settings: a standard execution is started and left alone.
 *
 * Sources: CloudFormation template reference, AWS::Lambda::EventSourceMapping, AWS::SQS::Queue (VisibilityTimeout: 30 s
 * by default), AWS::Kinesis::Stream, AWS::Pipes::Pipe; registry.terraform.io, hashicorp/aws; Amazon EventBridge user
 * guide, schedule expressions; AWS Step Functions API reference, StartExecution and StartSyncExecution.
 */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "deploy/import_events.h"
#include "deploy/import_left_out.h"
#include "deploy/import_workflow.h"
#include "deploy/template.h"

enum { FOR_QUEUES = 1, FOR_STREAMS = 2, FOR_CALLS = 4, FOR_GATEWAYS = 8 };

/* Settings of a mapping, then of the queue or stream; in every tool's words. */
static const struct source_key {
	const char *path;
	const char *key;
	unsigned kinds;
	enum source_place { OF_MAPPING, OF_QUEUE, OF_FUNCTION } place;
	double per;  /* so many of the file's are one of the experiment's; 0: one */
	double plus; /* a try more than there are repeats */
} source_keys[] = {
	{"BatchSize", "batch_size", FOR_QUEUES | FOR_STREAMS, OF_MAPPING, 0, 0},
	{"batchSize", "batch_size", FOR_QUEUES | FOR_STREAMS, OF_MAPPING, 0, 0},
	{"batch_size", "batch_size", FOR_QUEUES | FOR_STREAMS, OF_MAPPING, 0, 0},
	{"MaximumBatchingWindowInSeconds", "window_seconds", FOR_QUEUES | FOR_STREAMS, OF_MAPPING, 0, 0},
	{"maximumBatchingWindow", "window_seconds", FOR_QUEUES, OF_MAPPING, 0, 0},
	{"batchWindow", "window_seconds", FOR_STREAMS, OF_MAPPING, 0, 0},
	{"maximum_batching_window_in_seconds", "window_seconds", FOR_QUEUES | FOR_STREAMS, OF_MAPPING, 0, 0},
	{"ScalingConfig.MaximumConcurrency", "concurrency_max", FOR_QUEUES, OF_MAPPING, 0, 0},
	{"maximumConcurrency", "concurrency_max", FOR_QUEUES, OF_MAPPING, 0, 0},
	{"scaling_config.0.maximum_concurrency", "concurrency_max", FOR_QUEUES, OF_MAPPING, 0, 0},
	{"ProvisionedPollerConfig.MinimumPollers", "pollers_min", FOR_QUEUES, OF_MAPPING, 0, 0},
	{"ProvisionedPollerConfig.MaximumPollers", "pollers_max", FOR_QUEUES, OF_MAPPING, 0, 0},
	{"provisioned_poller_config.0.minimum_pollers", "pollers_min", FOR_QUEUES, OF_MAPPING, 0, 0},
	{"provisioned_poller_config.0.maximum_pollers", "pollers_max", FOR_QUEUES, OF_MAPPING, 0, 0},
	{"ParallelizationFactor", "parallelization", FOR_STREAMS, OF_MAPPING, 0, 0},
	{"parallelizationFactor", "parallelization", FOR_STREAMS, OF_MAPPING, 0, 0},
	{"parallelization_factor", "parallelization", FOR_STREAMS, OF_MAPPING, 0, 0},
	{"VisibilityTimeout", "visibility_seconds", FOR_QUEUES, OF_QUEUE, 0, 0},
	{"visibility_timeout_seconds", "visibility_seconds", FOR_QUEUES, OF_QUEUE, 0, 0},
	{"RedrivePolicy.maxReceiveCount", "receives_max", FOR_QUEUES, OF_QUEUE, 0, 0},
	{"MessageRetentionPeriod", "retention_seconds", FOR_QUEUES, OF_QUEUE, 0, 0},
	{"message_retention_seconds", "retention_seconds", FOR_QUEUES, OF_QUEUE, 0, 0},
	{"ShardCount", "shards", FOR_STREAMS, OF_QUEUE, 0, 0},
	{"shard_count", "shards", FOR_STREAMS, OF_QUEUE, 0, 0},
	{"redrive_policy.maxReceiveCount", "receives_max", FOR_QUEUES, OF_QUEUE, 0, 0},
	{"MaximumRetryAttempts", "receives_max", FOR_STREAMS, OF_MAPPING, 0, 1},
	{"maximumRetryAttempts", "receives_max", FOR_STREAMS, OF_MAPPING, 0, 1},
	{"maximum_retry_attempts", "receives_max", FOR_STREAMS, OF_MAPPING, 0, 1},
	{"MaximumRecordAgeInSeconds", "retention_seconds", FOR_STREAMS, OF_MAPPING, 0, 0},
	{"maximumRecordAgeInSeconds", "retention_seconds", FOR_STREAMS, OF_MAPPING, 0, 0},
	{"maximum_record_age_in_seconds", "retention_seconds", FOR_STREAMS, OF_MAPPING, 0, 0},
	{"RetentionPeriodHours", "retention_seconds", FOR_STREAMS, OF_QUEUE, 1.0 / 3600, 0},
	{"retention_period", "retention_seconds", FOR_STREAMS, OF_QUEUE, 1.0 / 3600, 0},
	{"EventInvokeConfig.MaximumRetryAttempts", "retries", FOR_CALLS, OF_FUNCTION, 0, 0},
	{"EventInvokeConfig.MaximumEventAgeInSeconds", "age_seconds", FOR_CALLS, OF_FUNCTION, 0, 0},
	{"maximumRetryAttempts", "retries", FOR_CALLS, OF_FUNCTION, 0, 0},
	{"maximumEventAge", "age_seconds", FOR_CALLS, OF_FUNCTION, 0, 0},
	{"TimeoutInMillis", "timeout_seconds", FOR_GATEWAYS, OF_MAPPING, 1000, 0},
	{"Integration.TimeoutInMillis", "timeout_seconds", FOR_GATEWAYS, OF_MAPPING, 1000, 0},
	{"timeout_milliseconds", "timeout_seconds", FOR_GATEWAYS, OF_MAPPING, 1000, 0},
};

static unsigned kinds_of(const char *kind)
{
	if (strcmp(kind, "sqs") == 0)
		return FOR_QUEUES;
	if (strcmp(kind, "kinesis") == 0 || strcmp(kind, "dynamodb") == 0)
		return FOR_STREAMS;
	if (strcmp(kind, "http_api") == 0 || strcmp(kind, "rest_api") == 0)
		return FOR_GATEWAYS;
	return strcmp(kind, "function_url") == 0 ? 0 : FOR_CALLS;
}

/* Seconds between two of "rate(5 minutes)"; 0: of another form. */
static double seconds_of_rate(const char *expression)
{
	static const struct {
		const char *unit;
		double seconds;
	} units[] = {{"second", 1}, {"minute", 60}, {"hour", 3600}, {"day", 86400}};
	char unit[16];
	int number;
	if (sscanf(expression, " rate ( %d %15[a-z] )", &number, unit) != 2 || number < 1)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strncmp(unit, units[i].unit, strlen(units[i].unit)) == 0)
			return number * units[i].seconds;
	return 0;
}

static void write_workload(struct importing *importing, const struct found_source *source)
{
	enum { DIGITS = 6 };
	struct arena *arena = importing->arena;
	struct yaml_node *workload = import_add(importing->root, YAML_MAP, "workload", NULL, arena);
	if (!source || !source->kind || strcmp(source->kind, "schedule") != 0) {
		import_add_blank(workload, "images", "requests in all, or say when they come (arrivals)", arena);
		return;
	}
	double seconds = source->schedule ? seconds_of_rate(source->schedule) : 0;
	const char *comment = arena_printf(arena, "%s, %s", import_place(source->place, arena),
					   source->schedule ? source->schedule : "a schedule that deployment knows");
	struct yaml_node *arrivals = import_add(workload, YAML_MAP, "arrivals", NULL, arena);
	import_add_text(arrivals, "kind", "deterministic", NULL, arena);
	if (seconds > 0) {
		yaml_build_number(arrivals, "rate_per_second", 1 / seconds, DIGITS, arena);
		struct yaml_node *rate = arrivals->first;
		while (rate->next)
			rate = rate->next;
		rate->comment = comment;
	} else {
		import_add_blank(arrivals, "rate_per_second", comment, arena);
	}
	import_add_blank(arrivals, "duration_seconds", "how long is looked at", arena);
}

/* At a path; what stands in a text, as Terraform's policies do, or for a reference is looked into. */
static const struct yaml_node *find_written(const struct importing *importing, const struct yaml_node *settings,
					    const char *path)
{
	bool is_none;
	const char *rest = path;
	const struct yaml_node *found = settings ? template_find_on(settings, &rest) : NULL;
	const struct yaml_node *map =
		found && rest[0] ? substitution_resolve(&importing->substitution, found, &is_none) : NULL;
	if (map && map->kind != YAML_SCALAR)
		return template_find(map, rest);
	const char *dot = strchr(path, '.');
	if (found || !dot || !settings)
		return found;
	const struct yaml_node *outer = yaml_get(settings, arena_strndup(importing->arena, path, (size_t)(dot - path)));
	const struct yaml_node *inner =
		outer && outer->kind == YAML_SCALAR ? template_parse_within(outer, importing->arena) : NULL;
	if (inner)
		return template_find(inner, dot + 1);
	return outer && outer->kind == YAML_SCALAR && template_is_unresolved(outer) ? outer : NULL;
}

static void write_key(struct importing *importing, struct yaml_node *source, const struct source_key *row,
		      const struct yaml_node *settings)
{
	bool is_none;
	double number;
	const struct yaml_node *written = find_written(importing, settings, row->path);
	if (!written || yaml_get(source, row->key))
		return;
	const struct yaml_node *value = substitution_resolve(&importing->substitution, written, &is_none);
	const char *place = import_place(written->place, importing->arena);
	if (is_none)
		return;
	if (!value) {
		const char *reference = template_describe(written, importing->arena);
		diag_warning(importing->diag, written->place,
			     "'%s' is '%s', which the file does not resolve; '%s' is left blank", row->path, reference,
			     row->key);
		import_add_blank(source, row->key, arena_printf(importing->arena, "%s, %s", place, reference),
				 importing->arena);
	} else if (value->kind == YAML_SCALAR && num_parse_double(value->text, &number) && number >= -1 &&
		   number < 1e9) {
		/* Without a bound. */
		if (number >= 0)
			import_add_number(source, row->key, (row->per > 0 ? number / row->per : number) + row->plus,
					  place, importing->arena);
	} else {
		diag_error(importing->diag, written->place, "'%s' is %s, not a number", row->path,
			   yaml_describe(value, importing->arena));
	}
}

/* What a source starts: a function, or a machine. */
struct started {
	const struct imported_function *function;
	const struct inventory_item *machine; /* NULL: the function */
};

/* Of what is waited for, and of calls: an execution is neither, but for an express one, which is waited for. */
static bool is_of_executions(const char *key, const struct started *started)
{
	static const char *const of_calls[] = {"retries", "age_seconds", "pollers_min", "pollers_max"};
	static const char *const of_waiting[] = {"receives_max", "visibility_seconds", "timeout_seconds"};
	for (size_t i = 0; i < ARRAY_LEN(of_calls); i++)
		if (strcmp(key, of_calls[i]) == 0)
			return false;
	for (size_t i = 0; i < ARRAY_LEN(of_waiting) && !import_is_express(started->machine); i++)
		if (strcmp(key, of_waiting[i]) == 0)
			return false;
	return true;
}

/* Where a source's settings stand. */
enum { SETTINGS_MAX = 4 };

static size_t settings_of_function(const struct importing *importing, const struct imported_function *function,
				   const struct yaml_node **out)
{
	static const struct {
		const char *type;
		const char *target;
	} configs[] = {{"AWS::Lambda::EventInvokeConfig", "FunctionName"},
		       {"aws_lambda_function_event_invoke_config", "function_name"}};
	const struct inventory_item named = import_named_item(function);
	size_t count = 0;
	out[count++] = function->item->node;
	out[count++] = function->item->defaults;
	for (size_t i = 0; i < importing->inventory.count; i++) {
		const struct inventory_item *item = &importing->inventory.items[i];
		for (size_t k = 0; k < ARRAY_LEN(configs) && item->kind == INVENTORY_RESOURCE; k++)
			if (count < SETTINGS_MAX && strcmp(item->type, configs[k].type) == 0 &&
			    import_means(importing, yaml_get(item->node, configs[k].target), &named))
				out[count++] = item->node;
	}
	return count;
}

static size_t settings_of(const struct importing *importing, const struct found_source *found,
			  const struct started *started, enum source_place place, const struct yaml_node **out)
{
	if (place == OF_FUNCTION)
		return started->machine ? 0 : settings_of_function(importing, started->function, out);
	out[0] = place == OF_MAPPING ? found->settings : found->queue;
	out[1] = place == OF_MAPPING ? found->parameters : found->redrive;
	return 2;
}

/* What no file says of a stream or of a queue that keeps an order, but what is polled depends on. */
static void write_unsaid(struct importing *importing, struct yaml_node *source, const struct found_source *found)
{
	const struct yaml_node *fifo = found->queue ? yaml_get(found->queue, "FifoQueue") : NULL;
	fifo = fifo || !found->queue ? fifo : yaml_get(found->queue, "fifo_queue");
	if (fifo && fifo->kind == YAML_SCALAR && strcmp(fifo->text, "true") == 0)
		import_add_blank(source, "fifo_groups",
				 arena_printf(importing->arena, "%s; message groups that its senders use",
					      import_place(fifo->place, importing->arena)),
				 importing->arena);
	if ((kinds_of(found->kind) & FOR_STREAMS) && !yaml_get(source, "shards"))
		import_add_blank(source, "shards", "the file does not say", importing->arena);
}

static bool says_partial_failures(const struct yaml_node *settings)
{
	static const char *const paths[] = {"FunctionResponseTypes.0", "functionResponseType",
					    "function_response_types.0"};
	const struct yaml_node *types = import_first_of(settings, paths, ARRAY_LEN(paths));
	return types && types->kind == YAML_SCALAR && strcmp(types->text, "ReportBatchItemFailures") == 0;
}

static bool streams_answers(const struct yaml_node *settings)
{
	static const char *const paths[] = {"InvokeMode", "invokeMode", "invoke_mode", "invoke"};
	const struct yaml_node *mode = import_first_of(settings, paths, ARRAY_LEN(paths));
	return mode && mode->kind == YAML_SCALAR &&
	       (strcmp(mode->text, "RESPONSE_STREAM") == 0 || strcmp(mode->text, "response_stream") == 0);
}

/* An express execution that somebody starts and does not wait for. */
static void tell_unawaited(struct importing *importing, const struct found_source *found, const struct started *started)
{
	bool is_gateway = kinds_of(found->kind) == FOR_GATEWAYS;
	bool is_awaited = is_gateway ? import_says(importing, found->settings, "StartSyncExecution")
				     : !import_says(importing, found->settings, "FIRE_AND_FORGET");
	if (started->machine && import_is_express(started->machine) && !is_awaited)
		diag_warning(importing->diag, found->place,
			     "%s starts an express machine and does not wait for it; in the experiment it waits",
			     diag_excerpt(found->type, importing->arena));
}

/* Whether it is `source` that the experiment says it of. */
static bool has_key(const struct source_key *row, const struct found_source *found, const struct started *started)
{
	return (row->kinds & kinds_of(found->kind)) && (!started->machine || is_of_executions(row->key, started));
}

static void write_source(struct importing *importing, const struct found_source *found, const struct started *started)
{
	struct arena *arena = importing->arena;
	const char *place = import_place(found->place, arena);
	struct yaml_node *source = import_add(importing->root, YAML_MAP, "source", NULL, arena);
	import_add_text(source, "kind", found->kind, place, arena);
	for (size_t i = 0; i < ARRAY_LEN(source_keys); i++) {
		const struct yaml_node *settings[SETTINGS_MAX];
		size_t count = settings_of(importing, found, started, source_keys[i].place, settings);
		for (size_t k = 0; k < count && has_key(&source_keys[i], found, started); k++)
			write_key(importing, source, &source_keys[i], settings[k]);
	}
	write_unsaid(importing, source, found);
	tell_unawaited(importing, found, started);
	import_tell_keys(importing, LEFT_OF_EVENT, found->settings, found->type);
	import_tell_keys(importing, LEFT_OF_EVENT, found->parameters, found->type);
	importing->queue = found->queue;
	importing->start = found->settings;
	if (strcmp(found->kind, "dynamodb") != 0)
		import_tell_keys(importing, LEFT_OF_QUEUE, found->queue, "the queue");
	bool is_polled = kinds_of(found->kind) & (FOR_QUEUES | FOR_STREAMS);
	if (is_polled && !started->machine && says_partial_failures(found->settings))
		import_add(source, YAML_SCALAR, "partial_failures", place, arena)->text = "true";
	/* A queue of the file that does not say has the service's default, not what is advised. */
	if (strcmp(found->kind, "sqs") == 0 && found->queue && !started->machine &&
	    !yaml_get(source, "visibility_seconds"))
		import_add_int(source, "visibility_seconds", 30, "the default of SQS", arena);
	if (strcmp(found->kind, "function_url") == 0 && streams_answers(found->settings))
		import_add(source, YAML_SCALAR, "streamed", place, arena)->text = "true";
}

static void tell_left_out(struct importing *importing, const struct found_source *found, const char *why)
{
	diag_warning(importing->diag, found->place, "%s is left out: %s", diag_excerpt(found->type, importing->arena),
		     why);
}

/* The first that an experiment can have; NULL. */
static const struct found_source *choose_source(const struct source_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].kind)
			return &list->items[i];
	return NULL;
}

static void tell_rest(struct importing *importing, const struct source_list *list, const struct found_source *chosen)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct found_source *found = &list->items[i];
		if (!found->kind)
			tell_left_out(importing, found, "no source of an experiment is like it");
		else if (found != chosen)
			tell_left_out(importing, found, "an experiment has one source");
	}
}

/* Of a function that is called asynchronously or may be; retries and ages are told with its source. */
static void tell_calls(struct importing *importing, const struct imported_function *function)
{
	const struct yaml_node *settings[SETTINGS_MAX];
	size_t count = settings_of_function(importing, function, settings);
	for (size_t i = 0; i < count; i++) {
		const struct yaml_node *own = settings[i] ? yaml_get(settings[i], "EventInvokeConfig") : NULL;
		bool is_default = i == 1;
		if (!is_default)
			import_tell_keys(importing, LEFT_OF_CALLS, i == 0 ? own : settings[i], function->id);
	}
}

static void tell_others(struct importing *importing, const struct imported_function *first)
{
	for (size_t i = 0; i < importing->function_count; i++) {
		const struct imported_function *function = &importing->functions[i];
		struct source_list list;
		if (function == first || !function->is_used || !function->item)
			continue;
		import_find_events(importing, function, &list);
		for (size_t k = 0; k < list.count; k++)
			tell_left_out(importing, &list.items[k],
				      first ? arena_printf(importing->arena, "it starts '%s', which is not the first",
							   diag_excerpt(function->id, importing->arena))
					    : "the state machine calls the functions");
	}
}

/* How many are in work at once is said by no file; what is taken for it is. */
static void write_parallel(struct importing *importing)
{
	struct yaml_node *pipeline = import_add(importing->root, YAML_MAP, "pipeline", NULL, importing->arena);
	import_add_int(pipeline, "parallel", 0, "in work at once, which no file says: one of a batch, else any number",
		       importing->arena);
}

bool import_starts_by_batch(const struct importing *importing, const struct inventory_item *machine)
{
	struct source_list list;
	import_find_starts(importing, machine, &list);
	const struct found_source *source = choose_source(&list);
	return source && (kinds_of(source->kind) & (FOR_QUEUES | FOR_STREAMS));
}

void import_write_source(struct importing *importing, const struct inventory_item *machine)
{
	struct started started = {.machine = machine};
	struct source_list list = {0};
	for (size_t i = 0; i < importing->function_count && !started.function && !machine; i++)
		if (importing->functions[i].is_used && importing->functions[i].item)
			started.function = &importing->functions[i];
	if (machine)
		import_find_starts(importing, machine, &list);
	else if (started.function)
		import_find_events(importing, started.function, &list);
	const struct found_source *source = choose_source(&list);
	tell_rest(importing, &list, source);
	write_workload(importing, source);
	if (!yaml_get(yaml_get(importing->root, "workload"), "arrivals") &&
	    !(source && (kinds_of(source->kind) & (FOR_QUEUES | FOR_STREAMS))))
		write_parallel(importing);
	if (source)
		write_source(importing, source, &started);
	for (size_t i = 0; i < importing->function_count; i++)
		if (importing->functions[i].is_used && importing->functions[i].item)
			tell_calls(importing, &importing->functions[i]);
	tell_others(importing, started.function);
	import_tell_resources(importing);
}
