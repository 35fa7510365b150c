/*
 * What starts a function: in SAM and serverless.yml events that stand with it, elsewhere resources that name it. A
 * schedule's rate says when requests come; of other sources nobody knows how much does.
 *
 * Sources: AWS SAM developer guide, EventSource; CloudFormation template reference, AWS::Lambda::EventSourceMapping,
 * AWS::Lambda::Url, AWS::SQS::Queue (VisibilityTimeout: 30 s by default), AWS::Kinesis::Stream, AWS::Events::Rule,
 * AWS::Scheduler::Schedule; serverless.com, Events; registry.terraform.io, hashicorp/aws; Amazon EventBridge user
 * guide, schedule expressions.
 */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "deploy/import_left_out.h"
#include "deploy/import_parts.h"
#include "deploy/template.h"

struct found_source {
	const char *kind;                 /* as in the experiment; NULL: none is like it */
	const char *type;                 /* in the tool's words */
	const struct yaml_node *settings; /* of the event or the mapping */
	const char *schedule;             /* "rate(5 minutes)"; NULL */
	const struct yaml_node *queue;    /* settings of the queue or stream; NULL: elsewhere */
	const struct yaml_node *redrive;  /* a resource of its own that says what is dead; NULL */
	struct diag_place place;
};

struct word_pair {
	const char *word;
	const char *kind; /* NULL: has to be seen from the stream that is read */
};

/* Types of events in SAM, keys of events in serverless.yml. */
static const struct word_pair event_words[] = {
	{"SQS", "sqs"},
	{"Kinesis", "kinesis"},
	{"DynamoDB", "dynamodb"},
	{"SNS", "sns"},
	{"S3", "s3"},
	{"Schedule", "schedule"},
	{"ScheduleV2", "schedule"},
	{"Api", "rest_api"},
	{"HttpApi", "http_api"},
	{"EventBridgeRule", "async"},
	{"CloudWatchEvent", "async"},
	{"http", "rest_api"},
	{"httpApi", "http_api"},
	{"sqs", "sqs"},
	{"stream", NULL},
	{"sns", "sns"},
	{"s3", "s3"},
	{"schedule", "schedule"},
	{"eventBridge", "async"},
	{"cloudwatchEvent", "async"},
};

/* Resources that start the function which a path of theirs names. */
static const struct source_resource {
	const char *type;
	const char *kind; /* NULL: by what is read */
	const char *target;
	const char *schedule; /* path of an expression; with one it is a schedule */
} source_resources[] = {
	{"AWS::Lambda::EventSourceMapping", NULL, "FunctionName", NULL},
	{"AWS::Lambda::Url", "function_url", "TargetFunctionArn", NULL},
	{"AWS::SNS::Subscription", "sns", "Endpoint", NULL},
	{"AWS::S3::Bucket", "s3", "NotificationConfiguration.LambdaConfigurations.0.Function", NULL},
	{"AWS::Events::Rule", "async", "Targets.0.Arn", "ScheduleExpression"},
	{"AWS::Scheduler::Schedule", "schedule", "Target.Arn", "ScheduleExpression"},
	{"AWS::ApiGatewayV2::Integration", "http_api", "IntegrationUri", NULL},
	{"AWS::ApiGateway::Method", "rest_api", "Integration.Uri", NULL},
	{"aws_lambda_event_source_mapping", NULL, "function_name", NULL},
	{"aws_lambda_function_url", "function_url", "function_name", NULL},
	{"aws_sns_topic_subscription", "sns", "endpoint", NULL},
	{"aws_s3_bucket_notification", "s3", "lambda_function.0.lambda_function_arn", NULL},
	{"aws_scheduler_schedule", "schedule", "target.0.arn", "schedule_expression"},
	{"aws_cloudwatch_event_target", "async", "arn", NULL},
	{"aws_apigatewayv2_integration", "http_api", "integration_uri", NULL},
	{"aws_api_gateway_integration", "rest_api", "uri", NULL},
};

