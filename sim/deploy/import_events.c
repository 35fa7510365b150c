/*
 * Events that start functions and state machines, found in every tool's words.
 *
 * Sources: AWS SAM developer guide, EventSource; CloudFormation template reference, AWS::Lambda::EventSourceMapping,
 * AWS::Lambda::Url, AWS::Events::Rule, AWS::Scheduler::Schedule, AWS::Pipes::Pipe; serverless.com, Events, and the
 * plugin serverless-step-functions; registry.terraform.io, hashicorp/aws; Amazon API Gateway developer guide,
 * integration with Step Functions (states:action/StartExecution; IntegrationSubtype StepFunctions-StartExecution);
 * Amazon S3 user guide, EventBridge (source aws.s3).
 */
#include "deploy/import_events.h"

#include <string.h>

#include "base/check.h"
#include "deploy/template.h"

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

/* Resources that start the function, or the machine, which a path of theirs names. */
static const struct source_resource {
	const char *type;
	const char *kind;     /* NULL: by what is read */
	const char *target;   /* NULL: it stands in the body */
	const char *schedule; /* path of an expression; with one it is a schedule */
	const char *body;     /* of a gateway: where a machine, or what an API's definition calls, stands in a text */
} source_resources[] = {
	{"AWS::Lambda::EventSourceMapping", NULL, "FunctionName", NULL, NULL},
	{"AWS::Lambda::Url", "function_url", "TargetFunctionArn", NULL, NULL},
	{"AWS::SNS::Subscription", "sns", "Endpoint", NULL, NULL},
	{"AWS::S3::Bucket", "s3", "NotificationConfiguration.LambdaConfigurations.0.Function", NULL, NULL},
	{"AWS::Events::Rule", "async", "Targets.0.Arn", "ScheduleExpression", NULL},
	{"AWS::Scheduler::Schedule", "schedule", "Target.Arn", "ScheduleExpression", NULL},
	{"AWS::Pipes::Pipe", NULL, "Target", NULL, NULL},
	{"AWS::ApiGatewayV2::Integration", "http_api", "IntegrationUri", NULL, "RequestParameters"},
	{"AWS::ApiGateway::Method", "rest_api", "Integration.Uri", NULL, "Integration.RequestTemplates"},
	{"AWS::Serverless::Api", "rest_api", NULL, NULL, "DefinitionBody"},
	{"AWS::Serverless::HttpApi", "http_api", NULL, NULL, "DefinitionBody"},
	{"AWS::ApiGateway::RestApi", "rest_api", NULL, NULL, "Body"},
	{"AWS::ApiGatewayV2::Api", "http_api", "Target", NULL, "Body"},
	{"aws_lambda_event_source_mapping", NULL, "function_name", NULL, NULL},
	{"aws_lambda_function_url", "function_url", "function_name", NULL, NULL},
	{"aws_sns_topic_subscription", "sns", "endpoint", NULL, NULL},
	{"aws_s3_bucket_notification", "s3", "lambda_function.0.lambda_function_arn", NULL, NULL},
	{"aws_scheduler_schedule", "schedule", "target.0.arn", "schedule_expression", NULL},
	{"aws_cloudwatch_event_target", "async", "arn", NULL, NULL},
	{"aws_pipes_pipe", NULL, "target", NULL, NULL},
	{"aws_apigatewayv2_integration", "http_api", "integration_uri", NULL, "request_parameters"},
	{"aws_api_gateway_integration", "rest_api", "uri", NULL, "request_templates"},
	{"aws_api_gateway_rest_api", "rest_api", NULL, NULL, "body"},
	{"aws_apigatewayv2_api", "http_api", "target", NULL, "body"},
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

bool import_means(const struct importing *importing, const struct yaml_node *node, const struct inventory_item *item)
{
	bool is_none;
	const struct yaml_node *value = node ? substitution_resolve(&importing->substitution, node, &is_none) : NULL;
	const char *text = node ? template_written(value ? value : node, importing->arena) : NULL;
	return text && inventory_refers(inventory_behind_alias(&importing->inventory, text, importing->arena), item,
					importing->arena);
}

struct inventory_item import_named_item(const struct imported_function *function)
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

/* Whether some text at or below a node means the item. */
static bool mentions(const struct importing *importing, const struct yaml_node *node, const struct inventory_item *item)
{
	const char *text = template_written(node, importing->arena);
	if (text)
		return inventory_refers(text, item, importing->arena);
	for (const struct yaml_node *child = node->kind != YAML_SCALAR ? node->first : NULL; child; child = child->next)
		if (mentions(importing, child, item))
			return true;
	return false;
}

bool import_says(const struct importing *importing, const struct yaml_node *node, const char *word)
{
	const char *text = node ? template_written(node, importing->arena) : NULL;
	if (text)
		return strstr(text, word) != NULL;
	for (const struct yaml_node *child = node && node->kind != YAML_SCALAR ? node->first : NULL; child;
	     child = child->next)
		if (import_says(importing, child, word))
			return true;
	return false;
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

const struct yaml_node *import_first_of(const struct yaml_node *settings, const char *const *paths, size_t count)
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
	return import_first_of(settings, paths, ARRAY_LEN(paths));
}

static bool is_read(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(read_words); i++)
		if (strcmp(read_words[i].kind, kind) == 0)
			return true;
	return false;
}

