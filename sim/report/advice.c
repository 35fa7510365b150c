#include "report/advice.h"

#include <math.h>

#include "base/num.h"

static const double SHARE_NOTICED = 0.05;        /* of a function */
static const double SHARE_OF_ALL_NOTICED = 0.02; /* of all functions */

/* Who a sentence is about. */
struct subject {
	const struct run_job *job;
	const struct platform *platform;
	const struct setting_function *setting;
	const struct function_result *result;
	const char *name;
	struct platform_cpu cpu;
	double share;    /* vCPUs */
	int64_t threads; /* the most that any phase runs, as far as any size sold has vCPUs for them */
};

static int64_t threads_of(const struct setting_function *function, const struct platform *platform)
{
	int64_t threads = 1;
	for (int phase = 0; phase < WORK_PHASES; phase++) {
		const struct phase *work = &function->work.phases[phase];
		if (work->cpu_ns > 0 && work->threads > threads)
			threads = work->threads;
	}
	return cpu_running_threads(cpu_visible_vcpus(&platform->cpu, platform->memory.max_mb), threads);
}

static void subject_init(struct subject *subject, const struct run_job *job, size_t function)
{
	const struct setting_function *setting = &job->setting->functions[function];
	const struct platform *platform = job->setting->platform;
	const struct platform_cpu cpu = cpu_of_architecture(&platform->cpu, setting->sandbox.is_arm64);
	*subject = (struct subject){
		.job = job,
		.platform = platform,
		.setting = setting,
		.result = &job->result.functions[function],
		.name = setting->name,
		.share = cpu_share(&cpu, setting->memory_mb),
		.cpu = cpu,
		.threads = threads_of(setting, platform),
	};
}

/* The smallest size sold that holds the function and never stops its threads; 0: none does. */
static int64_t unthrottled_mb(const struct subject *subject)
{
	const struct platform *platform = subject->platform;
	int64_t size_mb;
	platform_sells_memory(platform, (int64_t)ceil(subject->setting->work.peak_memory_mb), &size_mb);
	while (cpu_share(&subject->cpu, size_mb) < (double)subject->threads) {
		if (size_mb >= platform->memory.max_mb)
			return 0;
		platform_sells_memory(platform, size_mb + 1, &size_mb);
	}
	return size_mb;
}

static const char *threads_text(const struct subject *subject, char text[48])
{
	if (subject->threads == 1)
		snprintf(text, 48, "its thread has a whole vCPU");
	else
		snprintf(text, 48, "its %lld threads have a vCPU each", (long long)subject->threads);
	return text;
}

static void say_throttled(const struct subject *subject, struct buf *out)
{
	const double *seconds = subject->result->cause_seconds;
	char threads[48];
	int64_t enough_mb = unthrottled_mb(subject);
	buf_printf(out,
		   "%s computes at %.2f vCPU: its CPU work takes %.3g s a call and would take %.3g s without a quota",
		   subject->name, subject->share, seconds[CAUSE_COMPUTE] + seconds[CAUSE_THROTTLED],
		   seconds[CAUSE_COMPUTE]);
	if (enough_mb > subject->setting->memory_mb)
		buf_printf(out, "; from %lld MB on %s.", (long long)enough_mb, threads_text(subject, threads));
	else
		buf_add(out, enough_mb > 0 ? "; a larger size would not change that."
					   : "; no size sold has enough vCPUs for its threads.");
}

static void say_compute(const struct subject *subject, struct buf *out)
{
	int64_t enough_mb = unthrottled_mb(subject);
	buf_printf(out, "%s computes for %.3g s a call even without a quota: ", subject->name,
		   subject->result->cause_seconds[CAUSE_COMPUTE]);
	if (enough_mb > 0 && enough_mb < subject->setting->memory_mb)
		buf_printf(out, "it uses %lld of the %.2f vCPU that it pays for; %lld MB would be as fast.",
			   (long long)subject->threads, subject->share, (long long)enough_mb);
	else
		buf_add(out, "less work, faster code, or more threads with the memory to run them would shorten it.");
}

