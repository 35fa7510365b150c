#include "scenario/source_section.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "scenario/experiment_file.h"

#define AMOUNT(member, high, text) \
	BIND_FIELD(struct source_section, member, BIND_DOUBLE, .fallback = "0", .min = 0, .max = (high), .help = text)
#define WHOLE(member, default_text, low, high, text) \
	BIND_FIELD(struct source_section, member, BIND_INT, .fallback = default_text, .min = (low), .max = (high), \
		   .help = text)
#define CHOICE(member, text) BIND_FIELD(struct source_section, member, BIND_BOOL, .fallback = "false", .help = text)

static const struct bind_field source_section_fields[] = {
	BIND_FIELD(struct source_section, kind, BIND_CHOICE, .required = true, .choices = source_names,
		   .help = "a caller of one's own, which waits (direct) or not (async); a queue or stream that is "
			   "polled; what calls asynchronously; a gateway that waits"),
	AMOUNT(message_kb, 1e6, "a message, event or request, kB of 1024 bytes"),
	WHOLE(batch_size, "0", 0, 10000, "polled: messages of one call at most; 0: the platform's default"),
	AMOUNT(window_seconds, 1e4, "polled: how long a batch is gathered after its first message"),
	BIND_FIELD(struct source_section, message_error_rate, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1,
		   .help = "polled: share of messages that the function fails on, each time they are received"),
	CHOICE(partial_failures, "polled: the function tells which messages failed, and only these come again"),
	WHOLE(receives_max, "0", 0, 1000,
	      "polled: a message that failed so often is a dead letter; 0: when it is too old"),
	AMOUNT(visibility_seconds, 43200,
	       "sqs: after which a batch that failed comes again; 0: so many time-outs as the platform advises"),
	WHOLE(fifo_groups, "0", 0, 1000000,
	      "sqs: message groups of a queue that keeps their order (FIFO); 0: it keeps none"),
	WHOLE(concurrency_max, "0", 0, 20000, "sqs: batches in work at once at most; 0: the platform's bound"),
	WHOLE(send_batch, "1", 1, 10, "sqs: messages that senders put into one request"),
	WHOLE(pollers_min, "0", 0, 2000, "sqs: pollers that are provisioned; 0: none, the platform's own poll"),
	WHOLE(pollers_max, "0", 0, 2000, "sqs: the most of these; 0: as many as the platform takes by default"),
	AMOUNT(retention_seconds, 31536000, "polled: age at which a message is gone; 0: the platform's default"),
	WHOLE(shards, "1", 1, 100000, "kinesis, dynamodb: shards of the stream"),
	WHOLE(parallelization, "1", 1, 1000, "kinesis, dynamodb: batches of one shard in work at once"),
	WHOLE(retries, "-1", -1, 1000, "async, sns, s3, schedule: of a call that failed; -1: the platform's"),
	AMOUNT(age_seconds, 1e7, "async, sns, s3, schedule: a call is given up at this age; 0: the platform's"),
	AMOUNT(timeout_seconds, 1e5, "http_api, rest_api: how long it waits; 0: the platform's default"),
	AMOUNT(answer_kb, 1e6, "http_api, rest_api, function_url: an answer, kB of 1024 bytes"),
	CHOICE(streamed, "function_url: answers are streamed"),
	BIND_END,
};

#define OF(kind) (1U << (kind))
#define POLLED (OF(SOURCE_QUEUE) | OF(SOURCE_STREAM) | OF(SOURCE_TABLE_STREAM))
#define SHARDED (OF(SOURCE_STREAM) | OF(SOURCE_TABLE_STREAM))
#define PUSHED (OF(SOURCE_ASYNC) | OF(SOURCE_TOPIC) | OF(SOURCE_STORE) | OF(SOURCE_SCHEDULE))
#define WAITING (OF(SOURCE_HTTP_API) | OF(SOURCE_REST_API))
#define GATEWAYS (WAITING | OF(SOURCE_FUNCTION_URL))