/* What a bus hands on: a bucket's events have a delay of their own. */
static const char *kind_of_pattern(const struct importing *importing, const struct yaml_node *settings)
{
	static const char *const paths[] = {"EventPattern", "Pattern", "pattern", "event_pattern", "event"};
	const struct yaml_node *pattern = import_first_of(settings, paths, ARRAY_LEN(paths));
	return import_says(importing, pattern, "aws.s3") ? "s3" : "async";
}

/* An event that stands with its function: its word, and what it says. */
static struct found_source read_event(const struct importing *importing, const char *word,
				      const struct yaml_node *settings, struct diag_place place)
{
	static const char *const schedules[] = {"Schedule", "ScheduleExpression", "rate", "schedule"};
	struct found_source found = {.type = word, .settings = settings, .place = place};
	for (size_t i = 0; i < ARRAY_LEN(event_words); i++)
		if (strcmp(event_words[i].word, word) == 0)
			found.kind = event_words[i].kind;
	const char *stream = plain(importing, yaml_get(settings, "type"));
	if (strcmp(word, "stream") == 0 && stream && strcmp(stream, "dynamodb") == 0)
		found.kind = "dynamodb";
	else if (strcmp(word, "stream") == 0 && stream && strcmp(stream, "kinesis") == 0)
		found.kind = "kinesis";
	if (found.kind && strcmp(found.kind, "async") == 0)
		found.kind = yaml_get(settings, "schedule") ? "schedule" : kind_of_pattern(importing, settings);
	if (found.kind && strcmp(found.kind, "schedule") == 0) {
		const struct yaml_node *expression = import_first_of(settings, schedules, ARRAY_LEN(schedules));
		expression = expression && expression->kind == YAML_LIST ? expression->first : expression;
		found.schedule = plain(importing, expression ? expression : settings);
	}
	if ((!found.kind || is_read(found.kind)) && settings)
		find_queue(importing, settings->kind == YAML_SCALAR ? settings : address_in(settings), &found);
	return found;
}

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
		return import_means(importing, template_find(node, path), item);
	for (int i = 0; i < TARGETS_MAX; i++) {
		const char *one =
			arena_printf(importing->arena, "%.*s.%d.%s", (int)(zero - path), path, i, zero + strlen(".0."));
		const struct yaml_node *target = template_find(node, one);
		if (!target)
			return false;
		if (import_means(importing, target, item))
			return true;
	}
	return false;
}

/* What says when, or at which events, a target is started: of Terraform's targets, their rule; else the item itself. */
static const struct yaml_node *rule_of(const struct importing *importing, const struct inventory_item *item)
{
	const struct yaml_node *rule = yaml_get(item->node, "rule");
	for (size_t i = 0; i < importing->inventory.count && rule; i++) {
		const struct inventory_item *other = &importing->inventory.items[i];
		if (other->kind == INVENTORY_RESOURCE && strcmp(other->type, "aws_cloudwatch_event_rule") == 0 &&
		    import_means(importing, rule, other))
			return other->node;
	}
	return item->node;
}

