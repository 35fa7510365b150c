/*
 * Sources of events, held to exact answers: batches of a window over Poisson arrivals, M/M/c where c batches are in
 * work at once, callers that grow in number at a steady rate, messages that fail each time with the same probability;
 * and to conservation: every message is done, a dead letter or still there.
 */
#include "base/check.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

enum { BATCH_MAX = 200 };

/* A queue in front of one function that waits for each batch, and starts at once. */
static void queue_init_varied(struct toy *toy, double seconds_per_batch, int64_t batch_max, double variation)
{
	toy_init(toy);
	struct platform_sandbox *sandbox = &toy->platform.sandbox;
	sandbox->cold_start_seconds = sandbox->warm_start_seconds = toy_constant(&toy->arena, 0);
	struct setting_function *function = toy_function(toy, "f", 1000, &(struct toy_work){0});
	function->work.phases[WORK_WAIT].wait_ns = ns_from_seconds(seconds_per_batch);
	function->work.variation = variation;
	struct work *works = ARENA_ARRAY(&toy->arena, struct work, BATCH_MAX);
	for (int i = 0; i < BATCH_MAX; i++) {
		works[i] = function->work;
		works[i].images = i + 1;
	}
	function->sized_works = works;
	toy->platform.limits.burst = toy->platform.limits.concurrency = 1000000;
	toy->setting.parallel = INT64_MAX;
	toy->setting.source = (struct setting_source){
		.kind = SOURCE_QUEUE,
		.lanes = 1,
		.batch_max = batch_max,
		.calls = 1000,
		.calls_max = 1000,
		.call_growth_ns = NS_PER_SECOND,
		.poll_ns = 20 * NS_PER_SECOND,
		.receive_messages = 10,
		.sends_together = 1,
		.visibility_ns = 60 * NS_PER_SECOND,
	};
}

static void queue_init(struct toy *toy, double seconds_per_batch, int64_t batch_max)
{
	queue_init_varied(toy, seconds_per_batch, batch_max, 0);
}

static void come_as_poisson(struct toy *toy, double rate, int64_t messages)
{
	toy->setting.arrivals = (struct arrival_process){.kind = ARRIVALS_POISSON, .rate_per_second = rate};
	toy->setting.images = toy->setting.records = messages;
}

/* A batch is its first message and what comes in the window after it. */
static void windows(void)
{
	static const struct {
		double rate, window;
	} cases[] = {{5, 2}, {20, 0.5}, {0.2, 3}, {40, 1}};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct toy toy;
		double rate = cases[i].rate;
		double window = cases[i].window;
		queue_init(&toy, 0.1, BATCH_MAX);
		come_as_poisson(&toy, rate, 60000);
		toy.setting.source.window_ns = ns_from_seconds(window);
		struct outcome o = toy_simulate(&toy, 7);
		double mean = (double)o.batch_messages / (double)o.batches;
		double wait = seconds_from_sum_ns(o.message_wait_ns) / (double)o.messages_called;
		t_near(mean, 1 + rate * window, 0.02, 0, "messages of a batch");
		t_near(wait, window * (1 + rate * window / 2) / (1 + rate * window), 0.02, 0, "their wait");
		t_int(o.records_completed, 60000, "all are done");
		t_int(o.oldest_message_ns, toy.setting.source.window_ns, "nobody waits for longer than the window");
		toy_release(&toy);
	}
}

/* A batch that is full does not wait for its window. */
static void full_batches(void)
{
	struct toy toy;
	queue_init(&toy, 1, 10);
	toy_records(&toy, 25);
	toy.setting.source.window_ns = 5 * NS_PER_SECOND;
	toy.setting.source.message_bytes = 100 * 1024;
	toy.platform.price.message_request_kb = 64;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.batches, 3, "25 messages are two full batches and five messages");
	t_int(o.makespan_ns, 6 * NS_PER_SECOND, "which are called when the window is over");
	t_int(o.functions[0].invocations, 3, "each is a call");
	t_int(o.images_completed, 25, "of so many images");
	/* 25 sends of 100 KB, 2 each; 1000 KB are 16, 500 KB 8; 3 deletes; nobody idles for 20 s. */
	int64_t idle = (1000 * 6 - 2 * 1 - 1) / 20;
	t_int((int64_t)o.usage.queue_requests, 25 * 2 + 16 + 16 + 8 + 3 + idle, "requests of the queue");
	toy_release(&toy);
}