/* What is read by a mapping: by the type of its resource, or by a part of its address. */
static const struct word_pair read_words[] = {
	{"AWS::SQS::Queue", "sqs"},
	{"AWS::Kinesis::Stream", "kinesis"},
	{"AWS::DynamoDB::Table", "dynamodb"},
	{"aws_sqs_queue", "sqs"},
	{"aws_kinesis_stream", "kinesis"},
	{"aws_dynamodb_table", "dynamodb"},
	{":sqs:", "sqs"},
	{":kinesis:", "kinesis"},
	{":dynamodb:", "dynamodb"},
	{"AWS::DynamoDB::GlobalTable", "dynamodb"},
};

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

static bool means(const struct importing *importing, const struct yaml_node *node, const struct inventory_item *item)
{
	const char *text = node ? template_written(node, importing->arena) : NULL;
	return text && inventory_refers(inventory_behind_alias(&importing->inventory, text, importing->arena), item,
					importing->arena);
}

/* A function with the name that it gets deployed by, which the Serverless Framework makes. */
static struct inventory_item named_item(const struct imported_function *function)
{
	struct inventory_item item = *function->item;
	item.deployed_name = function->deployed_name;
	return item;
}

static const char *plain(const struct importing *importing, const struct yaml_node *node)
{
	bool is_none;
	const struct yaml_node *value = node ? substitution_resolve(&importing->substitution, node, &is_none) : NULL;
	return value && value->kind == YAML_SCALAR ? value->text : NULL;
}

static const struct yaml_node *redrive_of(const struct importing *importing, const struct inventory_item *queue)
{
	for (size_t i = 0; i < importing->inventory.count; i++) {
		const struct inventory_item *item = &importing->inventory.items[i];
		bool is_redrive =
			item->kind == INVENTORY_RESOURCE && strcmp(item->type, "aws_sqs_queue_redrive_policy") == 0;
		const struct yaml_node *of = is_redrive ? yaml_get(item->node, "queue_url") : NULL;
		const char *text = of ? template_written(of, importing->arena) : NULL;
		if (text && inventory_refers(text, queue, importing->arena))
			return item->node;
	}
	return NULL;
}

/* The resource that a mapping reads, and of which kind it is. */
static void find_queue(const struct importing *importing, const struct yaml_node *address, struct found_source *out)
{
	const char *text = address ? plain(importing, address) : NULL;
	text = text || !address ? text : template_written(address, importing->arena);
	if (!text)
		return;
	for (size_t i = 0; i < importing->inventory.count; i++) {
		const struct inventory_item *item = &importing->inventory.items[i];
		if (item->kind != INVENTORY_RESOURCE || !inventory_refers(text, item, importing->arena))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(read_words); k++) {
			if (strcmp(read_words[k].word, item->type) == 0) {
				out->kind = read_words[k].kind;
				out->queue = item->node;
				out->redrive = redrive_of(importing, item);
				return;
			}
		}
	}
	for (size_t k = 0; k < ARRAY_LEN(read_words) && !out->kind; k++)
		if (read_words[k].word[0] == ':' && strstr(text, read_words[k].word))
			out->kind = read_words[k].kind;
}

static const struct yaml_node *first_of(const struct yaml_node *settings, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct yaml_node *found = settings ? template_find(settings, paths[i]) : NULL;
		if (found)
			return found;
	}
	return NULL;
}

static const struct yaml_node *address_in(const struct yaml_node *settings)
{
	static const char *const paths[] = {"Queue", "Stream", "EventSourceArn", "arn", "event_source_arn"};
	return first_of(settings, paths, ARRAY_LEN(paths));
}

/* An event that stands with its function: its word, and what it says. */
static struct found_source read_event(const struct importing *importing, const char *word,
				      const struct yaml_node *settings, struct diag_place place)
{
	static const char *const schedules[] = {"Schedule", "ScheduleExpression", "rate"};
	struct found_source found = {.type = word, .settings = settings, .place = place};
	for (size_t i = 0; i < ARRAY_LEN(event_words); i++)
		if (strcmp(event_words[i].word, word) == 0)
			found.kind = event_words[i].kind;
	const char *stream = plain(importing, yaml_get(settings, "type"));
	if (strcmp(word, "stream") == 0 && stream && strcmp(stream, "dynamodb") == 0)
		found.kind = "dynamodb";
	else if (strcmp(word, "stream") == 0 && stream && strcmp(stream, "kinesis") == 0)
		found.kind = "kinesis";
	if (found.kind && strcmp(found.kind, "schedule") == 0) {
		const struct yaml_node *expression = first_of(settings, schedules, ARRAY_LEN(schedules));
		expression = expression && expression->kind == YAML_LIST ? expression->first : expression;
		found.schedule = plain(importing, expression ? expression : settings);
	}
	bool reads = !found.kind || (kinds_of(found.kind) & (FOR_QUEUES | FOR_STREAMS));
	if (reads && settings)
		find_queue(importing, settings->kind == YAML_SCALAR ? settings : address_in(settings), &found);
	return found;
}