static void say_queue(const struct subject *subject, struct buf *out)
{
	double throttles = run_result_metric(&subject->job->result, METRIC_THROTTLES)->mean;
	const struct setting *setting = subject->job->setting;
	buf_printf(out, "a call of %s waits %.3g s for its turn: ", subject->name,
		   subject->result->cause_seconds[CAUSE_QUEUE]);
	if (throttles > 0)
		buf_printf(out,
			   "%.4g calls a run met a concurrency limit; a higher one, or a slower start, would help.",
			   throttles);
	else if (setting->parallel < INT64_MAX)
		buf_printf(out, "pipeline.parallel is %lld; more would wait less.", (long long)setting->parallel);
	else if (subject->setting->sandbox.requests_max > 1)
		buf_add(out, "calls that come while a sandbox starts wait for it; a faster start would help.");
	else
		buf_add(out, "the driver starts one call after the other; a faster one would help.");
}

static void say_client(const struct subject *subject, struct buf *out)
{
	buf_printf(out, "%.3g s of a call of %s are its way to and from the client: a nearer one would help.",
		   subject->result->cause_seconds[CAUSE_CLIENT], subject->name);
}

static double cold_percent(const struct subject *subject)
{
	double calls = function_result_metric(subject->result, FUNCTION_METRIC_INVOCATIONS)->mean;
	return calls > 0 ? 100 * function_result_metric(subject->result, FUNCTION_METRIC_COLD_STARTS)->mean / calls : 0;
}

static void say_cold_start(const struct subject *subject, struct buf *out)
{
	buf_printf(out,
		   "%.3g %% of the calls of %s start a sandbox, in %.3g s before the handler: a smaller package, a "
		   "lighter runtime or sandboxes kept ready (provisioned_concurrency) would help.",
		   cold_percent(subject), subject->name,
		   function_result_metric(subject->result, FUNCTION_METRIC_INIT_MEAN_SECONDS)->mean);
}

static void say_load(const struct subject *subject, struct buf *out)
{
	double per_cold = subject->result->cause_seconds[CAUSE_LOAD] * 100 / fmax(cold_percent(subject), 1e-9);
	buf_printf(
		out,
		"the first request of a sandbox of %s loads for %.3g s (%.3g %% of the calls): reusing sandboxes for "
		"more calls, loading before the handler or loading less would help.",
		subject->name, per_cold, cold_percent(subject));
}

static void say_warm_start(const struct subject *subject, struct buf *out)
{
	buf_printf(out, "reaching %s takes %.3g s a call: fewer, longer calls (more images per record) would help.",
		   subject->name, subject->result->cause_seconds[CAUSE_WARM_START]);
}

static void say_wait(const struct subject *subject, struct buf *out)
{
	buf_printf(out, "%s waits %.3g s a call for what its work says, paid for and idle: no size hastens that.",
		   subject->name, subject->result->cause_seconds[CAUSE_WAIT]);
}

static void say_latency(const struct subject *subject, struct buf *out)
{
	buf_printf(out,
		   "%s waits %.3g s a call for first bytes from the store: fewer, larger objects or a faster store "
		   "would help; memory does not.",
		   subject->name, subject->result->cause_seconds[CAUSE_LATENCY]);
}

static void say_stream(const struct subject *subject, struct buf *out)
{
	buf_printf(out,
		   "%s moves bytes for %.3g s a call at the pace of one stream: fewer bytes, or ranges of an object "
		   "side by side, would help; memory does not.",
		   subject->name, subject->result->cause_seconds[CAUSE_STREAM]);
}

static void say_network(const struct subject *subject, struct buf *out)
{
	buf_printf(out,
		   "%s moves bytes for %.3g s a call at the pace of its sandbox's network: fewer bytes would help.",
		   subject->name, subject->result->cause_seconds[CAUSE_NETWORK]);
}