bool source_kind_is_polled(int kind)
{
	return OF(kind) & POLLED;
}

bool source_kind_is_pushed(int kind)
{
	return OF(kind) & PUSHED;
}

bool source_kind_is_gateway(int kind)
{
	return OF(kind) & GATEWAYS;
}

/* Which kinds a key is for; others are for all. */
static const struct source_key {
	const char *key;
	unsigned kinds;
} source_keys[] = {
	{"batch_size", POLLED},
	{"window_seconds", POLLED},
	{"message_error_rate", POLLED},
	{"partial_failures", POLLED},
	{"receives_max", POLLED},
	{"retention_seconds", POLLED},
	{"visibility_seconds", OF(SOURCE_QUEUE)},
	{"fifo_groups", OF(SOURCE_QUEUE)},
	{"concurrency_max", OF(SOURCE_QUEUE)},
	{"send_batch", OF(SOURCE_QUEUE)},
	{"pollers_min", OF(SOURCE_QUEUE)},
	{"pollers_max", OF(SOURCE_QUEUE)},
	{"shards", SHARDED},
	{"parallelization", SHARDED},
	{"retries", PUSHED},
	{"age_seconds", PUSHED},
	{"timeout_seconds", WAITING},
	{"answer_kb", GATEWAYS},
	{"streamed", OF(SOURCE_FUNCTION_URL)},
};

static void check_source(void *value, const struct yaml_node *node, struct diag *diag)
{
	struct source_section *section = value;
	section->node = node;
	for (size_t i = 0; i < ARRAY_LEN(source_keys); i++) {
		const struct source_key *of = &source_keys[i];
		const struct yaml_node *given = yaml_get(node, of->key);
		if (given && !(OF(section->kind) & of->kinds))
			diag_error(diag, given->place, "a source of kind '%s' has no '%s'", source_names[section->kind],
				   of->key);
	}
	if (section->pollers_max > 0 && section->pollers_max < section->pollers_min)
		diag_error(diag, bind_place(node, "pollers_max"), "'pollers_max' is below 'pollers_min' (%lld)",
			   (long long)section->pollers_min);
	if (section->pollers_min == 0 && section->pollers_max > 0)
		diag_error(diag, bind_place(node, "pollers_max"), "'pollers_max' needs 'pollers_min' beside it");
}

const struct bind_schema source_section_schema = {
	.title = "source",
	.bytes = sizeof(struct source_section),
	.fields = source_section_fields,
	.check = check_source,
};

/* What one resolution shares. */
struct choice {
	const struct experiment *experiment;
	const struct source_section *section;
	const struct platform *platform;
	struct diag *diag;
	struct setting *setting;
	struct setting_source *out;
};

static int64_t kb_bytes(double kb)
{
	return llround(kb * 1024);
}

/* Says that a number is above what the platform allows. */
static void check_most(const struct choice *choice, const char *key, double value, double most)
{
	if (value > most)
		diag_error(choice->diag, bind_place(choice->section->node, key), "'%s' is %g; %s allows at most %g",
			   key, value, choice->platform->name, most);
}

static bool is_offered(const struct choice *choice)
{
	const struct platform_sources *sources = &choice->platform->sources;
	const bool offers[SOURCES] = {
		[SOURCE_DIRECT] = true,
		[SOURCE_ASYNC] = true,
		[SOURCE_QUEUE] = sources->queue.calls_max > 0,
		[SOURCE_STREAM] = sources->stream.poll_seconds > 0,
		[SOURCE_TABLE_STREAM] = sources->stream.poll_seconds > 0,
		[SOURCE_TOPIC] = sources->topic.seconds.table.count > 0,
		[SOURCE_STORE] = choice->platform->store.event_seconds.table.count > 0,
		[SOURCE_SCHEDULE] = sources->schedule.seconds.table.count > 0,
		[SOURCE_HTTP_API] = sources->http_api.payload_mb > 0,
		[SOURCE_REST_API] = sources->rest_api.payload_mb > 0,
		[SOURCE_FUNCTION_URL] = sources->function_url.payload_mb > 0,
	};
	if (offers[choice->section->kind])
		return true;
	diag_error(choice->diag, bind_place(choice->section->node, "kind"), "%s says nothing of sources of kind '%s'",
		   choice->platform->name, source_names[choice->section->kind]);
	return false;
}

