#include "scenario/experiment_file.h"

#include <math.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/check.h"
#include "base/file.h"
#include "random/quantile.h"
#include "scenario/blank.h"
#include "scenario/function_name.h"
#include "serving/outcome.h"

#define NUMBER(type_name, member, default_text, low, high, text) \
	BIND_FIELD(type_name, member, BIND_DOUBLE, .fallback = default_text, .min = (low), .max = (high), .help = text)

#define OF_PROCESS(member, high, text) \
	{ \
		.key = #member, .type = BIND_DOUBLE, .offset = offsetof(struct arrivals_entry, process.member), \
		.fallback = "0", .min = 0, .max = (high), .help = text \
	}

static const struct bind_field arrivals_fields[] = {
	{.key = "kind",
	 .type = BIND_CHOICE,
	 .offset = offsetof(struct arrivals_entry, process.kind),
	 .fallback = "all_at_once",
	 .choices = arrival_names,
	 .help = "a batch, or requests that come over time whatever the service does"},
	OF_PROCESS(rate_per_second, 1e7, "deterministic, poisson: requests per second; bursts: between bursts"),
	OF_PROCESS(burst_rate_per_second, 1e7, "bursts: requests per second in a burst"),
	OF_PROCESS(calm_seconds, 1e8, "bursts: mean time between bursts"),
	OF_PROCESS(burst_seconds, 1e8, "bursts: mean length of a burst"),
	BIND_FIELD(struct arrivals_entry, daily_rates_per_second, BIND_DOUBLE_LIST, .min = 0, .max = 1e7,
		   .help = "daily: rates of equal parts of a day (24: by the hour), which repeats"),
	BIND_FIELD(struct arrivals_entry, trace, BIND_TEXT, .fallback = "",
		   .help = "trace: a CSV file, .gz or not (from this file's folder)"),
	BIND_FIELD(struct arrivals_entry, function, BIND_TEXT, .fallback = "",
		   .help = "trace: the function of the trace whose requests come; by default all"),
	NUMBER(struct arrivals_entry, duration_seconds, "0", 0, 4e9, "no request comes later; 0: no such bound"),
	BIND_END,
};

/* Which numbers each kind of arrivals needs. */
static const struct arrivals_need {
	const char *key;
	size_t offset;
	bool needed[ARRIVALS_TRACE + 1];
} arrivals_needs[] = {
	{"rate_per_second",
	 offsetof(struct arrivals_entry, process.rate_per_second),
	 {[ARRIVALS_DETERMINISTIC] = true, [ARRIVALS_POISSON] = true}},
	{"burst_rate_per_second",
	 offsetof(struct arrivals_entry, process.burst_rate_per_second),
	 {[ARRIVALS_BURSTS] = true}},
	{"calm_seconds", offsetof(struct arrivals_entry, process.calm_seconds), {[ARRIVALS_BURSTS] = true}},
	{"burst_seconds", offsetof(struct arrivals_entry, process.burst_seconds), {[ARRIVALS_BURSTS] = true}},
};

static void check_arrivals(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct arrivals_entry *entry = value;
	const char *kind = arrival_names[entry->process.kind];
	for (size_t i = 0; i < ARRAY_LEN(arrivals_needs); i++) {
		const struct arrivals_need *need = &arrivals_needs[i];
		double given = *(const double *)(const void *)((const char *)value + need->offset);
		if (need->needed[entry->process.kind] && given == 0)
			diag_error(diag, bind_place(node, need->key), "arrivals of kind '%s' need '%s' above 0", kind,
				   need->key);
	}
	double rates = 0;
	for (size_t i = 0; i < entry->daily_rates_per_second.count; i++)
		rates += entry->daily_rates_per_second.values[i];
	if (entry->process.kind == ARRIVALS_DAILY && rates == 0)
		diag_error(diag, bind_place(node, "daily_rates_per_second"),
			   "arrivals of kind '%s' need 'daily_rates_per_second' with a rate above 0", kind);
	if ((entry->process.kind == ARRIVALS_TRACE) != (entry->trace[0] != '\0'))
		diag_error(diag, bind_place(node, "trace"),
			   entry->trace[0] ? "'trace' is given, but arrivals are of kind '%s'; say 'kind: trace'"
					   : "arrivals of kind '%s' need 'trace', a CSV file",
			   kind);
}