struct source_list {
	struct found_source *items;
	size_t count;
	size_t most;
};

static void add_source(struct source_list *list, struct found_source found)
{
	if (list->count < list->most)
		list->items[list->count++] = found;
}

static size_t children_of(const struct yaml_node *node)
{
	return node && node->kind != YAML_SCALAR ? node->count : 0;
}

static void list_events(const struct importing *importing, const struct yaml_node *settings, struct source_list *list)
{
	const struct yaml_node *events = yaml_get(settings, "Events");
	for (const struct yaml_node *event = children_of(events) ? events->first : NULL; event; event = event->next) {
		const char *type = inventory_plain_text(event, "Type");
		if (type)
			add_source(list, read_event(importing, type, yaml_get(event, "Properties"), event->place));
	}
	/* serverless.yml: a list of maps of one entry, or of words. */
	events = yaml_get(settings, "events");
	for (const struct yaml_node *event = children_of(events) ? events->first : NULL; event; event = event->next) {
		const struct yaml_node *entry = children_of(event) ? event->first : event;
		const char *word = entry->key ? entry->key : entry->kind == YAML_SCALAR ? entry->text : NULL;
		if (word)
			add_source(list, read_event(importing, word, entry, entry->place));
	}
	const struct yaml_node *url = yaml_get(settings, "FunctionUrlConfig");
	url = url ? url : yaml_get(settings, "url");
	if (url)
		add_source(list, (struct found_source){.kind = "function_url",
						       .type = "a function URL",
						       .settings = url,
						       .place = url->place});
}

enum { TARGETS_MAX = 100 }; /* of one resource, that are looked at */

/* Whether a path, or one that has another number for its 0, leads to the item. */
static bool is_target(const struct importing *importing, const struct yaml_node *node, const char *path,
		      const struct inventory_item *item)
{
	const char *zero = strstr(path, ".0.");
	if (!zero)
		return means(importing, template_find(node, path), item);
	for (int i = 0; i < TARGETS_MAX; i++) {
		const char *one =
			arena_printf(importing->arena, "%.*s.%d.%s", (int)(zero - path), path, i, zero + strlen(".0."));
		const struct yaml_node *target = template_find(node, one);
		if (!target)
			return false;
		if (means(importing, target, item))
			return true;
	}
	return false;
}

/* When a resource starts what it starts; of Terraform's targets, the rule says it. NULL: at no times. */
static const struct yaml_node *schedule_of(const struct importing *importing, const struct inventory_item *item,
					   const struct source_resource *row)
{
	const struct yaml_node *rule = yaml_get(item->node, "rule");
	for (size_t i = 0; i < importing->inventory.count && rule; i++) {
		const struct inventory_item *other = &importing->inventory.items[i];
		if (other->kind == INVENTORY_RESOURCE && strcmp(other->type, "aws_cloudwatch_event_rule") == 0 &&
		    means(importing, rule, other))
			return yaml_get(other->node, "schedule_expression");
	}
	return row->schedule ? template_find(item->node, row->schedule) : NULL;
}

/* Resources that start a function, or a machine. */
static void list_resources(const struct importing *importing, const struct inventory_item *started,
			   struct source_list *list)
{
	static const char *const addresses[] = {"EventSourceArn", "event_source_arn"};
	for (size_t i = 0; i < importing->inventory.count; i++) {
		const struct inventory_item *item = &importing->inventory.items[i];
		for (size_t k = 0; k < ARRAY_LEN(source_resources) && item->kind == INVENTORY_RESOURCE; k++) {
			const struct source_resource *row = &source_resources[k];
			if (strcmp(item->type, row->type) != 0 ||
			    !is_target(importing, item->node, row->target, started))
				continue;
			struct found_source found = {
				.kind = row->kind, .type = row->type, .settings = item->node, .place = item->place};
			const struct yaml_node *expression = schedule_of(importing, item, row);
			found.schedule = plain(importing, expression);
			if (expression)
				found.kind = "schedule";
			if (!row->kind)
				find_queue(importing, first_of(item->node, addresses, ARRAY_LEN(addresses)), &found);
			add_source(list, found);
		}
	}
}