/* Nobody waits for what is polled, and callers are not the pipeline's. */
static void check_pipeline(const struct choice *choice)
{
	static const char *const of_a_driver[] = {"parallel",       "dispatch_seconds", "answer_seconds",
						  "client_seconds", "pause_seconds",    "retries"};
	const struct yaml_node *pipeline = yaml_get(choice->experiment->root, "pipeline");
	for (size_t i = 0; i < ARRAY_LEN(of_a_driver); i++) {
		const struct yaml_node *given = yaml_get(pipeline, of_a_driver[i]);
		if (given)
			diag_error(choice->diag, given->place,
				   "'%s' is a caller's; a source of kind '%s' calls by itself", of_a_driver[i],
				   source_names[choice->section->kind]);
	}
}

static void check_messages(const struct choice *choice)
{
	const struct setting *setting = choice->setting;
	const struct yaml_node *workload = yaml_get(choice->experiment->root, "workload");
	const struct trace *trace = setting->arrivals.trace;
	if (trace && trace->size_count > 0)
		diag_error(choice->diag, bind_place(yaml_get(workload, "arrivals"), "trace"),
			   "messages that are polled are alike: a trace with numbers of images needs another source");
	bool is_there = setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE;
	if (is_there && setting->records > setting->in_flight_max)
		diag_error(choice->diag, bind_place(workload, "images"),
			   "%lld messages are there at once, more than limits.in_flight (%lld); raise it, at about 100 "
			   "bytes each",
			   (long long)setting->records, (long long)setting->in_flight_max);
	if (setting->images % setting->images_per_record != 0)
		diag_error(choice->diag, bind_place(workload, "images"),
			   "messages that are polled are alike: 'images' must be a multiple of 'images_per_record' "
			   "(%lld)",
			   (long long)setting->images_per_record);
}

/* A queue that keeps the order of its message groups has one batch of each in work, and no window. */
static void resolve_fifo(const struct choice *choice)
{
	const struct source_section *section = choice->section;
	struct setting_source *out = choice->out;
	static const char *const refused[] = {"window_seconds", "pollers_min", "concurrency_max"};
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		const struct yaml_node *given = yaml_get(section->node, refused[i]);
		if (given)
			diag_error(choice->diag, given->place, "a queue with 'fifo_groups' has no '%s'", refused[i]);
	}
	check_most(choice, "fifo_groups", (double)section->fifo_groups, (double)out->calls_max);
	out->lanes = section->fifo_groups;
	out->keeps_order = true;
	out->is_fifo = true;
}