static void say_device(const struct subject *subject, struct buf *out)
{
	buf_printf(out, "%s computes for %.3g s a call on its %s: no size hastens that.", subject->name,
		   subject->result->cause_seconds[CAUSE_DEVICE], subject->platform->device.name);
}

static void say_card(const struct subject *subject, struct buf *out)
{
	buf_printf(out,
		   "%s moves bytes for %.3g s a call longer because other sandboxes on its host do: larger sizes have "
		   "fewer neighbours, fewer calls at once less company.",
		   subject->name, subject->result->cause_seconds[CAUSE_CARD]);
}

static void say_instance(const struct subject *subject, struct buf *out)
{
	buf_printf(out,
		   "a call of %s takes %.3g s longer because up to %lld requests share its sandbox: fewer "
		   "(requests_per_instance), or more vCPUs, would hasten it.",
		   subject->name, subject->result->cause_seconds[CAUSE_INSTANCE],
		   (long long)subject->setting->sandbox.requests_max);
}

static void say_rounding(const struct subject *subject, struct buf *out)
{
	const struct platform_price *price = &subject->platform->price;
	buf_printf(out, "billed time of %s is rounded up to multiples of %g ms", subject->name,
		   price->granularity_seconds * 1e3);
	if (price->minimum_seconds > 0)
		buf_printf(out, " and to %g ms", price->minimum_seconds * 1e3);
	buf_add(out, ": longer calls (more images per record) would lose less.");
}

static void say_invoking(const struct subject *subject, struct buf *out)
{
	buf_printf(out, "fees for calling %s do not depend on time: fewer, longer calls would help.", subject->name);
}

static void say_storing(const struct subject *subject, struct buf *out)
{
	buf_printf(out, "%s pays the store by the request and byte: fewer, larger objects would help.", subject->name);
}

static void say_standing(const struct subject *subject, struct buf *out)
{
	buf_printf(out, "%s pays by the clock for what is kept ready: less of it, or more calls to use it, would help.",
		   subject->name);
}

static void say_beside(const struct subject *subject, struct buf *out)
{
	buf_printf(out, "what stands on the bill beside %s (logs, NAT, egress, ...) is paid whatever its size.",
		   subject->name);
}

static void (*const sentences[CAUSES])(const struct subject *, struct buf *) = {
	[CAUSE_QUEUE] = say_queue,
	[CAUSE_CLIENT] = say_client,
	[CAUSE_COLD_START] = say_cold_start,
	[CAUSE_WARM_START] = say_warm_start,
	[CAUSE_LOAD] = say_load,
	[CAUSE_WAIT] = say_wait,
	[CAUSE_LATENCY] = say_latency,
	[CAUSE_STREAM] = say_stream,
	[CAUSE_NETWORK] = say_network,
	[CAUSE_COMPUTE] = say_compute,
	[CAUSE_THROTTLED] = say_throttled,
	[CAUSE_DEVICE] = say_device,
	[CAUSE_CARD] = say_card,
	[CAUSE_INSTANCE] = say_instance,
	[CAUSE_ROUNDING] = say_rounding,
	[CAUSE_INVOKING] = say_invoking,
	[CAUSE_STORING] = say_storing,
	[CAUSE_STANDING] = say_standing,
	[CAUSE_BESIDE] = say_beside,
};

/* A batch may wait for places most of its time, which must not hide what its calls do. */
static double sum_beside_queue(const double parts[CAUSES])
{
	return cause_sum(parts) - parts[CAUSE_QUEUE];
}

static bool is_noticed(const double parts[CAUSES], enum cause cause, double of_all, double all)
{
	return parts[cause] > 0 && parts[cause] >= SHARE_NOTICED * sum_beside_queue(parts) &&
	       of_all >= SHARE_OF_ALL_NOTICED * all;
}

