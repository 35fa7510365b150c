#include "scenario/work_section.h"

#include <math.h>
#include <strings.h>

#include "serving/work.h"

#define WORK(member, high, text) \
	BIND_FIELD(struct stated_work, member, BIND_DOUBLE, .fallback = "0", .min = 0, .max = (high), .help = text)

#define PER_CALL(member, high, text) \
	BIND_FIELD(struct call_work, member, BIND_DOUBLE, .fallback = "0", .min = 0, .max = (high), .help = text)

static const struct bind_field call_work_fields[] = {
	PER_CALL(single_cpu_seconds, 1e6, "thread time of what one thread does for a call"),
	PER_CALL(cpu_seconds, 1e6, "thread time that all threads share"),
	PER_CALL(wait_seconds, 1e6, "waiting that neither CPU nor network of the sandbox hastens"),
	PER_CALL(device_seconds, 1e6, "on the platform's device; calls that have a turn together have it once"),
	PER_CALL(download_mb, 1e6, "read from the object store, 10^6 bytes"),
	PER_CALL(upload_mb, 1e6, "written to the object store, 10^6 bytes"),
	PER_CALL(payload_mb, 1e6, "sent with the call, 10^6 bytes"),
	BIND_END,
};

static const struct bind_schema call_work_schema = {
	.title = "per_call",
	.bytes = sizeof(struct call_work),
	.fields = call_work_fields,
};

static const struct bind_field device_time_fields[] = {
	BIND_FIELD(struct device_time, seconds, BIND_DOUBLE, .required = true, .min = 0, .max = 1e6,
		   .help = "of an image, once the model is loaded"),
	BIND_FIELD(struct device_time, call_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e6,
		   .help = "beside these, once a call, or once for all calls that have a turn together"),
	BIND_FIELD(struct device_time, first_call_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e6,
		   .help = "that an instance's first call takes longer than others"),
	BIND_END,
};

static const struct bind_schema device_time_schema = {
	.title = "a device",
	.bytes = sizeof(struct device_time),
	.fields = device_time_fields,
	.name_offset_plus_one = offsetof(struct device_time, name) + 1,
};

