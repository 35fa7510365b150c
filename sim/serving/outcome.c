#include "serving/outcome.h"

#include <math.h>
#include <string.h>

#include "base/num.h"

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

enum outcome_end outcome_end_of(enum engine_end end, bool is_overfull)
{
	static const enum outcome_end ends[] = {
		[ENGINE_EMPTY] = OUTCOME_COMPLETE,          [ENGINE_STOPPED] = OUTCOME_COMPLETE,
		[ENGINE_BUDGET] = OUTCOME_EVENT_BUDGET,     [ENGINE_HORIZON] = OUTCOME_HORIZON,
		[ENGINE_INTERRUPTED] = OUTCOME_INTERRUPTED,
	};
	return is_overfull ? OUTCOME_IN_FLIGHT : ends[end];
}

#define ADD(type, name) total->name += part->name;
#define ADD_EACH(type, name, count) \
	for (int each = 0; each < (count); each++) \
		total->name[each] += part->name[each];

void outcome_add_up(struct outcome *outcome)
{
	struct function_outcome *total = &outcome->total;
	for (size_t i = 0; i < outcome->function_count; i++) {
		const struct function_outcome *part = &outcome->functions[i];
		FUNCTION_COUNTS(ADD)
		FUNCTION_COUNTS_BY(ADD_EACH)
		usage_add(&total->usage, &part->usage);
	}
	usage_add(&total->usage, &outcome->workflow);
	usage_add(&outcome->usage, &total->usage);
}

static double makespan_seconds(const struct outcome *outcome)
{
	return seconds_from_ns(outcome->makespan_ns);
}

static double record_seconds(const struct outcome *outcome)
{
	return ratio(seconds_from_sum_ns(outcome->record_ns), (double)outcome->records_completed);
}

/* The smallest time that at least this share of completed records stayed within. */
static double record_quantile(const struct outcome *outcome, double share)
{
	return seconds_from_ns(histogram_quantile(&outcome->record_times, share));
}

static double record_p50_seconds(const struct outcome *outcome)
{
	return record_quantile(outcome, 0.50);
}

static double record_p95_seconds(const struct outcome *outcome)
{
	return record_quantile(outcome, 0.95);
}

static double record_p99_seconds(const struct outcome *outcome)
{
	return record_quantile(outcome, 0.99);
}

static double record_billed_seconds(const struct outcome *outcome)
{
	return ratio(seconds_from_sum_ns(outcome->total.billed_ns), (double)outcome->records_completed);
}

static double images_per_second(const struct outcome *outcome)
{
	return ratio((double)outcome->images_completed, makespan_seconds(outcome));
}

static double cost_usd(const struct outcome *outcome)
{
	return outcome->bill.total_usd;
}

static double cost_compute_usd(const struct outcome *outcome)
{
	return bill_usd_of(&outcome->bill, 1U << BILL_BY_DURATION | 1U << BILL_STANDING | 1U << BILL_WHOLE_MACHINE);
}

static double cost_requests_usd(const struct outcome *outcome)
{
	return bill_usd_of(&outcome->bill, 1U << BILL_FEES);
}

static double cost_store_usd(const struct outcome *outcome)
{
	return bill_usd_of(&outcome->bill, 1U << BILL_STORE);
}

static double cost_beside_usd(const struct outcome *outcome)
{
	return bill_usd_of(&outcome->bill, 1U << BILL_BESIDE);
}

static double month_usd(const struct outcome *outcome)
{
	return outcome->month.total_usd;
}

static double gb_seconds(const struct outcome *outcome)
{
	return outcome->bill.lines[BILL_COMPUTE].quantity + outcome->bill.lines[BILL_COMPUTE_ARM64].quantity +
	       outcome->bill.lines[BILL_PROVISIONED_BUSY].quantity +
	       outcome->bill.lines[BILL_PROVISIONED_BUSY_ARM64].quantity;
}

static double invocations(const struct outcome *outcome)
{
	return (double)outcome->total.invocations;
}

static double cold_starts(const struct outcome *outcome)
{
	return (double)outcome->total.cold_starts;
}

static double cold_start_probability(const struct outcome *outcome)
{
	const struct function_outcome *total = &outcome->total;
	return ratio((double)total->cold_starts, (double)total->invocations);
}

static double joined_requests(const struct outcome *outcome)
{
	return (double)outcome->total.joined;
}

static double throttles(const struct outcome *outcome)
{
	return (double)outcome->total.throttles;
}

static double completed_records(const struct outcome *outcome)
{
	return (double)outcome->records_completed;
}

static double failed_records(const struct outcome *outcome)
{
	return (double)outcome->records_failed;
}

static double peak_concurrency(const struct outcome *outcome)
{
	return (double)outcome->peak_concurrency;
}