/* Seconds are of a call, dollars of a run. */
bool advice_is_due(const struct run_job *job, size_t function, enum cause cause)
{
	const struct function_result *functions = job->result.functions;
	const struct function_result *own = &functions[function];
	double all_seconds = 0;
	double all_usd = 0;
	for (size_t f = 0; f < job->result.function_count; f++) {
		double calls = function_result_metric(&functions[f], FUNCTION_METRIC_INVOCATIONS)->mean;
		all_seconds += calls * sum_beside_queue(functions[f].cause_seconds);
		all_usd += sum_beside_queue(functions[f].cause_usd);
	}
	double own_calls = function_result_metric(own, FUNCTION_METRIC_INVOCATIONS)->mean;
	return is_noticed(own->cause_seconds, cause, own_calls * own->cause_seconds[cause], all_seconds) ||
	       is_noticed(own->cause_usd, cause, own->cause_usd[cause], all_usd);
}

void advice_write(const struct run_job *job, size_t function, enum cause cause, struct buf *out)
{
	struct subject subject;
	subject_init(&subject, job, function);
	sentences[cause](&subject, out);
}

void advice_percentages(const double parts[CAUSES], double percentages[CAUSES])
{
	double total = cause_sum(parts);
	double remainders[CAUSES];
	int64_t left = 1000;
	for (int cause = 0; cause < CAUSES; cause++) {
		double tenths = total > 0 ? 1000 * parts[cause] / total : 0;
		percentages[cause] = floor(tenths);
		remainders[cause] = tenths - floor(tenths);
		left -= (int64_t)percentages[cause];
	}
	for (; total > 0 && left > 0; left--) {
		int most = 0;
		for (int cause = 1; cause < CAUSES; cause++)
			most = remainders[cause] > remainders[most] ? cause : most;
		percentages[most]++;
		remainders[most] = -1;
	}
	for (int cause = 0; cause < CAUSES; cause++)
		percentages[cause] /= 10;
}

/* Every kind of failure has a row of words below. */

struct failed_calls {
	const struct setting *setting;
	const struct setting_function *function;
	double count; /* mean over replications */
};

static void say_memory(const struct failed_calls *c, struct buf *out)
{
	buf_printf(out, "ran out of memory (needs %.0f MB, has %lld)", c->function->work.peak_memory_mb,
		   (long long)c->function->memory_mb);
}

static void say_tmp(const struct failed_calls *c, struct buf *out)
{
	const struct platform_limits *limits = &c->setting->platform->limits;
	buf_printf(out, "filled its /tmp (needs %.0f MB, has %lld", c->function->work.tmp_mb,
		   (long long)c->function->tmp_mb);
	if (limits->tmp_max_mb > 0 && c->function->work.tmp_mb <= (double)limits->tmp_max_mb)
		buf_printf(out, "; functions.%s.tmp_mb buys up to %lld", c->function->name,
			   (long long)limits->tmp_max_mb);
	buf_add_char(out, ')');
}

static void say_timeout(const struct failed_calls *c, struct buf *out)
{
	buf_printf(out, "ran out of time %.4g times", c->count);
}

static void say_error(const struct failed_calls *c, struct buf *out)
{
	buf_printf(out, "ended in an error %.4g times (failures.error_rate is %g)", c->count,
		   c->setting->failures.error_rate);
}

static void say_crash(const struct failed_calls *c, struct buf *out)
{
	double crashes = c->setting->failures.crashes_per_hour;
	double interruptions = c->setting->platform->sandbox.interruptions_per_hour;
	const char *crash = interruptions == 0 ? "a crash"
			    : crashes == 0     ? "an interruption"
					       : "a crash or interruption";
	buf_printf(out, "lost its sandbox to %s %.4g times (", crash, c->count);
	if (crashes > 0 || interruptions == 0)
		buf_printf(out, "failures.crashes_per_hour is %g%s", crashes, interruptions > 0 ? ", " : "");
	if (interruptions > 0)
		buf_printf(out, "sandbox.interruptions_per_hour is %g", interruptions);
	buf_add_char(out, ')');
}