static const struct bind_field work_fields[] = {
	WORK(single_cpu_seconds, 1e6, "thread time on one vCPU of what one thread does, before cpu_seconds"),
	WORK(cpu_seconds, 1e6, "thread time on one vCPU"),
	BIND_FIELD(struct stated_work, threads, BIND_INT, .fallback = "1", .min = 1, .max = 64,
		   .help = "threads that share cpu_seconds"),
	WORK(download_mb, 1e6, "read from the object store, 10^6 bytes"),
	WORK(upload_mb, 1e6, "written to the object store, 10^6 bytes"),
	BIND_FIELD(struct stated_work, download_objects, BIND_INT, .fallback = "1", .min = 1, .max = 1000000,
		   .help = "objects that download_mb comes in, one after the other"),
	BIND_FIELD(struct stated_work, upload_objects, BIND_INT, .fallback = "1", .min = 1, .max = 1000000,
		   .help = "objects that upload_mb goes into, one after the other"),
	BIND_FIELD(struct stated_work, keeps_connection, BIND_BOOL, .fallback = "false",
		   .help = "the store's client keeps its connection from request to request; so can framework's"),
	WORK(memory_mb, 1e6, "peak memory, MB (1 MB = 1024 kB)"),
	WORK(shared_memory_mb, 1e6, "of memory_mb, what requests on one instance have in common, MB"),
	WORK(device_seconds, 1e6, "on the platform's device, which an instance's requests take turns on"),
	BIND_FIELD(struct stated_work, devices, BIND_STRUCT_MAP, .schema = &device_time_schema,
		   .count_max = DEVICES_MAX,
		   .help = "the same by the devices' names, as platforms have them; device_seconds hold on all others"),
	WORK(device_memory_mb, 1e9, "of the device's memory, what the model takes, MB"),
	WORK(device_request_memory_mb, 1e9, "beside it, what each request of a batch takes, MB"),
	WORK(device_load_mb, 1e9, "weights that a new instance moves to the device, 10^6 bytes"),
	WORK(device_first_call_seconds, 1e6, "that the first call on the device takes longer than others"),
	WORK(cpu_seconds_without_device, 1e6,
	     "thread time instead of cpu_seconds and device_seconds where the platform has no device; 0: not known"),
	WORK(variation, 10,
	     "of CPU and waiting from request to request, standard deviation over mean (gamma; 1: exponential)"),
	BIND_FIELD(struct stated_work, variation_quantiles, BIND_STRUCT, .schema = &quantiles_schema,
		   .help = "the same as measured, over variation: a request's CPU and waiting over their mean"),
	BIND_FIELD(struct stated_work, variation_of, BIND_CHOICE, .fallback = "all", .choices = work_varying_names,
		   .help = "what these two are of: all (CPU and waiting together), cpu or wait alone"),
	WORK(wait_seconds, 1e6, "waiting that neither CPU nor network of the sandbox hastens"),
	BIND_FIELD(
		struct stated_work, alternations, BIND_INT, .fallback = "1", .min = 1, .max = WORK_PIECES_MAX,
		.help = "how often waiting and CPU alternate; between, a throttled function comes to CPU again. 1: all "
			"CPU, then all waiting"),
	WORK(init_cpu_seconds, 1e6, "CPU of the init phase of a new sandbox, one thread, not throttled"),
	BIND_FIELD(struct stated_work, init_seconds, BIND_STRUCT, .schema = &quantiles_schema,
		   .help = "the whole init phase as measured (Init Duration), instead of runtime and init_cpu_seconds"),
	WORK(payload_mb, 1e6, "sent with the call, 10^6 bytes"),
	BIND_FIELD(struct stated_work, per_call, BIND_STRUCT, .schema = &call_work_schema,
		   .help = "what comes once a call, whatever its images; beside it stands what comes for each"),
	BIND_FIELD(struct stated_work, streamed, BIND_BOOL, .fallback = "false",
		   .help = "what is read and written passes through without being held; else memory holds it"),
	WORK(tmp_mb, 1e6, "put into /tmp, MB (1 MB = 1024 kB)"),
	WORK(cold_cpu_seconds, 1e6, "more CPU in a new sandbox's first request, one thread"),
	WORK(cold_wait_seconds, 1e6, "more waiting in a new sandbox's first request, before cold_cpu_seconds"),
	WORK(cold_download_mb, 1e6, "read once by a new sandbox from the object store, 10^6 bytes"),
	WORK(cold_disk_mb, 1e9, "read once by a new sandbox from its own disk or its image, 10^6 bytes"),
	BIND_FIELD(struct stated_work, transfers_take_time, BIND_BOOL, .fallback = "true",
		   .help = "false: CPU and waiting hold the time of reading and writing the store, as logged ones do"),
	BIND_END,
};

/* As close as numbers with four digits come. */
static const double FACTOR_MEAN_WITHIN = 0.001;

static void check_work(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct stated_work *work = value;
	if (work->shared_memory_mb > work->memory_mb)
		diag_error(diag, bind_place(node, "shared_memory_mb"),
			   "'shared_memory_mb' is part of 'memory_mb' (%g) and cannot be larger", work->memory_mb);
	const struct quantile_table *factors = &work->variation_quantiles.table;
	double mean = factors->count > 0 ? quantile_mean(factors) : 1;
	if (fabs(mean - 1) > FACTOR_MEAN_WITHIN)
		diag_error(diag, bind_place(node, "variation_quantiles"),
			   "what 'variation_quantiles' multiplies are means, so that its own mean is 1, not %.4g; "
			   "divide its values by that",
			   mean);
}

const struct bind_schema work_schema = {
	.title = "work",
	.bytes = sizeof(struct stated_work),
	.fields = work_fields,
	.check = check_work,
};

struct device_time work_device_time(const struct stated_work *work, const char *device)
{
	const struct device_time *named = work->devices.items;
	for (size_t i = 0; i < work->devices.count; i++)
		if (strcasecmp(named[i].name, device) == 0)
			return named[i];
	return (struct device_time){
		.seconds = work->device_seconds,
		.call_seconds = work->per_call.device_seconds,
		.first_call_seconds = work->device_first_call_seconds,
	};
}

bool device_time_is_stated(const struct device_time *time)
{
	return time->name || time->seconds > 0 || time->call_seconds > 0;
}