/* Erlang's C: the probability that all c are busy. */
static double erlang_c(int c, double load)
{
	double blocked = 1;
	for (int k = 1; k <= c; k++)
		blocked = load * blocked / (k + load * blocked);
	return blocked / (1 - load / c * (1 - blocked));
}

static void callers(void)
{
	static const struct {
		int calls;
		double rate;
	} cases[] = {{1, 0.6}, {3, 2.4}, {10, 8}};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct toy toy;
		int calls = cases[i].calls;
		double rate = cases[i].rate;
		queue_init_varied(&toy, 1, 1, 1);
		come_as_poisson(&toy, rate, 200000);
		toy.setting.source.calls = toy.setting.source.calls_max = calls;
		struct outcome o = toy_simulate(&toy, 3);
		double wait = seconds_from_sum_ns(o.message_wait_ns) / (double)o.messages_called;
		t_near(wait, erlang_c(calls, rate) / (calls - rate), 0.05, 0, "M/M/c: the wait");
		t_ok(o.peak_concurrency == calls, "and never more at once");
		toy_release(&toy);
	}
}

/* While messages wait, one caller more comes after each step. */
static void growth(void)
{
	static const struct {
		double seconds;
		int64_t calls;
	} at[] = {{0.1, 5}, {4.1, 25}, {8.9, 49}, {9.1, 50}, {500, 50}};
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		struct toy toy;
		queue_init(&toy, 1000, 1);
		toy_records(&toy, 10000);
		struct setting_source *source = &toy.setting.source;
		source->calls = 5;
		source->calls_max = 50;
		source->call_growth_ns = 200 * NS_PER_MS;
		source->poller_calls = 10;
		toy.setting.horizon_ns = ns_from_seconds(at[i].seconds);
		struct outcome o = toy_simulate(&toy, 1);
		t_int(o.peak_concurrency, at[i].calls, "callers after so many seconds");
		t_int(o.queued_messages, 10000, "and nothing is done");
		/* 6 callers need one poller, 11 need two, ...: after 1.2, 3.2, 5.2, 7.2 s. */
		double paid = at[i].seconds;
		for (double from = 1.2; from < 8; from += 2)
			paid += fmax(0, at[i].seconds - from);
		t_near((double)o.usage.poller_ns, paid * 1e9, 1e-9, 0, "pollers by the time");
		toy_release(&toy);
	}
}

/* Who waits for nobody needs no more callers. */
static void no_growth(void)
{
	struct toy toy;
	queue_init(&toy, 1, 1);
	come_as_poisson(&toy, 1, 2000);
	toy.setting.source.calls = 5;
	toy.setting.source.call_growth_ns = 1000 * NS_PER_SECOND;
	toy.platform.price.poller_minimum_seconds = 1e5;
	toy.setting.source.poller_calls = 10;
	struct outcome o = toy_simulate(&toy, 1);
	t_near((double)o.usage.poller_ns, 1e14, 1e-9, 0, "a poller is paid for its least time");
	t_ok(o.peak_concurrency >= 5 && o.peak_concurrency <= 6, "%lld at once", (long long)o.peak_concurrency);
	toy_release(&toy);
}

/* Each time a message is received it fails with the same probability, by itself or with its whole batch. */
static void failures(void)
{
	static const struct {
		bool is_partial;
		int64_t batch, receives;
		double rate, dead;
	} cases[] = {
		{true, 10, 1, 0.1, 0.1},   {true, 10, 3, 0.3, 0.027},
		{true, 1, 2, 0.5, 0.25},   {false, 10, 1, 0.1, 1 - 0.3486784401},
		{false, 1, 3, 0.3, 0.027},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct toy toy;
		queue_init(&toy, 0.5, cases[i].batch);
		toy_records(&toy, 100000);
		struct setting_source *source = &toy.setting.source;
		source->has_partial_failures = cases[i].is_partial;
		source->receives_max = cases[i].receives;
		source->message_error_rate = cases[i].rate;
		struct outcome o = toy_simulate(&toy, 5);
		t_near((double)o.dead_letters / 100000, cases[i].dead, 0.02, 0, "dead letters");
		t_int(o.records_completed + o.dead_letters, 100000, "and the others are done");
		t_int(o.records_failed, o.dead_letters, "which are the records that failed");
		t_int(o.messages_called, 100000, "each waited once");
		t_ok(o.batch_messages >= o.messages_called, "and was called as often as it failed");
		toy_release(&toy);
	}
}

