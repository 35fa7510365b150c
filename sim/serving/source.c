/*
 * Messages of a source that is polled: they wait in lanes, are taken in batches and called as one. A queue has one
 * lane, of which many batches are in work; a stream has one for each batch of a shard that may be, and each keeps its
 * order.
 *
 *	comes ──(delivery, or the next look at the shard)──> waits in its lane
 *	      ──(a free caller; batch_max messages, or its window is over)──> called, a record of so many images
 *	      ──> done, or back in its lane (a queue: when its visibility time-out is over), or a dead letter
 *
 * Without a window a free caller takes what is there. With one it gathers: from the first message on, until the batch
 * is full or the window over; I: one batch is gathered at a time, where a provider's pollers may gather several. While
 * messages wait for callers, a queue's grow in number at a steady rate; that they become fewer again is not modelled
 * (no source says when).
 *
 * In front of a workflow service's machine a pipe polls: a standard execution takes the messages when it starts
 * (is_handed_over), an express one is waited for.
 *
 * Source: AWS Lambda developer guide, event source mappings of SQS, Kinesis and DynamoDB; EventBridge user guide,
 * Pipes: a standard state machine is called FIRE_AND_FORGET, an express one REQUEST_RESPONSE by default.
 */
#include "base/num.h"
#include "serving/billing.h"
#include "serving/simulation.h"

enum { LOOK_PRIORITY = -1 };

struct message {
	struct message *next;
	struct lane *lane;
	int64_t came_ns;
	int64_t number;
	int64_t receives;
};

struct lane {
	struct source *source;
	struct message *first;
	struct message *last;
	int64_t waiting;
	int64_t calls;       /* its batches in work */
	event_id window;     /* whose end is pending; 0: none is */
	bool is_window_over; /* what waits is to be called as soon as anybody can */
	bool is_looked_at;   /* when all that comes at this time is there */
};

struct source {
	struct simulation *simulation;
	struct lane *lanes;
	int64_t calls_max; /* now, of each lane */
	int64_t calls;     /* batches in work, of all lanes */
	event_id growth;
	int64_t since_ns; /* what pollers are paid for is counted to here */
	wide_sum idle_ns; /* of pollers that found nothing */
	struct message *free_messages;
	struct batch *free_batches;
	uint32_t luck[2]; /* streams of lanes and delays, of errors */
};

static const struct setting_source *setting_of(const struct source *source)
{
	return &source->simulation->setting->source;
}

static struct usage *usage_of(const struct source *source)
{
	return &source->simulation->outcome->functions[0].usage;
}

static void message_stream(struct stream *stream, const struct source *source, uint32_t luck, int64_t number,
			   int64_t receives)
{
	const struct simulate_options *options = source->simulation->options;
	stream_init(stream, options->seed, options->replication, luck, (uint64_t)number + ((uint64_t)receives << 48));
}

/* Pollers' time up to now: paid for where they are provisioned, else spent on requests that find nothing. */
static void count_pollers(struct source *source)
{
	const struct setting_source *setting = setting_of(source);
	int64_t now_ns = engine_now_ns(&source->simulation->engine);
	int64_t elapsed_ns = now_ns - source->since_ns;
	source->since_ns = now_ns;
	if (setting->poller_calls > 0)
		usage_of(source)->poller_ns +=
			(wide_sum)div_ceil_int64(source->calls_max, setting->poller_calls) * elapsed_ns;
	else if (source->calls < setting->calls)
		source->idle_ns += (wide_sum)(setting->calls - source->calls) * elapsed_ns;
}

static void look_at(struct lane *lane);

static void callers_grow(struct engine *engine, void *subject, int64_t argument)
{
	struct source *source = subject;
	source->growth = 0;
	count_pollers(source);
	source->calls_max++;
	look_at(&source->lanes[0]);
}

/* Nobody is free for what waits. */
static void await_growth(struct source *source)
{
	const struct setting_source *setting = setting_of(source);
	if (source->growth == 0 && !setting->keeps_order && source->calls_max < setting->calls_max)
		source->growth = engine_schedule(&source->simulation->engine, setting->call_growth_ns, 0, callers_grow,
						 source, 0);
}