static void resolve_queue(const struct choice *choice)
{
	const struct platform_queue *queue = &choice->platform->sources.queue;
	const struct source_section *section = choice->section;
	struct setting_source *out = choice->out;
	bool is_provisioned = section->pollers_min > 0;
	int64_t batch_most = section->window_seconds > 0 ? queue->batch_max : queue->windowless_batch_max;
	int64_t pollers_max = section->pollers_max > 0 ? section->pollers_max : queue->pollers_usual;
	out->batch_max = section->batch_size > 0 ? section->batch_size : queue->batch_size;
	check_most(choice, "batch_size", (double)out->batch_max, (double)batch_most);
	check_most(choice, "window_seconds", section->window_seconds, queue->window_max_seconds);
	check_most(choice, "message_kb", section->message_kb, queue->message_kb);
	check_most(choice, "pollers_min", (double)section->pollers_min, (double)queue->pollers_min_max);
	check_most(choice, "pollers_max", (double)section->pollers_max, (double)queue->pollers_max);
	if (is_provisioned && section->pollers_min < queue->pollers_min)
		diag_error(choice->diag, bind_place(section->node, "pollers_min"),
			   "'pollers_min' is %lld; %s provisions at least %lld", (long long)section->pollers_min,
			   choice->platform->name, (long long)queue->pollers_min);
	out->lanes = 1;
	out->seconds = &queue->seconds;
	out->calls = is_provisioned ? section->pollers_min * queue->poller_calls : queue->calls;
	out->calls_max = is_provisioned ? pollers_max * queue->poller_calls : queue->calls_max;
	out->call_growth_ns =
		ns_from_seconds(60 / (is_provisioned ? queue->provisioned_calls_per_minute : queue->calls_per_minute));
	out->poller_calls = is_provisioned ? queue->poller_calls : 0;
	if (section->concurrency_max > 0 && section->concurrency_max < out->calls_max)
		out->calls_max = section->concurrency_max;
	if (out->calls > out->calls_max)
		out->calls = out->calls_max;
	out->poll_ns = ns_from_seconds(queue->poll_seconds);
	out->receive_messages = queue->receive_messages;
	out->sends_together = section->send_batch;
	if (section->fifo_groups > 0)
		resolve_fifo(choice);
	out->retention_ns =
		ns_from_seconds(section->retention_seconds > 0 ? section->retention_seconds : queue->retention_seconds);
}

/* More than its shards take is refused to whoever puts it there. */
static void check_shards(const struct choice *choice)
{
	const struct platform_stream *stream = &choice->platform->sources.stream;
	const struct arrival_process *arrivals = &choice->setting->arrivals;
	bool has_rate = arrivals->kind == ARRIVALS_DETERMINISTIC || arrivals->kind == ARRIVALS_POISSON;
	double records = has_rate ? arrivals->rate_per_second : 0;
	double mb = records * (double)choice->out->message_bytes / 1e6;
	double shards = (double)choice->section->shards;
	if (choice->section->kind != SOURCE_STREAM)
		return;
	if (stream->shard_mb_per_second > 0 && mb > shards * stream->shard_mb_per_second)
		diag_warning(choice->diag, bind_place(choice->section->node, "shards"),
			     "%.4g MB come in a second, and %g shards take %.4g: what is beyond is refused to who puts "
			     "it there, which is not modelled",
			     mb, shards, shards * stream->shard_mb_per_second);
	if (stream->shard_records_per_second > 0 && records > shards * stream->shard_records_per_second)
		diag_warning(
			choice->diag, bind_place(choice->section->node, "shards"),
			"%g records come in a second, and %g shards take %g: what is beyond is refused to who puts "
			"it there, which is not modelled",
			records, shards, shards * stream->shard_records_per_second);
}

static void resolve_stream(const struct choice *choice)
{
	const struct platform_stream *stream = &choice->platform->sources.stream;
	const struct source_section *section = choice->section;
	struct setting_source *out = choice->out;
	out->batch_max = section->batch_size > 0 ? section->batch_size : stream->batch_size;
	check_most(choice, "batch_size", (double)out->batch_max, (double)stream->batch_max);
	check_most(choice, "window_seconds", section->window_seconds, stream->window_max_seconds);
	check_shards(choice);
	check_most(choice, "parallelization", (double)section->parallelization, (double)stream->shard_calls_max);
	out->shards = section->shards;
	out->lanes = section->shards * section->parallelization;
	out->keeps_order = true;
	out->poll_ns = ns_from_seconds(stream->poll_seconds);
	out->retention_ns = ns_from_seconds(section->retention_seconds > 0 ? section->retention_seconds
									   : stream->retention_seconds);
}

/* A call holds no more of its messages than its payload may. */
static void bound_by_payload(const struct choice *choice)
{
	struct setting_source *out = choice->out;
	double most_bytes = 1e6 * choice->platform->limits.payload_sync_mb;
	if (most_bytes == 0 || out->message_bytes == 0)
		return;
	double messages = fmax(1, floor(most_bytes / (double)out->message_bytes));
	if (messages < (double)out->batch_max)
		out->batch_max = (int64_t)messages;
}