/* A message that failed is hidden for the visibility time-out, from when it was received. */
static void visibility(void)
{
	struct toy toy;
	queue_init(&toy, 1, 10);
	toy_records(&toy, 4);
	toy.setting.failures.error_rate = 1;
	toy.setting.source.receives_max = 3;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.dead_letters, 4, "a function that always fails makes dead letters");
	t_int(o.batches, 3, "after three receives");
	t_ok(o.oldest_message_ns == 120 * NS_PER_SECOND, "the last one two time-outs later");
	t_int(o.functions[0].retries, 8, "each was put back twice");
	toy.setting.source.receives_max = 0;
	toy.setting.source.retention_ns = 150 * NS_PER_SECOND;
	o = toy_simulate(&toy, 1);
	t_int(o.dead_letters, 4, "or they become too old");
	t_int(o.batches, 4, "when they have been there for 180 s");
	toy_release(&toy);
}

/* Throttled for as long as its messages are hidden, a batch goes back. */
static void throttled(void)
{
	struct toy toy;
	queue_init(&toy, 200, 1);
	toy_records(&toy, 2);
	toy.setting.functions[0].reserved_concurrency = 1;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.records_completed, 2, "both are done");
	t_ok(o.batches > 3, "the second was received %lld times", (long long)o.batches - 1);
	t_int(o.functions[0].expired, 0, "which is no call that was given up");
	toy_release(&toy);
}

/* Random queues and streams, some of which are cut off in the middle. */
static void conserved(void)
{
	enum { CASES = 200 };
	int lost = 0;
	int cut = 0;
	int uneven = 0;
	struct stream luck;
	stream_init(&luck, 99, 0, stream_id_from_name("cases"), 0);
	for (int i = 0; i < CASES; i++) {
		struct toy toy;
		queue_init(&toy, 0.1 + stream_uniform(&luck), 1 + (int64_t)(stream_uniform(&luck) * 20));
		struct setting_source *source = &toy.setting.source;
		come_as_poisson(&toy, 1 + 20 * stream_uniform(&luck), 500);
		source->window_ns = stream_uniform(&luck) < 0.5 ? 0 : ns_from_seconds(stream_uniform(&luck));
		source->calls = 1 + (int64_t)(stream_uniform(&luck) * 5);
		source->message_error_rate = stream_uniform(&luck) < 0.5 ? 0 : 0.5 * stream_uniform(&luck);
		source->has_partial_failures = stream_uniform(&luck) < 0.5;
		source->receives_max = (int64_t)(stream_uniform(&luck) * 5);
		source->keeps_order = stream_uniform(&luck) < 0.4;
		source->lanes = source->keeps_order ? 1 + (int64_t)(stream_uniform(&luck) * 5) : 1;
		source->kind = source->keeps_order ? SOURCE_STREAM : SOURCE_QUEUE;
		source->seconds = NULL;
		toy.setting.failures.error_rate = stream_uniform(&luck) < 0.3 ? 0.3 : 0;
		if (stream_uniform(&luck) < 0.5)
			toy.setting.horizon_ns = ns_from_seconds(30 * stream_uniform(&luck));
		struct outcome o = toy_simulate(&toy, (uint64_t)i);
		/* Of those that had not come, nothing is known. */
		int64_t came = o.records_completed + o.records_failed + o.queued_messages;
		bool is_whole = o.end == OUTCOME_COMPLETE;
		lost += is_whole ? came != 500 || o.queued_messages != 0 : came > 500;
		lost += o.records_failed != o.dead_letters;
		cut += !is_whole;
		uneven += o.images_completed < o.records_completed;
		struct outcome again = toy_simulate(&toy, (uint64_t)i);
		lost += again.makespan_ns != o.makespan_ns || again.events != o.events;
		toy_release(&toy);
	}
	t_int(lost, 0, "every message is done, dead or there, each time alike");
	t_ok(cut > 10 && cut < CASES - 10, "%d of %d were cut off", cut, CASES);
	t_int(uneven, 0, "what is done was called");
}