static void say_expired(const struct failed_calls *c, struct buf *out)
{
	buf_printf(out, "was throttled until %.4g calls were too old for the queue (%g s)", c->count,
		   c->setting->platform->limits.async_age_seconds);
}

static void say_gateway(const struct failed_calls *c, struct buf *out)
{
	buf_printf(out, "took longer than the gateway waits (%g s) %.4g times",
		   seconds_from_ns(c->setting->source.timeout_ns), c->count);
}

static void say_message(const struct failed_calls *c, struct buf *out)
{
	buf_printf(out, "failed on %.4g messages (source.message_error_rate is %g)", c->count,
		   c->setting->source.message_error_rate);
}

static void say_late(const struct failed_calls *c, struct buf *out)
{
	buf_printf(out, "was throttled until %.4g batches were visible to others again (%g s)", c->count,
		   seconds_from_ns(c->setting->source.visibility_ns));
}

static void say_state(const struct failed_calls *c, struct buf *out)
{
	buf_printf(out,
		   "was where %.4g executions had more state than a workflow passes on (%.4g kB; 'data: store' keeps "
		   "results out of it)",
		   c->count, 1e6 * c->setting->platform->workflow.payload_mb / 1024);
}

static void say_history(const struct failed_calls *c, struct buf *out)
{
	buf_printf(out,
		   "was where %.4g executions had written a full history (%lld entries; the children of a distributed "
		   "map have their own)",
		   c->count, (long long)c->setting->platform->workflow.history_entries_max);
}

static void say_overtime(const struct failed_calls *c, struct buf *out)
{
	buf_printf(out, "was where %.4g express executions had run too long (%g s)", c->count,
		   c->setting->platform->workflow.express_seconds);
}

static void (*const reasons[FAILURES])(const struct failed_calls *, struct buf *) = {
	[FAILURE_MEMORY] = say_memory,   [FAILURE_TMP] = say_tmp,         [FAILURE_TIMEOUT] = say_timeout,
	[FAILURE_ERROR] = say_error,     [FAILURE_CRASH] = say_crash,     [FAILURE_EXPIRED] = say_expired,
	[FAILURE_GATEWAY] = say_gateway, [FAILURE_MESSAGE] = say_message, [FAILURE_LATE] = say_late,
	[FAILURE_STATE] = say_state,     [FAILURE_HISTORY] = say_history, [FAILURE_OVERTIME] = say_overtime,
};

void failures_describe(const struct setting *setting, const struct run_result *result, struct buf *out)
{
	const char *separator = "";
	for (size_t f = 0; f < result->function_count; f++) {
		for (int failure = 0; failure < FAILURES; failure++) {
			const struct failed_calls c = {setting, &setting->functions[f],
						       result->functions[f].failures[failure]};
			if (c.count == 0)
				continue;
			buf_printf(out, "%s%s ", separator, c.function->name);
			reasons[failure](&c, out);
			separator = "; ";
		}
	}
}

/* Less than these parts of a record's time is not worth a word. */
static const double PATH_SHARE_MIN = 0.05;
static const double SLACK_SHARE_MIN = 0.05;

static double step_transitions(const struct run_result *result, size_t index)
{
	return result->steps[index].metrics[STEP_METRIC_TRANSITIONS].mean;
}

static bool is_block(const struct step_result *step)
{
	return step->step->kind != STEP_TASK;
}

static double block_transitions(const struct run_result *result)
{
	double transitions = 0;
	for (size_t i = 0; i < result->step_count; i++)
		transitions += is_block(&result->steps[i]) ? step_transitions(result, i) : 0;
	return transitions;
}

double workflow_usd(const struct run_result *result)
{
	const struct bill_line *lines = result->bill.lines;
	if (result->step_count == 0)
		return 0;
	double all = lines[BILL_TRANSITIONS].quantity;
	double usd = all > 0 ? lines[BILL_TRANSITIONS].usd * block_transitions(result) / all : 0;
	return usd + lines[BILL_EXPRESS].usd + lines[BILL_EXPRESS_TIME].usd;
}