static bool has_kind(const struct source_list *list, const char *kind)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].kind && strcmp(list->items[i].kind, kind) == 0)
			return true;
	return false;
}

/* Whether a gateway calls it: by a name in the text of a request to Step Functions, or in the definition of its API. */
static bool is_called_in_body(const struct importing *importing, const struct yaml_node *settings,
			      const struct source_resource *row, const struct inventory_item *started,
			      const struct source_list *list)
{
	const struct yaml_node *body = row->body ? template_find(settings, row->body) : NULL;
	return body && !has_kind(list, row->kind) && mentions(importing, body, started);
}

static void add_resource(const struct importing *importing, const struct inventory_item *item,
			 const struct source_resource *row, struct source_list *list)
{
	static const char *const addresses[] = {"EventSourceArn", "event_source_arn", "Source", "source"};
	static const char *const parameters[] = {
		"SourceParameters.SqsQueueParameters",
		"SourceParameters.KinesisStreamParameters",
		"SourceParameters.DynamoDBStreamParameters",
		"source_parameters.0.sqs_queue_parameters.0",
		"source_parameters.0.kinesis_stream_parameters.0",
		"source_parameters.0.dynamodb_stream_parameters.0",
	};
	struct found_source found = {
		.kind = row->kind,
		.type = row->type,
		.settings = item->node,
		.parameters = import_first_of(item->node, parameters, ARRAY_LEN(parameters)),
		.place = item->place,
	};
	const struct yaml_node *rule = rule_of(importing, item);
	const struct yaml_node *expression = rule != item->node ? yaml_get(rule, "schedule_expression")
					     : row->schedule    ? template_find(rule, row->schedule)
								: NULL;
	found.schedule = plain(importing, expression);
	if (expression)
		found.kind = "schedule";
	else if (!row->kind)
		find_queue(importing, import_first_of(item->node, addresses, ARRAY_LEN(addresses)), &found);
	else if (strcmp(row->kind, "async") == 0)
		found.kind = kind_of_pattern(importing, rule);
	add_source(list, found);
}

/* Resources that start a function, or a machine. */
static void list_resources(const struct importing *importing, const struct inventory_item *started,
			   struct source_list *list)
{
	for (size_t i = 0; i < importing->inventory.count; i++) {
		const struct inventory_item *item = &importing->inventory.items[i];
		for (size_t k = 0; k < ARRAY_LEN(source_resources) && item->kind == INVENTORY_RESOURCE; k++) {
			const struct source_resource *row = &source_resources[k];
			if (strcmp(item->type, row->type) == 0 &&
			    ((row->target && is_target(importing, item->node, row->target, started)) ||
			     is_called_in_body(importing, item->node, row, started, list)))
				add_resource(importing, item, row, list);
		}
	}
}

static struct source_list new_list(const struct importing *importing, const struct yaml_node *settings)
{
	size_t most = children_of(yaml_get(settings, "Events")) + children_of(yaml_get(settings, "events")) + 1 +
		      importing->inventory.count;
	return (struct source_list){ARENA_ARRAY(importing->arena, struct found_source, most), 0, most};
}

void import_find_events(const struct importing *importing, const struct imported_function *function,
			struct source_list *list)
{
	const struct inventory_item item = import_named_item(function);
	*list = new_list(importing, item.node);
	list_events(importing, item.node, list);
	list_resources(importing, &item, list);
}

void import_find_starts(const struct importing *importing, const struct inventory_item *machine,
			struct source_list *list)
{
	const struct yaml_node *properties = yaml_get(machine->resource, "Properties");
	const struct yaml_node *settings = properties ? properties : machine->resource;
	*list = new_list(importing, settings);
	list_events(importing, settings, list);
	if (machine->id[0])
		list_resources(importing, machine, list);
}