/* A lane has one batch in work, and goes on only when that is done. */
static void streams(void)
{
	struct toy toy;
	queue_init(&toy, 2, 10);
	struct setting_source *source = &toy.setting.source;
	source->kind = SOURCE_STREAM;
	source->keeps_order = true;
	source->poll_ns = NS_PER_SECOND;
	source->visibility_ns = 0;
	source->shards = 1;
	source->message_bytes = 26 * 1024;
	toy.platform.price.stream_put_kb = 25;
	toy_records(&toy, 40);
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.peak_concurrency, 1, "one shard, one batch");
	t_int(o.batches, 4, "of ten records each");
	t_int(o.makespan_ns, 9 * NS_PER_SECOND - 1, "four times two seconds after the first look");
	t_int(o.oldest_message_ns, 7 * NS_PER_SECOND - 1, "iterator age of the last batch");
	t_int((int64_t)o.usage.stream_puts, 80, "26 KB are two puts");
	t_int((int64_t)o.usage.shard_ns, o.elapsed_ns, "a shard by the clock");
	t_int((int64_t)o.usage.queue_requests, 0, "and no requests");
	/* Records of a quarter second each come to one look: the first has waited for all of it. */
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_DETERMINISTIC, .rate_per_second = 4};
	toy_records(&toy, 4);
	o = toy_simulate(&toy, 1);
	t_int(o.batches, 1, "what came between two looks is one batch");
	t_int((int64_t)o.message_wait_ns, 4 * (NS_PER_SECOND - 1) - 1500 * NS_PER_MS, "and has waited for the second");
	toy.setting.arrivals = (struct arrival_process){0};
	source->lanes = 8;
	toy_records(&toy, 4000);
	o = toy_simulate(&toy, 1);
	t_int(o.peak_concurrency, 8, "eight lanes");
	t_int(o.records_completed, 4000, "all are done");
	/* A record that always fails holds up its lane, until it is given up. */
	source->lanes = 1;
	source->receives_max = 5;
	source->message_error_rate = 1;
	toy_records(&toy, 3);
	o = toy_simulate(&toy, 1);
	t_int(o.dead_letters, 3, "three records that fail");
	t_int(o.batches, 5, "are called together five times");
	toy_release(&toy);
}

struct order {
	int64_t last_ns;
	int out_of_order;
};

static void note_order(void *context, int64_t arrived_ns, int64_t taken_ns)
{
	struct order *order = context;
	order->out_of_order += arrived_ns < order->last_ns;
	order->last_ns = arrived_ns;
}

/* A message that failed hides its group, and no other. */
static void groups(void)
{
	struct toy toy;
	queue_init(&toy, 1, 10);
	struct setting_source *source = &toy.setting.source;
	source->keeps_order = source->is_fifo = true;
	source->lanes = 1;
	source->receives_max = 3;
	source->message_error_rate = 1;
	toy_records(&toy, 3);
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.dead_letters, 3, "three messages that fail");
	t_int(o.batches, 3, "are received three times");
	t_int(o.makespan_ns, 121 * NS_PER_SECOND, "each a visibility time-out after the other");
	int64_t idle = (1000 * 121 - 3) / 20;
	t_int((int64_t)o.usage.fifo_requests, 3 + 3 + idle, "sent, received, and polls that found nothing");
	source->lanes = 50;
	source->message_error_rate = 0;
	toy_records(&toy, 5000);
	o = toy_simulate(&toy, 1);
	t_int(o.records_completed, 5000, "many groups");
	t_ok(o.peak_concurrency == 50, "one batch of each at once");
	toy_release(&toy);
}

/* Where a record of a stream failed, those behind it wait for it; a queue's messages pass each other. */
static void order_is_kept(bool keeps_order)
{
	struct toy toy;
	queue_init(&toy, 0.5, 10);
	struct setting_source *source = &toy.setting.source;
	source->keeps_order = keeps_order;
	source->kind = keeps_order ? SOURCE_STREAM : SOURCE_QUEUE;
	source->message_error_rate = 0.2;
	source->has_partial_failures = true;
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_DETERMINISTIC, .rate_per_second = 10};
	toy_records(&toy, 500);
	struct order order = {0};
	const struct record_sink sink = {.completed = note_order, .context = &order};
	const struct simulate_options options = {.seed = 1, .records = &sink};
	struct outcome o;
	simulate(&toy.setting, &options, &toy.arena, &o);
	t_int(o.records_completed, 500, "all are done in the end");
	t_ok(keeps_order ? order.out_of_order == 0 : order.out_of_order > 0, "%d before an older one",
	     order.out_of_order);
	toy_release(&toy);
}