static double running_instances(const struct outcome *outcome)
{
	return ratio((double)outcome->running_instance_ns, (double)outcome->elapsed_ns);
}

static double idle_instances(const struct outcome *outcome)
{
	return ratio((double)outcome->idle_instance_ns, (double)outcome->elapsed_ns);
}

static double instances(const struct outcome *outcome)
{
	return running_instances(outcome) + idle_instances(outcome);
}

static double observed_instances(const struct outcome *outcome)
{
	return ratio((double)outcome->observed_instance_ns, (double)outcome->elapsed_ns);
}

static double waiting_seconds(const struct outcome *outcome)
{
	return ratio(seconds_from_sum_ns(outcome->total.wait_ns), (double)outcome->records_completed);
}

static double store_refusals(const struct outcome *outcome)
{
	return (double)outcome->store_refusals;
}

static double retries(const struct outcome *outcome)
{
	return (double)outcome->total.retries;
}

static double queue_seconds(const struct outcome *outcome)
{
	return ratio(seconds_from_sum_ns(outcome->message_wait_ns), (double)outcome->messages_called);
}

static double oldest_message_seconds(const struct outcome *outcome)
{
	return seconds_from_ns(outcome->oldest_message_ns);
}

static double batches(const struct outcome *outcome)
{
	return (double)outcome->batches;
}

static double messages_per_batch(const struct outcome *outcome)
{
	return ratio((double)outcome->batch_messages, (double)outcome->batches);
}

static double queued_messages(const struct outcome *outcome)
{
	return (double)outcome->queued_messages;
}

static double dead_letters(const struct outcome *outcome)
{
	return (double)outcome->dead_letters;
}

static double gateway_timeouts(const struct outcome *outcome)
{
	return (double)outcome->total.gateway_timeouts;
}

static double idle_memory_share(const struct outcome *outcome)
{
	const struct function_outcome *total = &outcome->total;
	return total->paid_mb_ns > 0 ? 1 - ratio((double)total->used_mb_ns, (double)total->paid_mb_ns) : 0;
}

const struct metric outcome_metrics[METRICS] = {
	[METRIC_MAKESPAN_SECONDS] = {"makespan_seconds", "first submission to last result", makespan_seconds, false},
	[METRIC_RECORD_SECONDS] = {"record_seconds", "one record, submission to result, mean over records",
				   record_seconds, false},
	[METRIC_RECORD_P50_SECONDS] = {"record_p50_seconds", "half of the records took no longer", record_p50_seconds,
				       false},
	[METRIC_RECORD_P95_SECONDS] = {"record_p95_seconds", "95 % of the records took no longer", record_p95_seconds,
				       false},
	[METRIC_RECORD_P99_SECONDS] = {"record_p99_seconds", "99 % of the records took no longer", record_p99_seconds,
				       false},
	[METRIC_RECORD_BILLED_SECONDS] = {"record_billed_seconds",
					  "sum of one record's billed durations, mean over records",
					  record_billed_seconds, false},
	[METRIC_IMAGES_PER_SECOND] = {"images_per_second", "images completed over the makespan", images_per_second,
				      false},
	[METRIC_COST_USD] = {"cost_usd", "the whole bill", cost_usd, false},
	[METRIC_COST_COMPUTE_USD] = {"cost_compute_usd",
				     "GB-seconds, provisioned concurrency, /tmp, snapshots, machine time",
				     cost_compute_usd, false},
	[METRIC_COST_REQUESTS_USD] = {"cost_requests_usd", "invocation fees, transitions and express executions",
				      cost_requests_usd, false},
	[METRIC_COST_STORE_USD] = {"cost_store_usd", "object store requests, bytes and storage", cost_store_usd, false},
	[METRIC_COST_BESIDE_USD] = {"cost_beside_usd",
				    "what sources of events and `bill` add: queues, gateways, logs, NAT, egress",
				    cost_beside_usd, false},
	[METRIC_MONTH_USD] = {"month_usd", "a month of traffic.runs_per_month such runs, by tiers", month_usd, false},
	[METRIC_GB_SECONDS] = {"gb_seconds", "billed memory-time, GB = 1024 MB", gb_seconds, false},
	[METRIC_INVOCATIONS] = {"invocations", "invocations that started", invocations, false},
	[METRIC_COLD_STARTS] = {"cold_starts", "invocations that started a sandbox", cold_starts, false},
	[METRIC_COLD_START_PROBABILITY] = {"cold_start_probability", "cold starts over invocations",
					   cold_start_probability, false},
	[METRIC_JOINED_REQUESTS] = {"joined_requests", "calls that went to a sandbox which had others", joined_requests,
				    false},
	[METRIC_THROTTLES] = {"throttles", "calls refused by a concurrency limit and retried", throttles, false},
	[METRIC_COMPLETED_RECORDS] = {"completed_records", "records that have a result", completed_records, false},
	[METRIC_FAILED_RECORDS] = {"failed_records", "records that ended in an error", failed_records, false},
	[METRIC_PEAK_CONCURRENCY] = {"peak_concurrency", "most sandboxes in use at once", peak_concurrency, false},
	[METRIC_RUNNING_INSTANCES] = {"running_instances", "sandboxes that start or run a handler, mean over time",
				      running_instances, false},
	[METRIC_IDLE_INSTANCES] = {"idle_instances", "sandboxes kept for the next call, mean over time", idle_instances,
				   false},
	[METRIC_INSTANCES] = {"instances", "sandboxes, mean over time", instances, false},
	[METRIC_OBSERVED_INSTANCES] =
		{"observed_instances",
		 "the same as who sees requests counts them: from the first to 10 minutes after the last",
		 observed_instances, false},
	[METRIC_WAITING_SECONDS] = {"waiting_seconds", "a record's wait for places and limits, mean over records",
				    waiting_seconds, false},
	[METRIC_STORE_REFUSALS] = {"store_refusals",
				   "requests refused by the object store for their rate, and repeated", store_refusals,
				   false},
	[METRIC_RETRIES] = {"retries", "visits repeated after a failure", retries, false},
	[METRIC_QUEUE_SECONDS] = {"queue_seconds", "a message's wait in a queue or stream, from its coming to its call",
				  queue_seconds, true},
	[METRIC_OLDEST_MESSAGE_SECONDS] = {"oldest_message_seconds",
					   "the oldest message when it was called (of a stream: iterator age)",
					   oldest_message_seconds, true},
	[METRIC_BATCHES] = {"batches", "calls that were made of messages", batches, true},
	[METRIC_MESSAGES_PER_BATCH] = {"messages_per_batch", "messages of one call, mean over calls",
				       messages_per_batch, true},
	[METRIC_QUEUED_MESSAGES] = {"queued_messages", "messages that are not done when a run is over", queued_messages,
				    true},
	[METRIC_DEAD_LETTERS] = {"dead_letters", "messages or asynchronous calls that were given up", dead_letters,
				 true},
	[METRIC_GATEWAY_TIMEOUTS] = {"gateway_timeouts", "calls that a gateway in front did not wait for",
				     gateway_timeouts, true},
	[METRIC_IDLE_MEMORY_SHARE] = {"idle_memory_share", "share of paid memory-time that the functions did not need",
				      idle_memory_share, false},
};