static struct message *take_first(struct lane *lane)
{
	struct message *message = lane->first;
	lane->first = message->next;
	lane->waiting--;
	return message;
}

static struct batch *new_batch(struct source *source)
{
	struct batch *batch = source->free_batches;
	if (batch)
		source->free_batches = batch->next_free;
	else
		batch = ARENA_NEW(source->simulation->arena, struct batch);
	*batch = (struct batch){.received_ns = engine_now_ns(&source->simulation->engine)};
	return batch;
}

static void note_call(struct source *source, const struct message *message)
{
	struct outcome *outcome = source->simulation->outcome;
	int64_t age_ns = engine_now_ns(&source->simulation->engine) - message->came_ns;
	outcome->batch_messages++;
	if (age_ns > outcome->oldest_message_ns)
		outcome->oldest_message_ns = age_ns;
	if (message->receives > 1)
		return;
	outcome->messages_called++;
	outcome->message_wait_ns += age_ns;
}

/* Calls the function with the first messages of a lane. */
static void call_batch(struct lane *lane)
{
	struct source *source = lane->source;
	const struct setting_source *setting = setting_of(source);
	struct batch *batch = new_batch(source);
	int64_t count = lane->waiting < setting->batch_max ? lane->waiting : setting->batch_max;
	struct message **end = &batch->messages;
	count_pollers(source);
	for (int64_t i = 0; i < count; i++) {
		struct message *message = take_first(lane);
		message->receives++;
		note_call(source, message);
		*end = message;
		end = &message->next;
	}
	*end = NULL;
	batch->count = count;
	batch->first_came_ns = batch->messages->came_ns;
	batch->number = source->simulation->outcome->batches++;
	billing_receive(source->simulation->setting, count, usage_of(source));
	lane->calls++;
	source->calls++;
	lane->is_window_over = false;
	engine_cancel(&source->simulation->engine, lane->window);
	lane->window = 0;
	source->simulation->batch_formed(source->simulation, batch);
}

static void window_is_over(struct engine *engine, void *subject, int64_t argument)
{
	struct lane *lane = subject;
	lane->window = 0;
	lane->is_window_over = true;
	look_at(lane);
}

/* Whether a batch is called now; else its window is open. */
static bool is_gathered(struct lane *lane)
{
	const struct setting_source *setting = setting_of(lane->source);
	if (setting->window_ns == 0 || lane->is_window_over || lane->waiting >= setting->batch_max)
		return true;
	if (lane->window == 0)
		lane->window = engine_schedule(&lane->source->simulation->engine, setting->window_ns, 0, window_is_over,
					       lane, 0);
	return false;
}

static void call_what_waits(struct lane *lane)
{
	while (lane->waiting > 0) {
		if (lane->calls >= lane->source->calls_max) {
			await_growth(lane->source);
			return;
		}
		if (!is_gathered(lane))
			return;
		call_batch(lane);
	}
}

static void lane_is_looked_at(struct engine *engine, void *subject, int64_t argument)
{
	struct lane *lane = subject;
	lane->is_looked_at = false;
	call_what_waits(lane);
}

/* What comes at the same time is called together: after all else that happens now. */
static void look_at(struct lane *lane)
{
	if (!lane->is_looked_at)
		engine_schedule(&lane->source->simulation->engine, 0, LOOK_PRIORITY, lane_is_looked_at, lane, 0);
	lane->is_looked_at = true;
}

static void message_arrives(struct engine *engine, void *subject, int64_t argument)
{
	struct message *message = subject;
	struct lane *lane = message->lane;
	message->next = NULL;
	if (lane->waiting > 0)
		lane->last->next = message;
	else
		lane->first = message;
	lane->last = message;
	lane->waiting++;
	look_at(lane);
}

static void arrive_after(struct source *source, struct message *message, int64_t delay_ns)
{
	if (delay_ns > 0)
		engine_schedule(&source->simulation->engine, delay_ns, 0, message_arrives, message, 0);
	else
		message_arrives(&source->simulation->engine, message, 0);
}