static const struct bind_schema arrivals_schema = {
	.title = "arrivals",
	.bytes = sizeof(struct arrivals_entry),
	.fields = arrivals_fields,
	.check = check_arrivals,
};

static const struct bind_field workload_fields[] = {
	BIND_FIELD(struct workload, images, BIND_INT, .fallback = "0", .min = 0, .max = 1e12,
		   .help = "images (or requests, where work is stated) in all; 0: as many as the arrivals bring"),
	BIND_FIELD(struct workload, images_per_record, BIND_INT, .fallback = "1", .min = 1, .max = 1e9,
		   .help = "images packed into one record"),
	BIND_FIELD(struct workload, arrivals, BIND_STRUCT, .fallback = "{}", .schema = &arrivals_schema,
		   .help = "when records come"),
	BIND_END,
};

static void check_workload(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct workload *workload = value;
	int kind = workload->arrivals.process.kind;
	if (workload->images > 0 || kind == ARRIVALS_TRACE ||
	    (kind != ARRIVALS_ALL_AT_ONCE && workload->arrivals.duration_seconds > 0))
		return;
	diag_error(diag, bind_place(node, "images"),
		   kind == ARRIVALS_ALL_AT_ONCE
			   ? "'images' is missing or 0; say how many there are"
			   : "nothing ends the arrivals; give 'images' or 'arrivals.duration_seconds'");
}

static const struct bind_schema workload_schema = {
	.title = "workload",
	.bytes = sizeof(struct workload),
	.fields = workload_fields,
	.check = check_workload,
};

static const char *const map_children_names[] = {
	[MAP_CHILDREN_STANDARD] = "standard", [MAP_CHILDREN_EXPRESS] = "express", NULL};

static const struct bind_field pipeline_fields[] = {
	BIND_FIELD(struct pipeline, schedule, BIND_CHOICE, .fallback = "per_record", .choices = schedule_names,
		   .help = "a job carries one record through all functions, or each function has places of its own"),
	BIND_FIELD(struct pipeline, parallel, BIND_INT, .fallback = "0", .min = 0, .max = 1000000,
		   .help = "jobs at once, or places per function; 0: one for a batch, any number for other arrivals"),
	BIND_FIELD(struct pipeline, dispatch_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 3600,
		   .help = "time the driver needs to start one call"),
	NUMBER(struct pipeline, answer_seconds, "0", 0, 3600,
	       "time that it needs for one answer, on the same thread, which starts calls first"),
	BIND_FIELD(struct pipeline, warm_sandboxes, BIND_INT, .fallback = "0", .min = 0, .max = 1000000,
		   .help = "sandboxes of every function that are idle and initialised at the start"),
	BIND_FIELD(struct pipeline, shared_hosts, BIND_BOOL, .fallback = "false",
		   .help = "sandboxes share the network cards of the platform's hosts"),
	BIND_FIELD(struct pipeline, split, BIND_NODE,
		   .help = "cuts the profile's network into functions part1, part2, ...: after the layers of a list, "
			   "into a number of functions with the fewest bytes between them, or auto, for plan --split "
			   "to join"),
	NUMBER(struct pipeline, client_seconds, "0", 0, 3600,
	       "round trip between a caller that waits and the platform, on every call"),
	NUMBER(struct pipeline, pause_seconds, "0", 0, 1e6, "a job's rest between two records (a client that thinks)"),
	BIND_FIELD(struct pipeline, invocation, BIND_CHOICE, .fallback = "sync", .choices = invocation_type_names,
		   .help = "a caller that waits, or the service's queue, which tries again by itself"),
	BIND_FIELD(struct pipeline, orchestrator, BIND_CHOICE, .fallback = "driver", .choices = orchestrator_names,
		   .help = "who passes a record on: the caller, events of the object store, a workflow service"),
	BIND_FIELD(struct pipeline, distributed_map, BIND_BOOL, .fallback = "false",
		   .help = "workflow: a map without the inline map's bound on records in work at once"),
	BIND_FIELD(struct pipeline, map_children, BIND_CHOICE, .fallback = "standard", .choices = map_children_names,
		   .help = "what a distributed map starts for each record: standard or express workflows"),
	BIND_FIELD(struct pipeline, retries, BIND_INT, .fallback = "0", .min = 0, .max = 1000,
		   .help = "how often a caller repeats a call whose handler failed"),
	BIND_END,
};