static void resolve_polled(const struct choice *choice)
{
	const struct source_section *section = choice->section;
	struct setting_source *out = choice->out;
	check_pipeline(choice);
	check_messages(choice);
	if (section->kind == SOURCE_QUEUE)
		resolve_queue(choice);
	else
		resolve_stream(choice);
	bound_by_payload(choice);
	out->window_ns = ns_from_seconds(section->window_seconds);
	out->receives_max = section->receives_max;
	out->message_error_rate = section->message_error_rate;
	out->has_partial_failures = section->partial_failures;
	choice->setting->parallel = INT64_MAX;
}

static void resolve_pushed(const struct choice *choice)
{
	const struct platform *platform = choice->platform;
	const struct source_section *section = choice->section;
	const struct quantiles *seconds[SOURCES] = {
		[SOURCE_TOPIC] = &platform->sources.topic.seconds,
		[SOURCE_STORE] = &platform->store.event_seconds,
		[SOURCE_SCHEDULE] = &platform->sources.schedule.seconds,
	};
	if (platform->limits.payload_async_mb > 0)
		check_most(choice, "message_kb", section->message_kb, platform->limits.payload_async_mb * 1e6 / 1024);
	if (section->retries >= 0)
		check_most(choice, "retries", (double)section->retries,
			   (double)platform->limits.async_retry_seconds.count);
	check_most(choice, "age_seconds", section->age_seconds, platform->limits.async_age_seconds);
	choice->out->seconds = seconds[section->kind];
	choice->out->async_retries_plus_one = section->retries + 1;
	choice->out->async_age_ns = ns_from_seconds(section->age_seconds);
	choice->setting->invocation = INVOCATION_ASYNC;
}

static void resolve_gateway(const struct choice *choice)
{
	const struct platform_sources *sources = &choice->platform->sources;
	const struct source_section *section = choice->section;
	const struct platform_gateway *gateway = section->kind == SOURCE_HTTP_API   ? &sources->http_api
						 : section->kind == SOURCE_REST_API ? &sources->rest_api
										    : &sources->function_url;
	double payload_kb = gateway->payload_mb * 1e6 / 1024;
	double answer_most_kb = section->streamed ? gateway->streamed_mb * 1e6 / 1024 : payload_kb;
	double timeout = section->timeout_seconds > 0 ? section->timeout_seconds : gateway->timeout_seconds;
	check_most(choice, "message_kb", section->message_kb, payload_kb);
	if (section->answer_kb > answer_most_kb && !section->streamed && gateway->streamed_mb > 0)
		diag_error(choice->diag, bind_place(section->node, "answer_kb"),
			   "'answer_kb' is %g; %s allows at most %g unless it is 'streamed: true'", section->answer_kb,
			   choice->platform->name, answer_most_kb);
	else
		check_most(choice, "answer_kb", section->answer_kb, answer_most_kb);
	if (choice->experiment->pipeline.invocation == INVOCATION_ASYNC)
		diag_error(choice->diag, bind_place(yaml_get(choice->experiment->root, "pipeline"), "invocation"),
			   "a source of kind '%s' waits for answers; it makes no 'async' calls",
			   source_names[section->kind]);
	choice->out->timeout_ns = ns_from_seconds(timeout);
	choice->out->answer_bytes = kb_bytes(section->answer_kb);
	choice->out->is_streamed = section->streamed;
	double rest_mb = (double)choice->out->answer_bytes / 1e6 - gateway->streamed_at_once_mb;
	if (section->streamed && gateway->streamed_mb_per_second > 0 && rest_mb > 0)
		choice->out->streamed_ns = ns_from_seconds(rest_mb / gateway->streamed_mb_per_second);
	choice->setting->beside.is_on[section->kind == SOURCE_REST_API ? BILL_REST_REQUESTS : BILL_HTTP_REQUESTS] =
		section->kind != SOURCE_FUNCTION_URL;
}