/* Asynchronous calls: retries and age of the source's own, and its delay. */
static void pushed(void)
{
	struct toy toy;
	toy_init(&toy);
	double rests[] = {60, 120};
	toy.platform.limits.async_retry_seconds = (struct bind_doubles){rests, 2};
	toy.platform.limits.async_age_seconds = 21600;
	toy.platform.limits.async_backoff_min_seconds = 1;
	toy.platform.limits.async_backoff_max_seconds = 1;
	toy.platform.price.message_request_kb = 64;
	toy_records(&toy, 5);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	struct quantiles delay = toy_constant(&toy.arena, 3);
	toy.setting.parallel = 5;
	toy.setting.invocation = INVOCATION_ASYNC;
	toy.setting.source =
		(struct setting_source){.kind = SOURCE_TOPIC, .seconds = &delay, .message_bytes = 65 * 1024};
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, ns_from_seconds(3 + 0.5 + 1), "delay, cold start and work");
	t_int((int64_t)o.usage.publishes, 10, "65 KB are two publishes");
	toy.setting.failures.error_rate = 1;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].invocations, 15, "the platform tries three times");
	t_int(o.dead_letters, 5, "and gives up");
	toy.setting.source.async_retries_plus_one = 1;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].invocations, 5, "a source without retries once");
	toy.setting.failures.error_rate = 0;
	toy.setting.source.async_age_ns = 2 * NS_PER_SECOND;
	toy.functions[0].reserved_concurrency = 1;
	toy.functions[0].work.phases[WORK_COMPUTE].cpu_ns = 10 * NS_PER_SECOND;
	toy.functions[0].last_work = toy.functions[0].work;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].expired, 4, "calls that are too old");
	t_int(o.dead_letters, 4, "are dead letters, too");
	toy.setting.source.kind = SOURCE_SCHEDULE;
	o = toy_simulate(&toy, 1);
	t_int((int64_t)o.usage.schedules, 5, "a scheduler's calls");
	toy_release(&toy);
}

/* A gateway does not wait for ever: the function is paid for, its record has failed. */
static void gateways(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_records(&toy, 4);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 3});
	toy.setting.source = (struct setting_source){.kind = SOURCE_HTTP_API, .message_bytes = 600 * 1024};
	toy.platform.price.http_request_kb = 512;
	struct setting_source *source = &toy.setting.source;
	source->timeout_ns = ns_from_seconds(3.4);
	/* 3.5 s cold, 3.01 s warm. */
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.functions[0].gateway_timeouts, 1, "the cold call takes too long");
	t_int(o.records_failed, 1, "and its record has no result");
	t_int(o.functions[0].completed, 4, "though its function had one");
	t_int((int64_t)o.usage.micro_http_requests, 4 * 2 * 1000000, "600 KB are two requests");
	toy.setting.retries = 1;
	o = toy_simulate(&toy, 1);
	t_int(o.records_completed, 4, "a caller that tries again has one");
	t_int((int64_t)o.usage.micro_http_requests, 5 * 2 * 1000000, "and pays again");
	source->kind = SOURCE_FUNCTION_URL;
	source->timeout_ns = 0;
	source->answer_bytes = 7 * 1024 * 1024;
	source->is_streamed = true;
	toy.platform.price.stream_free_mb = 6;
	o = toy_simulate(&toy, 1);
	t_int((int64_t)o.usage.streamed_bytes, 4 * 1024 * 1024, "a MB of each answer is paid for");
	t_int((int64_t)o.usage.micro_http_requests, 0, "and no requests");
	toy_release(&toy);
}

int main(void)
{
	windows();
	full_batches();
	callers();
	growth();
	no_growth();
	failures();
	visibility();
	throttled();
	conserved();
	streams();
	groups();
	order_is_kept(true);
	order_is_kept(false);
	pushed();
	gateways();
	return t_done();
}
