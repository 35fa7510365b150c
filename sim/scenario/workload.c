#include "scenario/workload.h"

#include <string.h>

#include "base/file.h"
#include "base/num.h"
#include "scenario/trace_file.h"

static const struct trace *find_trace(struct library *library, const struct arrivals_entry *entry,
				      struct diag_place place, struct diag *diag)
{
	const char *path = file_resolve(place.file, entry->trace, library->arena);
	const char *key = arena_printf(library->arena, "%s#%s", path, entry->function);
	for (size_t i = 0; i < library->trace_count; i++) {
		if (strcmp(library->traces[i].key, key) == 0)
			return library->traces[i].trace;
	}
	if (library->trace_count == LIBRARY_FILES_MAX) {
		diag_error(diag, place, "one experiment can use at most %d traces", LIBRARY_FILES_MAX);
		return NULL;
	}
	struct trace *trace = ARENA_NEW(library->arena, struct trace);
	if (!trace_read(path, entry->function, place, library->arena, diag, trace))
		return NULL;
	library->traces[library->trace_count++] = (struct library_trace){key, trace};
	return trace;
}

static int64_t requests_of(const struct workload *workload, const struct trace *trace)
{
	int64_t requests = WORKLOAD_REQUESTS_MAX;
	if (workload->images > 0)
		requests = div_ceil_int64(workload->images, workload->images_per_record);
	if (trace && trace->total < requests)
		requests = trace->total;
	return requests;
}

bool workload_resolve(const struct experiment *experiment, struct library *library, struct diag *diag,
		      struct setting *out)
{
	const struct workload *workload = &experiment->workload;
	const struct arrivals_entry *entry = &workload->arrivals;
	const struct yaml_node *node = yaml_get(experiment->root, "workload");
	const struct trace *trace = NULL;
	if (entry->process.kind == ARRIVALS_TRACE) {
		trace = find_trace(library, entry, bind_place(yaml_get(node, "arrivals"), "trace"), diag);
		if (!trace)
			return false;
	}
	int64_t requests = requests_of(workload, trace);
	if (entry->process.kind == ARRIVALS_ALL_AT_ONCE && requests > SETTING_RECORDS_MAX) {
		diag_error(diag, bind_place(node, "images"),
			   "that makes %lld records, more than %d; use more images per record", (long long)requests,
			   SETTING_RECORDS_MAX);
		return false;
	}
	out->images = workload->images;
	out->images_per_record = workload->images_per_record;
	out->records = requests;
	out->arrivals = entry->process;
	out->arrivals.daily_rates_per_second = entry->daily_rates_per_second.values;
	out->arrivals.daily_rate_count = entry->daily_rates_per_second.count;
	out->arrivals.trace = trace;
	out->arrivals.duration_ns = ns_from_seconds(entry->duration_seconds);
	return true;
}