void source_begin(struct simulation *simulation)
{
	const struct setting_source *setting = &simulation->setting->source;
	struct source *source = ARENA_NEW(simulation->arena, struct source);
	*source = (struct source){
		.simulation = simulation,
		.lanes = ARENA_ARRAY(simulation->arena, struct lane, (size_t)setting->lanes),
		.calls_max = setting->keeps_order ? 1 : setting->calls,
		.luck = {stream_id_from_name("source"), stream_id_from_name("message error")},
	};
	for (int64_t i = 0; i < setting->lanes; i++)
		source->lanes[i].source = source;
	simulation->source = source;
}

void source_take(struct simulation *simulation, int64_t came_ns)
{
	struct source *source = simulation->source;
	const struct setting_source *setting = setting_of(source);
	struct message *message = source->free_messages;
	struct stream luck;
	if (message)
		source->free_messages = message->next;
	else
		message = ARENA_NEW(simulation->arena, struct message);
	*message = (struct message){.came_ns = came_ns, .number = simulation->intake.arrivals.made - 1};
	message_stream(&luck, source, source->luck[0], message->number, 0);
	double place = stream_uniform(&luck) * (double)setting->lanes;
	int64_t lane = (int64_t)place < setting->lanes ? (int64_t)place : setting->lanes - 1;
	message->lane = &source->lanes[lane];
	double seconds = setting->seconds ? quantile_draw(&setting->seconds->table, &luck) : 0;
	if (setting->shards > 0)
		/* A shard is looked at when its turn comes. */
		seconds += seconds_from_ns(setting->poll_ns - 1 - came_ns % setting->poll_ns);
	arrive_after(source, message, ns_from_seconds(seconds));
}

static void message_done(struct source *source, struct message *message, bool is_completed)
{
	struct simulation *simulation = source->simulation;
	simulation->record_ended(simulation, message->came_ns, is_completed);
	message->next = source->free_messages;
	source->free_messages = message;
}

/* A message that failed: it comes again, or is given up. */
static void put_back(struct source *source, struct message *message, int64_t received_ns)
{
	const struct setting_source *setting = setting_of(source);
	int64_t now_ns = engine_now_ns(&source->simulation->engine);
	bool is_worn = setting->receives_max > 0 && message->receives >= setting->receives_max;
	bool is_old = setting->retention_ns > 0 && now_ns - message->came_ns >= setting->retention_ns;
	if (is_worn || is_old) {
		source->simulation->outcome->dead_letters++;
		message_done(source, message, false);
		return;
	}
	int64_t delay_ns = received_ns + setting->visibility_ns - now_ns;
	source->simulation->outcome->functions[0].retries++;
	arrive_after(source, message, delay_ns > 0 ? delay_ns : 0);
}

/* What has its place in a stream is the first of its lane again. */
static void put_in_front(struct lane *lane, struct message *failed, int64_t count)
{
	struct message *last = failed;
	while (last->next)
		last = last->next;
	last->next = lane->waiting > 0 ? lane->first : NULL;
	lane->last = lane->waiting > 0 ? lane->last : last;
	lane->first = failed;
	lane->waiting += count;
	lane->is_window_over = true;
}

static bool is_wrong(const struct source *source, const struct message *message)
{
	double rate = setting_of(source)->message_error_rate;
	if (rate == 0)
		return false;
	struct stream luck;
	message_stream(&luck, source, source->luck[1], message->number, message->receives);
	return stream_uniform(&luck) < rate;
}

/* Sets *failed to those that did not get through, in their order; the others are done. */
static int64_t part_batch(struct source *source, struct batch *batch, bool is_completed, struct message **failed)
{
	const struct setting_source *setting = setting_of(source);
	bool any_wrong = !is_completed;
	for (const struct message *message = batch->messages; message && is_completed; message = message->next) {
		bool wrong = is_wrong(source, message);
		source->simulation->outcome->functions[0].message_errors += wrong;
		any_wrong = any_wrong || wrong;
	}
	bool all_fail = !is_completed || (any_wrong && !setting->has_partial_failures);
	bool is_cut = false; /* a stream goes on at the first that failed */
	int64_t count = 0;
	struct message *next;
	for (struct message *message = batch->messages; message; message = next) {
		next = message->next;
		is_cut = is_cut || (any_wrong && is_wrong(source, message));
		bool fails = all_fail || (setting->keeps_order ? is_cut : any_wrong && is_wrong(source, message));
		if (!fails) {
			message_done(source, message, true);
			continue;
		}
		message->next = NULL;
		*failed = message;
		failed = &message->next;
		count++;
	}
	return count;
}