static const struct bind_schema pipeline_schema = {
	.title = "pipeline",
	.bytes = sizeof(struct pipeline),
	.fields = pipeline_fields,
};

static const struct bind_field traffic_fields[] = {
	NUMBER(struct traffic, runs_per_month, "0", 0, 1e12, "runs like this one in a month; 0: no month's bill"),
	BIND_FIELD(struct traffic, free_tier, BIND_BOOL, .fallback = "false",
		   .help = "whether what is free each month is taken off the bill"),
	BIND_END,
};

static const struct bind_schema traffic_schema = {
	.title = "traffic",
	.bytes = sizeof(struct traffic),
	.fields = traffic_fields,
};

static const struct bind_field failures_fields[] = {
	NUMBER(struct failures, error_rate, "0", 0, 1, "share of visits whose handler ends in an error"),
	NUMBER(struct failures, crashes_per_hour, "0", 0, 1e6, "crashes of a busy sandbox"),
	NUMBER(struct failures, straggler_rate, "0", 0, 1, "share of visits that are slow"),
	NUMBER(struct failures, straggler_slowdown, "1", 1, 1e6, "their CPU time over that of others"),
	BIND_END,
};

static const struct bind_schema failures_schema = {
	.title = "failures",
	.bytes = sizeof(struct failures),
	.fields = failures_fields,
};

static const char *const activations_names[] = {
	[ACTIVATIONS_HELD] = "held",
	[ACTIVATIONS_LIVE] = "live",
	[ACTIVATIONS_MEASURED] = "measured",
	NULL,
};
static const char *const package_kinds[] = {[PACKAGE_ZIP] = "zip", [PACKAGE_IMAGE] = "image", NULL};
static const char *const import_places[] = {[IMPORT_IN_HANDLER] = "handler", [IMPORT_IN_INIT] = "init", NULL};
static const char *const record_in_names[] = {[RECORD_IN_MEMORY] = "memory", [RECORD_IN_TMP] = "tmp", NULL};

double framework_device_rate(const struct framework *framework, const char *device, bool *is_named)
{
	const struct device_speed *named = framework->devices.items;
	*is_named = true;
	for (size_t i = 0; i < framework->devices.count; i++)
		if (strcasecmp(named[i].name, device) == 0)
			return named[i].images_per_second;
	*is_named = false;
	return framework->device_images_per_second;
}

static const struct bind_field device_speed_fields[] = {
	BIND_FIELD(struct device_speed, images_per_second, BIND_DOUBLE, .required = true, .min = 1e-6, .max = 1e9,
		   .help = "the whole network, once it is loaded"),
	BIND_END,
};

static const struct bind_schema device_speed_schema = {
	.title = "a device",
	.bytes = sizeof(struct device_speed),
	.fields = device_speed_fields,
	.name_offset_plus_one = offsetof(struct device_speed, name) + 1,
};