/* What starts an execution of a workflow service, in place of a function; keys that are about functions are refused. */
static void adapt_to_executions(const struct choice *choice)
{
	static const char *const of_functions[] = {"retries", "age_seconds", "pollers_min", "pollers_max", "streamed"};
	static const char *const of_waiting[] = {"message_error_rate", "partial_failures", "receives_max",
						 "visibility_seconds", "timeout_seconds",  "answer_kb"};
	const struct source_section *section = choice->section;
	bool is_waited_for = choice->experiment->workflow.kind == WORKFLOW_EXPRESS;
	for (size_t i = 0; i < ARRAY_LEN(of_functions); i++) {
		const struct yaml_node *given = yaml_get(section->node, of_functions[i]);
		if (given)
			diag_error(choice->diag, given->place,
				   "'%s' is of calls of a function, and this source starts a workflow",
				   of_functions[i]);
	}
	for (size_t i = 0; !is_waited_for && i < ARRAY_LEN(of_waiting); i++) {
		const struct yaml_node *given = yaml_get(section->node, of_waiting[i]);
		if (given)
			diag_error(choice->diag, given->place,
				   "'%s' is of what is waited for; a standard workflow is started and left alone",
				   of_waiting[i]);
	}
	if (section->kind == SOURCE_TOPIC || section->kind == SOURCE_FUNCTION_URL)
		diag_error(choice->diag, bind_place(section->node, "kind"),
			   "a source of kind '%s' calls functions and starts no workflow: 'workflow.kind: none', whose "
			   "first function calls the others, or another source",
			   source_names[section->kind]);
	choice->setting->invocation = INVOCATION_SYNC;
	choice->out->is_handed_over = source_kind_is_polled(section->kind) && !is_waited_for;
	if (!is_waited_for)
		choice->out->timeout_ns = 0;
}

bool source_section_resolve(const struct experiment *experiment, struct diag *diag, struct setting *out)
{
	const struct source_section *section = &experiment->source;
	size_t errors_before = diag->error_count;
	const struct choice choice = {experiment, section, out->platform, diag, out, &out->source};
	if (!section->node || section->kind == SOURCE_DIRECT)
		return true;
	if (!is_offered(&choice))
		return false;
	out->source = (struct setting_source){.kind = section->kind, .message_bytes = kb_bytes(section->message_kb)};
	if (source_kind_is_polled(section->kind))
		resolve_polled(&choice);
	else if (source_kind_is_pushed(section->kind))
		resolve_pushed(&choice);
	else
		resolve_gateway(&choice);
	if (experiment->workflow.steps && workflow_is_of_service(experiment->workflow.kind))
		adapt_to_executions(&choice);
	return diag->error_count == errors_before;
}

void source_section_stream(const struct setting *setting, bool is_first, struct work *work)
{
	if (is_first)
		work->phases[WORK_WAIT].wait_ns += setting->source.streamed_ns;
}

bool source_section_check_functions(const struct experiment *experiment, struct diag *diag, struct setting *out)
{
	const struct source_section *section = &experiment->source;
	if (!section->node || section->kind != SOURCE_QUEUE || out->source.is_handed_over)
		return true;
	int64_t timeout_ns = 0;
	for (size_t i = 0; i < out->function_count; i++)
		timeout_ns += out->functions[i].timeout_ns;
	const struct platform_queue *queue = &out->platform->sources.queue;
	double advised = fmax(queue->visibility_timeouts * seconds_from_ns(timeout_ns), queue->visibility_seconds);
	double seconds = section->visibility_seconds > 0 ? section->visibility_seconds : advised;
	out->source.visibility_ns = ns_from_seconds(seconds);
	if (seconds >= seconds_from_ns(timeout_ns))
		return true;
	diag_error(
		diag, bind_place(section->node, "visibility_seconds"),
		"'visibility_seconds' is %g, below the time-out of what works on a message (%g): others would get it "
		"meanwhile; %g times that is advised",
		seconds, seconds_from_ns(timeout_ns), queue->visibility_timeouts);
	return false;
}