/* The first messages of a stream's batch that are given up, so that the others can go on. */
static struct message *give_up_worn(struct source *source, struct message *failed, int64_t *count)
{
	const struct setting_source *setting = setting_of(source);
	int64_t now_ns = engine_now_ns(&source->simulation->engine);
	while (failed) {
		bool is_worn = setting->receives_max > 0 && failed->receives >= setting->receives_max;
		bool is_old = setting->retention_ns > 0 && now_ns - failed->came_ns >= setting->retention_ns;
		if (!is_worn && !is_old)
			break;
		struct message *next = failed->next;
		source->simulation->outcome->dead_letters++;
		message_done(source, failed, false);
		failed = next;
		--*count;
	}
	return failed;
}

/* What failed of a message group hides those behind it, too, until it is visible again. */
static void lane_is_visible(struct engine *engine, void *subject, int64_t argument)
{
	struct lane *lane = subject;
	lane->calls--;
	look_at(lane);
}

void source_batch_handed_over(struct simulation *simulation, struct batch *batch)
{
	struct source *source = simulation->source;
	count_pollers(source);
	billing_delete(simulation->setting, batch->count, usage_of(source));
	source->calls--;
	engine_schedule(&simulation->engine, 0, 0, lane_is_visible, batch->messages->lane, 0);
}

/* Nothing comes back of what was handed over. */
static void end_handed_over(struct source *source, struct batch *batch, bool is_completed)
{
	struct message *next;
	for (struct message *message = batch->messages; message; message = next) {
		next = message->next;
		message_done(source, message, is_completed);
	}
	batch->next_free = source->free_batches;
	source->free_batches = batch;
}

void source_batch_ended(struct simulation *simulation, struct batch *batch, bool is_completed)
{
	struct source *source = simulation->source;
	const struct setting_source *setting = setting_of(source);
	if (setting->is_handed_over) {
		end_handed_over(source, batch, is_completed);
		return;
	}
	struct lane *lane = batch->messages->lane;
	struct message *failed = NULL;
	count_pollers(source);
	int64_t received = batch->count;
	int64_t received_ns = batch->received_ns;
	int64_t count = part_batch(source, batch, is_completed, &failed);
	billing_delete(simulation->setting, received - count, usage_of(source));
	source->calls--;
	batch->next_free = source->free_batches;
	source->free_batches = batch;
	if (setting->keeps_order) {
		failed = give_up_worn(source, failed, &count);
		simulation->outcome->functions[0].retries += count > 0;
		if (failed)
			put_in_front(lane, failed, count);
	}
	int64_t now_ns = engine_now_ns(&simulation->engine);
	int64_t hidden_ns = setting->keeps_order && failed ? received_ns + setting->visibility_ns - now_ns : 0;
	engine_schedule(&simulation->engine, hidden_ns > 0 ? hidden_ns : 0, 0, lane_is_visible, lane, 0);
	while (failed && !setting->keeps_order) {
		struct message *next = failed->next;
		put_back(source, failed, received_ns);
		failed = next;
	}
}

bool source_is_late(const struct simulation *simulation, const struct batch *batch)
{
	const struct setting_source *setting = &simulation->setting->source;
	int64_t held_ns = engine_now_ns(&simulation->engine) - batch->received_ns;
	return setting->visibility_ns > 0 && held_ns >= setting->visibility_ns;
}

void source_end(struct simulation *simulation)
{
	struct source *source = simulation->source;
	if (!source)
		return;
	count_pollers(source);
	simulation->outcome->queued_messages = simulation->intake.in_flight;
	billing_source(simulation->setting, simulation->intake.arrivals.made, source->idle_ns,
		       engine_now_ns(&simulation->engine), usage_of(source));
}