static const struct bind_field framework_fields[] = {
	BIND_FIELD(struct framework, preset, BIND_TEXT, .fallback = "",
		   .help = "one of configs/frameworks by name, or a path to such a file (from this file's folder); "
			   "what is stated beside it goes over it"),
	BIND_FIELD(struct framework, name, BIND_TEXT, .fallback = "", .help = "for people"),
	BIND_FIELD(struct framework, memory_mb, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e6,
		   .help = "memory of language runtime and framework, MB (1 MB = 1024 kB)"),
	BIND_FIELD(struct framework, package_mb, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e6,
		   .help = "size of code and libraries, unzipped, MB"),
	BIND_FIELD(struct framework, package_kind, BIND_CHOICE, .fallback = "zip", .choices = package_kinds,
		   .help = "how code and libraries are delivered"),
	BIND_FIELD(struct framework, runtime, BIND_TEXT, .fallback = "",
		   .help = "one of the platform's runtimes, by name; empty: whatever its cold starts hold"),
	BIND_FIELD(
		struct framework, import_at, BIND_CHOICE, .fallback = "handler", .choices = import_places,
		.help = "whether the first request imports the framework, or the init phase, which is not throttled"),
	BIND_FIELD(struct framework, import_cpu_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e4,
		   .help = "import of the framework in a new sandbox's first request, one thread, on one vCPU"),
	BIND_FIELD(struct framework, compute_threads, BIND_INT, .fallback = "1", .min = 1, .max = 64,
		   .help = "threads that run the layers"),
	BIND_FIELD(struct framework, record_mb_per_second, BIND_DOUBLE, .fallback = ".inf", .min = 1e-3,
		   .max = HUGE_VAL, .help = "the most that the store client's record stream carries, 10^6 bytes/s"),
	BIND_FIELD(struct framework, store_cpu_seconds_per_mb, BIND_DOUBLE, .fallback = ".inf", .min = 0,
		   .max = HUGE_VAL,
		   .help = "CPU of the store's client for 10^6 bytes read, on one vCPU; .inf: as the platform has it"),
	BIND_FIELD(struct framework, store_cpu_seconds_per_put_mb, BIND_DOUBLE, .fallback = ".inf", .min = 0,
		   .max = HUGE_VAL, .help = "the same of bytes written; .inf: as the platform has it"),
	BIND_FIELD(
		struct framework, keeps_connection, BIND_BOOL, .fallback = "false",
		.help = "the store's client keeps its connection from request to request, instead of a new one each"),
	BIND_FIELD(struct framework, record_image_bytes, BIND_INT, .fallback = "0", .min = 0, .max = 1e12,
		   .help = "what an image takes in the first function's record; 0: as in the profile"),
	BIND_FIELD(
		struct framework, weights_cpu_seconds_per_mb, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 100,
		.help = "more CPU than the profile's to make weights usable, one thread, on one vCPU, per 10^6 bytes"),
	BIND_FIELD(struct framework, layer_time_factor, BIND_DOUBLE, .fallback = "1", .min = 1e-3, .max = 1e3,
		   .help = "time of its layers over that of the kernels that the profile was measured with"),
	BIND_FIELD(struct framework, layer_time_spread, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1,
		   .help = "standard deviation of layer_time_factor from network to network, over it"),
	BIND_FIELD(struct framework, image_cpu_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e4,
		   .help = "CPU to decode and scale an image beside the profile's, one thread, on its host"),
	BIND_FIELD(struct framework, device_images_per_second, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e9,
		   .help = "the profile's whole network on the platform's device, where 'devices' do not name it; 0: "
			   "layers run on vCPUs"),
	BIND_FIELD(struct framework, devices, BIND_STRUCT_MAP, .schema = &device_speed_schema, .count_max = DEVICES_MAX,
		   .help = "the profile's whole network on devices by their names, as platforms have them"),
	BIND_FIELD(
		struct framework, activations, BIND_CHOICE, .fallback = "measured", .choices = activations_names,
		.help = "memory holds every activation of the function, only those of the running layer, or what was "
			"measured, where the profile has it"),
	BIND_FIELD(struct framework, record_in, BIND_CHOICE, .fallback = "memory", .choices = record_in_names,
		   .help = "where a record is put before it is decoded"),
	BIND_END,
};

const struct bind_schema framework_schema = {
	.title = "framework",
	.bytes = sizeof(struct framework),
	.fields = framework_fields,
};

static void check_function(void *value, const struct yaml_node *node, struct diag *diag)
{
	struct function_entry *function = value;
	function->node = node;
	function->has_work = yaml_get(node, "work") != NULL;
	if (function->device_window_seconds > 0 && function->device_batch_max < 2)
		diag_error(diag, bind_place(node, "device_window_seconds"),
			   "'device_window_seconds' is how long a request waits for others to compute with: state how "
			   "many these may be, 'device_batch_max'");
	if (function->has_work && function->layers.count > 0)
		diag_error(diag, bind_place(node, "work"), "a function has 'layers' or 'work', not both");
}

static const char *const architectures[] = {[ARCHITECTURE_X86_64] = "x86_64", [ARCHITECTURE_ARM64] = "arm64", NULL};