static void list_sources(const struct importing *importing, const struct imported_function *function,
			 struct source_list *list)
{
	const struct yaml_node *settings = function->item->node;
	size_t most = children_of(yaml_get(settings, "Events")) + children_of(yaml_get(settings, "events")) + 1 +
		      importing->inventory.count;
	*list = (struct source_list){ARENA_ARRAY(importing->arena, struct found_source, most), 0, most};
	list_events(importing, settings, list);
	const struct inventory_item item = named_item(function);
	list_resources(importing, &item, list);
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

/* At a path; what stands in a text, as Terraform's policies do, is looked into. */
static const struct yaml_node *find_written(const struct importing *importing, const struct yaml_node *settings,
					    const char *path)
{
	const struct yaml_node *found = settings ? template_find(settings, path) : NULL;
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

/* Where a source's settings stand. */
enum { SETTINGS_MAX = 4 };

static size_t settings_of(const struct importing *importing, const struct found_source *found,
			  const struct imported_function *function, enum source_place place,
			  const struct yaml_node **out)
{
	static const struct {
		const char *type;
		const char *target;
	} configs[] = {{"AWS::Lambda::EventInvokeConfig", "FunctionName"},
		       {"aws_lambda_function_event_invoke_config", "function_name"}};
	if (place == OF_MAPPING) {
		out[0] = found->settings;
		return 1;
	}
	if (place == OF_QUEUE) {
		out[0] = found->queue;
		out[1] = found->redrive;
		return 2;
	}
	const struct inventory_item named = named_item(function);
	size_t count = 0;
	out[count++] = function->item->node;
	out[count++] = function->item->defaults;
	for (size_t i = 0; i < importing->inventory.count; i++) {
		const struct inventory_item *item = &importing->inventory.items[i];
		for (size_t k = 0; k < ARRAY_LEN(configs) && item->kind == INVENTORY_RESOURCE; k++)
			if (count < SETTINGS_MAX && strcmp(item->type, configs[k].type) == 0 &&
			    means(importing, yaml_get(item->node, configs[k].target), &named))
				out[count++] = item->node;
	}
	return count;
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
	const struct yaml_node *types = first_of(settings, paths, ARRAY_LEN(paths));
	return types && types->kind == YAML_SCALAR && strcmp(types->text, "ReportBatchItemFailures") == 0;
}

static bool streams_answers(const struct yaml_node *settings)
{
	static const char *const paths[] = {"InvokeMode", "invokeMode", "invoke_mode", "invoke"};
	const struct yaml_node *mode = first_of(settings, paths, ARRAY_LEN(paths));
	return mode && mode->kind == YAML_SCALAR &&
	       (strcmp(mode->text, "RESPONSE_STREAM") == 0 || strcmp(mode->text, "response_stream") == 0);
}

static void write_source(struct importing *importing, const struct found_source *found,
			 const struct imported_function *function)
{
	struct arena *arena = importing->arena;
	const char *place = import_place(found->place, arena);
	struct yaml_node *source = import_add(importing->root, YAML_MAP, "source", NULL, arena);
	import_add_text(source, "kind", found->kind, place, arena);
	for (size_t i = 0; i < ARRAY_LEN(source_keys); i++) {
		const struct yaml_node *settings[SETTINGS_MAX];
		size_t count = settings_of(importing, found, function, source_keys[i].place, settings);
		for (size_t k = 0; k < count && (source_keys[i].kinds & kinds_of(found->kind)); k++)
			write_key(importing, source, &source_keys[i], settings[k]);
	}
	write_unsaid(importing, source, found);
	import_tell_keys(importing, LEFT_OF_EVENT, found->settings, found->type);
	importing->queue = found->queue;
	if (strcmp(found->kind, "dynamodb") != 0)
		import_tell_keys(importing, LEFT_OF_QUEUE, found->queue, "the queue");
	if ((kinds_of(found->kind) & (FOR_QUEUES | FOR_STREAMS)) && says_partial_failures(found->settings))
		import_add(source, YAML_SCALAR, "partial_failures", place, arena)->text = "true";
	/* A queue of the file that does not say has the service's default, not what is advised. */
	if (strcmp(found->kind, "sqs") == 0 && found->queue && !yaml_get(source, "visibility_seconds"))
		import_add_int(source, "visibility_seconds", 30, "the default of SQS", arena);
	if (strcmp(found->kind, "function_url") == 0 && streams_answers(found->settings))
		import_add(source, YAML_SCALAR, "streamed", place, arena)->text = "true";
}

static void tell_left_out(struct importing *importing, const struct found_source *found, const char *why)
{
	diag_warning(importing->diag, found->place, "%s is left out: %s", diag_excerpt(found->type, importing->arena),
		     why);
}

/* The first that an experiment can have; others are told. */
static const struct found_source *choose_source(struct importing *importing, const struct source_list *list)
{
	const struct found_source *chosen = NULL;
	for (size_t i = 0; i < list->count; i++) {
		const struct found_source *found = &list->items[i];
		if (!found->kind)
			tell_left_out(importing, found, "no source of an experiment is like it");
		else if (chosen)
			tell_left_out(importing, found, "an experiment has one source");
		else
			chosen = found;
	}
	return chosen;
}

static void tell_others(struct importing *importing, const struct imported_function *first)
{
	for (size_t i = 0; i < importing->function_count; i++) {
		const struct imported_function *function = &importing->functions[i];
		struct source_list list;
		if (function == first || !function->is_used || !function->item)
			continue;
		list_sources(importing, function, &list);
		for (size_t k = 0; k < list.count; k++)
			tell_left_out(importing, &list.items[k],
				      first ? arena_printf(importing->arena, "it starts '%s', which is not the first",
							   diag_excerpt(function->id, importing->arena))
					    : "the state machine calls the functions");
	}
}

/* The rate of what starts a machine; how it is started costs nothing that the experiment knows. */
static void write_machine_source(struct importing *importing, const struct inventory_item *machine)
{
	const struct yaml_node *settings = yaml_get(machine->resource, "Properties");
	size_t most = children_of(yaml_get(settings, "Events")) + children_of(yaml_get(machine->resource, "events")) +
		      importing->inventory.count + 1;
	struct source_list list = {ARENA_ARRAY(importing->arena, struct found_source, most), 0, most};
	const struct found_source *schedule = NULL;
	list_events(importing, settings ? settings : machine->resource, &list);
	if (machine->id[0])
		list_resources(importing, machine, &list);
	for (size_t i = 0; i < list.count; i++) {
		const struct found_source *found = &list.items[i];
		if (!schedule && found->kind && strcmp(found->kind, "schedule") == 0)
			schedule = found;
		else
			tell_left_out(importing, found, "what starts the machine is only known of a schedule");
	}
	write_workload(importing, schedule);
}

/* How many are in work at once is said by no file; what is taken for it is. */
static void write_parallel(struct importing *importing)
{
	struct yaml_node *pipeline = import_add(importing->root, YAML_MAP, "pipeline", NULL, importing->arena);
	import_add_int(pipeline, "parallel", 0, "in work at once, which no file says: one of a batch, else any number",
		       importing->arena);
}

void import_write_source(struct importing *importing, const struct inventory_item *machine)
{
	const struct imported_function *first = NULL;
	const struct found_source *source = NULL;
	struct source_list list = {0};
	for (size_t i = 0; i < importing->function_count && !first && !machine; i++)
		if (importing->functions[i].is_used && importing->functions[i].item)
			first = &importing->functions[i];
	if (machine) {
		write_machine_source(importing, machine);
	} else {
		if (first)
			list_sources(importing, first, &list);
		source = choose_source(importing, &list);
		write_workload(importing, source);
	}
	if (!yaml_get(yaml_get(importing->root, "workload"), "arrivals") &&
	    !(source && (kinds_of(source->kind) & (FOR_QUEUES | FOR_STREAMS))))
		write_parallel(importing);
	if (source)
		write_source(importing, source, first);
	tell_others(importing, first);
	import_tell_resources(importing);
}