void workflow_describe(const struct run_job *job, struct buf *out)
{
	const struct run_result *result = &job->result;
	double usd = workflow_usd(result);
	double transitions = block_transitions(result);
	if (usd == 0)
		return;
	buf_printf(out,
		   "\nThe workflow itself: %.4g transitions of its blocks and %.4g express executions, %.8f USD a run, "
		   "%.1f %% of the cost\n",
		   transitions, result->bill.lines[BILL_EXPRESS].quantity, usd, 100 * usd / result->bill.total_usd);
	for (size_t i = 0; i < result->step_count; i++)
		if (is_block(&result->steps[i]) && step_transitions(result, i) > 0)
			buf_printf(out, "- %s takes %.4g of these transitions.\n", result->steps[i].step->name,
				   step_transitions(result, i));
}

/* The map around a step whose items come one after the other on the path; NULL where there is none. */
static const struct step *waves_of(const struct run_job *job, const struct step_result *step)
{
	static const double WAVES_MIN = 1.5; /* so many of the step's own times */
	const struct graph *graph = job->setting->graph;
	double critical = step->metrics[STEP_METRIC_CRITICAL_SECONDS].mean;
	if (!graph || critical < WAVES_MIN * step->metrics[STEP_METRIC_MEAN_SECONDS].mean)
		return NULL;
	for (int32_t at = step->step->scope; at >= 0; at = graph->steps[at].scope)
		if (graph->steps[at].kind == STEP_MAP)
			return &graph->steps[at];
	return NULL;
}

static const char *helps(const struct step *step)
{
	static const char *const words[STEP_KINDS] = {
		[STEP_TASK] = "what makes it faster makes the record faster by as much",
		[STEP_PARALLEL] = "that is the service's own",
		[STEP_MAP] = "that is the service's own",
		[STEP_CHOICE] = "that is the service's own",
		[STEP_LOOP] = "that is the service's own",
		[STEP_WAIT] = "it is stated",
		[STEP_FAIL] = "it is where the execution fails",
	};
	return words[step->kind];
}

void critical_path_describe(const struct run_job *job, struct buf *out)
{
	const struct run_result *result = &job->result;
	double record_seconds = 0;
	for (size_t i = 0; i < result->step_count; i++)
		record_seconds += result->steps[i].metrics[STEP_METRIC_CRITICAL_SECONDS].mean;
	if (result->step_count > 0)
		buf_printf(out, "\nThe critical path of a record, %.4g s once it has begun\n", record_seconds);
	for (size_t i = 0; i < result->step_count; i++) {
		const struct step_result *step = &result->steps[i];
		double seconds = step->metrics[STEP_METRIC_CRITICAL_SECONDS].mean;
		const struct step *map = waves_of(job, step);
		if (seconds == 0 || seconds < PATH_SHARE_MIN * record_seconds)
			continue;
		buf_printf(out, "- %s is %.3g s of it (%.0f %%): ", step->step->name, seconds,
			   100 * seconds / record_seconds);
		if (map)
			buf_printf(out,
				   "items of %s wait for each other; more at once, or larger batches, would help.\n",
				   map->name);
		else
			buf_printf(out, "%s.\n",
				   step->step->is_async ? "its call is queued, and not waited for" : helps(step->step));
	}
	for (size_t i = 0; i < result->step_count; i++) {
		const struct step_result *step = &result->steps[i];
		double slack = step->metrics[STEP_METRIC_SLACK_SECONDS].mean;
		bool is_off = step->metrics[STEP_METRIC_CRITICAL_SECONDS].mean < PATH_SHARE_MIN * record_seconds;
		if (step->step->kind == STEP_TASK && is_off && slack > SLACK_SHARE_MIN * record_seconds)
			buf_printf(out,
				   "- %s ends %.3g s before what is waited for with it: cheaper memory would cost no "
				   "time.\n",
				   step->step->name, slack);
	}
}