static const struct bind_field function_fields[] = {
	BIND_FIELD(struct function_entry, layers, BIND_TEXT_LIST,
		   .help = "the profile's layers that it runs; by default those of the profile's function of its name"),
	BIND_FIELD(struct function_entry, memory_mb, BIND_INT, .min = 1, .max = 1048576,
		   .help = "memory bought, MB; by default defaults.memory_mb"),
	BIND_FIELD(struct function_entry, timeout_seconds, BIND_DOUBLE, .min = 1e-3, .max = 1e6,
		   .help = "by default defaults.timeout_seconds"),
	BIND_FIELD(struct function_entry, tmp_mb, BIND_INT, .fallback = "0", .min = 0, .max = 1048576,
		   .help = "size of /tmp bought, MB; 0: what comes with a function"),
	BIND_FIELD(struct function_entry, reserved_concurrency, BIND_INT, .fallback = "0", .min = 0, .max = 10000000,
		   .help = "places of its own, taken from the account's; 0: shares these"),
	BIND_FIELD(struct function_entry, provisioned_concurrency, BIND_INT, .fallback = "0", .min = 0, .max = 1000000,
		   .help = "sandboxes that are started beforehand and stay"),
	BIND_FIELD(struct function_entry, requests_per_instance, BIND_INT, .fallback = "0", .min = 0, .max = 10000,
		   .help = "requests at once on one sandbox; 0: the platform's default"),
	BIND_FIELD(struct function_entry, instances_min, BIND_INT, .fallback = "0", .min = 0, .max = 100000,
		   .help = "of a fleet: instances that it has at least; 0: as the platform says"),
	BIND_FIELD(struct function_entry, burst, BIND_BOOL, .fallback = "false",
		   .help = "its sandboxes use more vCPUs and memory than they have, as far as the platform lets them"),
	BIND_FIELD(struct function_entry, instances_of, BIND_TEXT, .fallback = "",
		   .help = "the function whose instances, and whose device, its requests go to as well: several models "
			   "on one card"),
	BIND_FIELD(struct function_entry, device_batch_max, BIND_INT, .fallback = "1", .min = 1, .max = 10000,
		   .help = "requests on an instance that have one turn on its device together, at most"),
	BIND_FIELD(struct function_entry, device_window_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 3600,
		   .help = "that the first of them waits for others, where the device is free; 0: for none"),
	BIND_FIELD(struct function_entry, snapshot, BIND_BOOL, .fallback = "false",
		   .help = "new sandboxes are restored from a snapshot instead of initialised"),
	BIND_FIELD(struct function_entry, architecture, BIND_CHOICE, .fallback = "x86_64", .choices = architectures,
		   .help = "of its processors"),
	BIND_FIELD(struct function_entry, resource, BIND_TEXT, .fallback = "", .is_label = true,
		   .help = "what deployment files call it (a logical id, a key), for plan --emit"),
	BIND_FIELD(struct function_entry, provisioned_resource, BIND_TEXT, .fallback = "", .is_label = true,
		   .help = "what they call that on which its provisioned concurrency stands: a version, an alias, a "
			   "resource of its own"),
	BIND_FIELD(struct function_entry, deployed_name, BIND_TEXT, .fallback = "", .is_label = true,
		   .help = "what logs and the account call it"),
	BIND_FIELD(struct function_entry, work, BIND_STRUCT, .schema = &work_schema,
		   .help = "work stated outright instead of layers"),
	BIND_END,
};

static const struct bind_schema function_schema = {
	.title = "a function",
	.bytes = sizeof(struct function_entry),
	.fields = function_fields,
	.place_offset_plus_one = offsetof(struct function_entry, place) + 1,
	.name_offset_plus_one = offsetof(struct function_entry, name) + 1,
	.check = check_function,
};

static const struct bind_field defaults_fields[] = {
	BIND_FIELD(struct function_defaults, memory_mb, BIND_INT, .min = 1, .max = 1048576,
		   .help = "memory of functions that state none, MB; by default the largest size sold"),
	BIND_FIELD(struct function_defaults, timeout_seconds, BIND_DOUBLE, .min = 1e-3, .max = 1e6,
		   .help = "by default the platform's longest"),
	BIND_END,
};

static const struct bind_schema defaults_schema = {
	.title = "defaults",
	.bytes = sizeof(struct function_defaults),
	.fields = defaults_fields,
};

static void check_stop_rule(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct stop_rule *rule = value;
	if (rule->metric[0] == '\0' || outcome_find_metric(rule->metric) >= 0)
		return;
	const char *names[METRICS];
	for (int i = 0; i < METRICS; i++)
		names[i] = outcome_metrics[i].name;
	const char *meant = did_you_mean(rule->metric, names, METRICS);
	diag_error(diag, bind_place(node, "metric"), "there is no metric '%s'; did you mean '%s'?", rule->metric,
		   meant ? meant : "makespan_seconds");
}

