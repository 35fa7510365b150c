#include "platform/workflow.h"

#include <math.h>

#include "base/num.h"
#include "platform/keys.h"

static const struct bind_field map_pace_fields[] = {
	MAYBE_NUMBER(struct map_pace, seconds, "0", 0, 3600, "after each"),
	MAYBE_NUMBER(struct map_pace, seconds_per_item, "0", 0, 3600,
		     "and for each that was started before, as far as the map is wide"),
	BIND_END,
};

static const struct bind_schema map_pace_schema = {
	.title = "map_pace",
	.bytes = sizeof(struct map_pace),
	.fields = map_pace_fields,
};

static const struct bind_field start_rate_fields[] = {
	BIND_FIELD(struct start_rate, burst, BIND_INT, .fallback = "0", .min = 0, .max = 1e9,
		   .help = "so many at once; 0: no bound is known"),
	MAYBE_NUMBER(struct start_rate, per_second, "1", 1e-3, 1e9, "and from then on"),
	BIND_END,
};

static const struct bind_schema start_rate_schema = {
	.title = "a rate",
	.bytes = sizeof(struct start_rate),
	.fields = start_rate_fields,
};

static const struct bind_field workflow_fields[] = {
	QUANTILES(struct platform_workflow, hop_seconds, "one function's answer to the next one's call"),
	MAYBE_NUMBER(struct platform_workflow, hop_payload_mb, "0", 0, 1e6,
		     "payload up to which that is so, 10^6 bytes"),
	MAYBE_NUMBER(struct platform_workflow, hop_seconds_per_mb, "0", 0, 1e6,
		     "what each further 10^6 bytes add to it"),
	MAYBE_NUMBER(struct platform_workflow, fork_seconds, "0", 0, 3600,
		     "before the first branch of a parallel step or of an inline map, beside its hop"),
	BIND_FIELD(struct platform_workflow, map_pace, BIND_STRUCT, .fallback = "{}", .schema = &map_pace_schema,
		   .help = "rest of an inline map between the starts of two items"),
	BIND_FIELD(struct platform_workflow, child_starts, BIND_STRUCT, .fallback = "{}", .schema = &start_rate_schema,
		   .help = "of an account's distributed maps, standard ones"),
	BIND_FIELD(struct platform_workflow, express_child_starts, BIND_STRUCT, .fallback = "{}",
		   .schema = &start_rate_schema, .help = "and express ones"),
	BIND_FIELD(struct platform_workflow, transitions, BIND_STRUCT, .fallback = "{}", .schema = &start_rate_schema,
		   .help = "of an account's standard executions: states that are entered"),
	BIND_FIELD(struct platform_workflow, inline_map_limit, BIND_INT, .fallback = "0", .min = 0, .max = 1000000,
		   .help = "records in work at once, unless the map is distributed; 0: no bound"),
	BIND_FIELD(struct platform_workflow, distributed_map_limit, BIND_INT, .fallback = "0", .min = 0, .max = 1e9,
		   .help = "executions that a distributed map has in work at once; 0: no bound"),
	BIND_FIELD(struct platform_workflow, history_entries_max, BIND_INT, .fallback = "0", .min = 0, .max = 1e12,
		   .help = "entries of a standard execution's history, beyond which it fails; 0: not known"),
	MAYBE_NUMBER(struct platform_workflow, express_seconds, "0", 0, 1e9,
		     "the longest that an express execution runs; 0: not known"),
	MAYBE_NUMBER(struct platform_workflow, durable_operation_seconds, "0", 0, 3600,
		     "what a durable function takes from one function's answer to the next one's call"),
	MAYBE_NUMBER(struct platform_workflow, payload_mb, "0", 0, 1e6,
		     "largest payload that it passes on, 10^6 bytes; 0: not known"),
	BIND_END,
};

const struct bind_schema platform_workflow_schema = {
	.title = "workflow",
	.bytes = sizeof(struct platform_workflow),
	.fields = workflow_fields,
};

int64_t workflow_map_most(const struct platform_workflow *workflow, bool is_distributed)
{
	int64_t limit = is_distributed ? workflow->distributed_map_limit : workflow->inline_map_limit;
	return limit > 0 ? limit : INT64_MAX;
}

int64_t workflow_map_rest_ns(const struct platform_workflow *workflow, int64_t started)
{
	int64_t most = workflow_map_most(workflow, false);
	double wide = (double)(started < most ? started : most);
	return ns_from_seconds(workflow->map_pace.seconds + wide * workflow->map_pace.seconds_per_item);
}

const struct start_rate *workflow_start_rate(const struct platform_workflow *workflow, bool is_express)
{
	return is_express ? &workflow->express_child_starts : &workflow->child_starts;
}

static int64_t each_start_ns(const struct start_rate *rate)
{
	return llround(1e9 / rate->per_second);
}

int64_t workflow_start_rest_ns(const struct start_rate *rate, int64_t full_ns, int64_t now_ns)
{
	int64_t lacking_ns = full_ns > now_ns ? full_ns - now_ns : 0;
	int64_t rest_ns = lacking_ns - (rate->burst - 1) * each_start_ns(rate);
	return rate->burst > 0 && rest_ns > 0 ? rest_ns : 0;
}

void workflow_started(const struct start_rate *rate, int64_t *full_ns, int64_t now_ns)
{
	if (rate->burst > 0)
		*full_ns = (*full_ns > now_ns ? *full_ns : now_ns) + each_start_ns(rate);
}

int64_t workflow_payload_ns(const struct platform_workflow *workflow, int64_t payload_bytes)
{
	double beyond_mb = fmax(0, (double)payload_bytes / 1e6 - workflow->hop_payload_mb);
	return ns_from_seconds(beyond_mb * workflow->hop_seconds_per_mb);
}