int outcome_find_metric(const char *name)
{
	for (int i = 0; i < METRICS; i++) {
		if (strcmp(outcome_metrics[i].name, name) == 0)
			return i;
	}
	return -1;
}

static double function_invocations(const struct function_outcome *outcome)
{
	return (double)outcome->invocations;
}

static double function_cold_starts(const struct function_outcome *outcome)
{
	return (double)outcome->cold_starts;
}

static double function_duration_mean(const struct function_outcome *outcome)
{
	return ratio(seconds_from_sum_ns(outcome->duration_ns), (double)outcome->invocations);
}

static double function_billed_mean(const struct function_outcome *outcome)
{
	return ratio(seconds_from_sum_ns(outcome->billed_ns), (double)outcome->invocations);
}

static double function_init_mean(const struct function_outcome *outcome)
{
	return ratio(seconds_from_sum_ns(outcome->init_ns), (double)outcome->cold_starts);
}

static double function_gb_seconds(const struct function_outcome *outcome)
{
	const struct usage *usage = &outcome->usage;
	price_mb_ns billed = usage->billed_mb_ns + usage->billed_arm64_mb_ns + usage->provisioned_busy_mb_ns +
			     usage->provisioned_busy_arm64_mb_ns;
	return (double)billed / (1024.0 * 1e9);
}

static double function_idle_memory_share(const struct function_outcome *outcome)
{
	return outcome->paid_mb_ns > 0 ? 1 - ratio((double)outcome->used_mb_ns, (double)outcome->paid_mb_ns) : 0;
}

int64_t function_failure_count(const struct function_outcome *outcome, enum failure failure)
{
	const int64_t counts[FAILURES] = {
		[FAILURE_MEMORY] = outcome->out_of_memory,
		[FAILURE_TMP] = outcome->tmp_full,
		[FAILURE_TIMEOUT] = outcome->timeouts,
		[FAILURE_ERROR] = outcome->errors,
		[FAILURE_CRASH] = outcome->crashes,
		[FAILURE_EXPIRED] = outcome->expired,
		[FAILURE_GATEWAY] = outcome->gateway_timeouts,
		[FAILURE_MESSAGE] = outcome->message_errors,
		[FAILURE_LATE] = outcome->late_batches,
		[FAILURE_STATE] = outcome->state_full,
		[FAILURE_HISTORY] = outcome->history_full,
		[FAILURE_OVERTIME] = outcome->overtime,
	};
	return counts[failure];
}