static const struct bind_field stop_rule_fields[] = {
	BIND_FIELD(struct stop_rule, metric, BIND_TEXT, .required = true, .help = "a metric of `lamina run`"),
	BIND_FIELD(struct stop_rule, half_width, BIND_DOUBLE, .required = true, .min = 1e-6, .max = 10,
		   .help = "half the 95 % interval's width over the mean"),
	BIND_END,
};

static const struct bind_schema until_schema = {
	.title = "until",
	.bytes = sizeof(struct stop_rule),
	.fields = stop_rule_fields,
	.check = check_stop_rule,
};

static void check_replications(void *value, const struct yaml_node *node, struct diag *diag)
{
	struct replications *replications = value;
	if (replications->max == 0)
		replications->max = replications->min;
	if (replications->max < replications->min)
		diag_error(diag, bind_place(node, "max"), "'max' is below 'min' (%lld)", (long long)replications->min);
}

static const struct bind_field replications_fields[] = {
	BIND_FIELD(struct replications, min, BIND_INT, .fallback = "10", .min = 1, .max = 100000,
		   .help = "replications that always run"),
	BIND_FIELD(struct replications, max, BIND_INT, .fallback = "0", .min = 0, .max = 100000,
		   .help = "the most that run; 0: min"),
	BIND_FIELD(struct replications, until, BIND_STRUCT, .schema = &until_schema,
		   .help = "stop between min and max when an interval is narrow enough"),
	BIND_END,
};

static const struct bind_schema replications_schema = {
	.title = "replications",
	.bytes = sizeof(struct replications),
	.fields = replications_fields,
	.check = check_replications,
};

static const struct bind_field limits_fields[] = {
	BIND_FIELD(struct run_limits, events, BIND_INT, .fallback = "1000000000", .min = 1, .max = 1e15,
		   .help = "events after which a replication is stopped"),
	BIND_FIELD(struct run_limits, horizon_seconds, BIND_DOUBLE, .fallback = "31536000", .min = 1e-3, .max = 1e9,
		   .help = "simulated time after which a replication is stopped"),
	BIND_FIELD(struct run_limits, in_flight, BIND_INT, .fallback = "2000000", .min = 1, .max = 1e9,
		   .help = "requests that came over time and are not done, beyond which a replication is stopped; each "
			   "takes about 600 bytes"),
	BIND_END,
};

static const struct bind_schema limits_schema = {
	.title = "limits",
	.bytes = sizeof(struct run_limits),
	.fields = limits_fields,
};

static const struct bind_field compare_fields[] = {
	BIND_FIELD(struct compare_section, platforms, BIND_TEXT_LIST,
		   .help = "platforms by name, or paths to their files (from this file's folder); none: those that are "
			   "sold today, and the experiment's own"),
	BIND_FIELD(struct compare_section, values, BIND_NODE,
		   .help = "by a platform's name, parts of it, put over it: what nobody has published, or what if"),
	BIND_END,
};

static const struct bind_schema compare_schema = {
	.title = "compare",
	.bytes = sizeof(struct compare_section),
	.fields = compare_fields,
};

static const char *const versions[] = {"lamina/v1", NULL};

#define PART(member, text) \
	BIND_FIELD(struct experiment, member, BIND_STRUCT, .fallback = "{}", .schema = &member##_schema, .help = text)

static const struct bind_field experiment_fields[] = {
	BIND_FIELD(struct experiment, apiVersion, BIND_CHOICE, .required = true, .choices = versions,
		   .help = "version of this format"),
	BIND_FIELD(struct experiment, base, BIND_TEXT, .fallback = "",
		   .help = "another experiment's file (from this file's folder) that this one is put over"),
	BIND_FIELD(struct experiment, name, BIND_TEXT, .required = true, .help = "one word, for results"),
	BIND_FIELD(struct experiment, title, BIND_TEXT, .fallback = "", .help = "one line for people"),
	BIND_FIELD(struct experiment, platform, BIND_TEXT, .required = true,
		   .help = "a platform by name, or a path to its file (from this file's folder)"),
	BIND_FIELD(struct experiment, region, BIND_TEXT, .fallback = "",
		   .help = "one of the platform's regions, with its prices and limits; empty: the prices of the "
			   "platform's price_region and the limits that hold in most"),
	BIND_FIELD(struct experiment, platform_values, BIND_NODE,
		   .help = "parts of a platform, put over it: what nobody has published, or what if"),
	BIND_FIELD(
		struct experiment, model, BIND_TEXT, .fallback = "",
		.help = "an ONNX file (from this file's folder): its profile is the file beside it whose name ends in "
			".profile.yaml instead of .onnx, as `lamina profile` writes it"),
	BIND_FIELD(struct experiment, profile, BIND_TEXT, .fallback = "",
		   .help = "a profile by name, or a path to its file (from this file's folder)"),
	BIND_FIELD(struct experiment, workload, BIND_STRUCT, .required = true, .schema = &workload_schema,
		   .help = "what is to be served"),
	BIND_FIELD(struct experiment, source, BIND_STRUCT, .schema = &source_section_schema,
		   .help = "what starts the first function; by default the pipeline's driver or orchestrator"),
	PART(pipeline, "how records meet functions"),
	PART(traffic, "what a month looks like, for its bill"),
	BIND_FIELD(struct experiment, bill, BIND_STRUCT, .schema = &bill_section_schema,
		   .help = "what stands on the bill beside functions and store, each switched on by its key"),
	PART(failures, "what goes wrong by itself"),
	BIND_FIELD(struct experiment, framework, BIND_STRUCT, .fallback = "{}", .schema = &framework_schema,
		   .text_key = "preset", .help = "what the serving program costs beyond its arithmetic"),
	PART(defaults, "for functions that do not say"),
	BIND_FIELD(struct experiment, functions, BIND_STRUCT_MAP, .schema = &function_schema,
		   .count_max = SETTING_FUNCTIONS_MAX,
		   .help = "the pipeline's functions, in order; by default those of the profile"),
	BIND_FIELD(struct experiment, workflow, BIND_STRUCT, .schema = &workflow_section_schema,
		   .help = "steps that call them in another order; by default a chain of all of them"),
	PART(replications, "how often each point is simulated"),
	BIND_FIELD(struct experiment, seed, BIND_INT, .fallback = "1", .min = 0, .max = 9e15, .help = "of all luck"),
	PART(limits, "bounds of a replication"),
	BIND_FIELD(struct experiment, plan, BIND_STRUCT, .fallback = "{}", .schema = &plan_section_schema,
		   .help = "what `lamina plan` may vary"),
	PART(compare, "what `lamina compare` sets side by side"),
	BIND_FIELD(struct experiment, sweep, BIND_NODE, .help = "points: matrix, zip, exclude, points"),
	BIND_FIELD(struct experiment, fit, BIND_NODE, .help = "parameters and the measurements they are fitted to"),
	BIND_FIELD(struct experiment, claims, BIND_NODE, .help = "measured values that the experiment should predict"),
	BIND_FIELD(struct experiment, claim_defaults, BIND_NODE, .help = "keys of claims that do not say"),
	BIND_END,
};

const struct bind_schema experiment_schema = {
	.title = "an experiment",
	.bytes = sizeof(struct experiment),
	.fields = experiment_fields,
	.base_key = "base",
	.open_word = blank_word,
};

/* A network is simulated by what was measured of it, which is kept beside its file. */
static bool profile_from_model(struct experiment *experiment, struct arena *arena, struct diag *diag)
{
	static const char ending[] = ".onnx";
	struct diag_place place = bind_place(experiment->root, "model");
	const char *model = experiment->model;
	size_t stem = strlen(model) - (strlen(model) >= sizeof ending ? sizeof ending - 1 : 0);
	if (strcmp(model + stem, ending) != 0) {
		diag_error(diag, place,
			   "'model' must be an ONNX file, whose name ends in .onnx; networks that come with Lamina "
			   "have a 'profile'");
		return false;
	}
	if (experiment->profile[0] != '\0') {
		diag_error(diag, place, "'model' and 'profile' both say which network it is; keep one");
		return false;
	}
	/* A path with a folder, so that it is not looked up among the profiles that have names. */
	experiment->profile =
		arena_printf(arena, "%s%.*s.profile.yaml", strchr(model, '/') ? "" : "./", (int)stem, model);
	const char *file = file_resolve(place.file, experiment->profile, arena);
	if (access(file, R_OK) == 0)
		return true;
	diag_error(diag, place, "'%s' has not been measured: `lamina profile %s -o %s` does so", model,
		   file_resolve(place.file, model, arena), file);
	return false;
}

bool experiment_bind(const struct yaml_node *root, const char *path, struct arena *arena, struct diag *diag,
		     struct experiment *out)
{
	size_t errors_before = diag->error_count;
	bind_map(&experiment_schema, root, out, arena, diag);
	if (diag->error_count != errors_before)
		return false;
	out->path = path;
	out->root = root;
	return out->model[0] == '\0' || profile_from_model(out, arena, diag);
}

static bool check_is_map(const struct yaml_node *root, const char *what, struct arena *arena, struct diag *diag)
{
	if (root->kind == YAML_MAP)
		return true;
	diag_error(diag, root->place, "%s must be a mapping, not %s", what, yaml_describe(root, arena));
	return false;
}

/* The tree of a file put over the one its `base:` names; NULL with diag errors. */
static struct yaml_node *read_with_base(const char *path, int depth, struct arena *arena, struct diag *diag,
					bool *io_failed)
{
	struct yaml_node *root = yaml_read(path, arena, diag, io_failed);
	if (!root || !check_is_map(root, "an experiment", arena, diag))
		return NULL;
	const struct yaml_node *base = yaml_get(root, "base");
	if (!base || base->kind != YAML_SCALAR)
		return root;
	if (depth == LOAD_BASES_MAX) {
		diag_error(diag, base->place, "more than %d experiments stand on each other; is there a circle?",
			   LOAD_BASES_MAX);
		return NULL;
	}
	struct yaml_node *below =
		read_with_base(file_resolve(path, base->text, arena), depth + 1, arena, diag, io_failed);
	if (!below)
		return NULL;
	yaml_merge(below, root, arena);
	return below;
}

/* A profile has functions of its own, which are not known yet. */
static bool check_function_key(const struct yaml_node *root, const char *key, struct diag_place place,
			       struct arena *arena, struct diag *diag)
{
	const struct yaml_node *functions = yaml_get(root, "functions");
	if (yaml_get(root, "profile") || !functions || functions->kind != YAML_MAP)
		return true;
	const char **names = ARENA_ARRAY(arena, const char *, functions->count);
	size_t count = 0;
	for (const struct yaml_node *function = functions->first; function; function = function->next)
		names[count++] = function->key;
	return function_name_check_key(key, names, count, place, diag);
}

/* Of several, messages say which one: what stands for a file is then "--set KEY". */
static bool apply_set(struct yaml_node *root, const char *pair, bool is_alone, struct arena *arena, struct diag *diag)
{
	struct diag_place place = {.file = "--set"};
	const char *equals = strchr(pair, '=');
	if (!equals || equals == pair) {
		diag_error(diag, place, "'%s' is not KEY=VALUE", pair);
		return false;
	}
	char *key = arena_strndup(arena, pair, (size_t)(equals - pair));
	if (!is_alone)
		place.file = arena_printf(arena, "--set %s", key);
	return bind_check_key(&experiment_schema, key, place, diag) &&
	       check_function_key(root, key, place, arena, diag) && yaml_set(root, key, equals + 1, place, arena, diag);
}

bool experiment_load(const struct load_request *request, struct arena *arena, struct diag *diag,
		     struct yaml_node **root, struct experiment *out, bool *io_failed)
{
	size_t errors_before = diag->error_count;
	*root = request->text ? yaml_parse(request->path, request->text, strlen(request->text), arena, diag)
			      : read_with_base(request->path, 0, arena, diag, io_failed);
	if (!*root)
		return false;
	for (size_t i = 0; i < request->overlay_count; i++) {
		struct yaml_node *overlay = yaml_read(request->overlays[i], arena, diag, io_failed);
		if (overlay && check_is_map(overlay, "an overlay", arena, diag))
			yaml_merge(*root, overlay, arena);
	}
	if (request->over)
		yaml_merge(*root, request->over, arena);
	for (size_t i = 0; i < request->set_count; i++)
		apply_set(*root, request->sets[i], request->set_count == 1, arena, diag);
	blank_set_aside(*root, &experiment_schema, request->allows_blanks,
			request->with_sweep ? yaml_get(*root, "sweep") : NULL, arena, diag);
	experiment_bind(*root, request->path, arena, diag, out);
	return diag->error_count == errors_before;
}