/* A call that was given up in the queue was no visit, nor is what ends a workflow. */
static double function_failures(const struct function_outcome *outcome)
{
	int64_t count = 0;
	for (int failure = 0; failure < FAILURE_EXPIRED; failure++)
		count += function_failure_count(outcome, (enum failure)failure);
	return (double)count;
}

const struct function_metric function_metrics[FUNCTION_METRICS] = {
	[FUNCTION_METRIC_INVOCATIONS] = {"invocations", "invocations that started", function_invocations},
	[FUNCTION_METRIC_COLD_STARTS] = {"cold_starts", "invocations that started a sandbox", function_cold_starts},
	[FUNCTION_METRIC_INIT_MEAN_SECONDS] = {"init_mean_seconds", "mean time from call to handler on a new sandbox",
					       function_init_mean},
	[FUNCTION_METRIC_DURATION_MEAN_SECONDS] = {"duration_mean_seconds", "mean handler duration",
						   function_duration_mean},
	[FUNCTION_METRIC_BILLED_MEAN_SECONDS] = {"billed_mean_seconds", "mean billed duration", function_billed_mean},
	[FUNCTION_METRIC_GB_SECONDS] = {"gb_seconds", "billed memory-time", function_gb_seconds},
	[FUNCTION_METRIC_IDLE_MEMORY_SHARE] = {"idle_memory_share", "share of paid memory-time not needed",
					       function_idle_memory_share},
	[FUNCTION_METRIC_FAILURES] = {"failures", "visits that ended without a result", function_failures},
};

int function_find_metric(const char *name)
{
	for (int i = 0; i < FUNCTION_METRICS; i++) {
		if (strcmp(function_metrics[i].name, name) == 0)
			return i;
	}
	return -1;
}

static double step_entered(const struct outcome *outcome, const struct graph *graph, int32_t step)
{
	return (double)outcome->steps[step].entered;
}

static double step_failed(const struct outcome *outcome, const struct graph *graph, int32_t step)
{
	return (double)outcome->steps[step].failed;
}

static double step_mean_seconds(const struct outcome *outcome, const struct graph *graph, int32_t step)
{
	return ratio(seconds_from_sum_ns(outcome->steps[step].ns), (double)outcome->steps[step].entered);
}

static double step_critical_seconds(const struct outcome *outcome, const struct graph *graph, int32_t step)
{
	return ratio(seconds_from_sum_ns(outcome->steps[step].critical_ns),
		     (double)(outcome->records_completed + outcome->records_failed));
}

/* The critical paths of all records are made of their steps, and of nothing else. */
static double step_critical_share(const struct outcome *outcome, const struct graph *graph, int32_t step)
{
	wide_sum all_ns = 0;
	for (size_t i = 0; i < graph->step_count; i++)
		all_ns += outcome->steps[i].critical_ns;
	return ratio((double)outcome->steps[step].critical_ns, (double)all_ns);
}

/* What its branch leaves, and what the branches around that do. */
static double step_slack_seconds(const struct outcome *outcome, const struct graph *graph, int32_t step)
{
	double seconds = 0;
	for (int32_t at = step; graph->steps[at].scope >= 0; at = graph->steps[at].scope) {
		const struct branch_outcome *branch = &outcome->branches[graph_branch_of(graph, at)];
		seconds += ratio(seconds_from_sum_ns(branch->slack_ns), (double)branch->ended);
	}
	return seconds;
}

static double step_transitions(const struct outcome *outcome, const struct graph *graph, int32_t step)
{
	return (double)outcome->steps[step].transitions;
}

const struct step_metric step_metrics[STEP_METRICS] = {
	[STEP_METRIC_ENTERED] = {"entered", "how often it was begun", step_entered},
	[STEP_METRIC_FAILED] = {"failed", "how often it failed for good; of a fail, records it ended", step_failed},
	[STEP_METRIC_MEAN_SECONDS] = {"mean_seconds", "from its begin to its end", step_mean_seconds},
	[STEP_METRIC_CRITICAL_SECONDS] = {"critical_seconds", "of a record's time, on its critical path",
					  step_critical_seconds},
	[STEP_METRIC_CRITICAL_SHARE] = {"critical_share", "the same over all of the record's time",
					step_critical_share},
	[STEP_METRIC_SLACK_SECONDS] = {"slack_seconds", "how much earlier it ends than others wait for",
				       step_slack_seconds},
	[STEP_METRIC_TRANSITIONS] = {"transitions", "that it takes and that are paid for", step_transitions},
};
