#include "report/timeline.h"

static void name_process(struct timeline *timeline, size_t function)
{
	struct json *json = &timeline->json;
	json_object_begin(json);
	json_field_text(json, "name", "process_name");
	json_field_text(json, "ph", "M");
	json_field_int(json, "pid", (int64_t)function + 1);
	json_key(json, "args");
	json_object_begin(json);
	json_field_text(json, "name", timeline->setting->functions[function].name);
	json_object_end(json);
	json_object_end(json);
}

void timeline_begin(struct timeline *timeline, const struct setting *setting, struct buf *out)
{
	*timeline = (struct timeline){.setting = setting};
	json_init(&timeline->json, out, false);
	json_object_begin(&timeline->json);
	json_field_text(&timeline->json, "displayTimeUnit", "ms");
	json_key(&timeline->json, "traceEvents");
	json_array_begin(&timeline->json);
	for (size_t i = 0; i < setting->function_count; i++)
		name_process(timeline, i);
}

static void add_span(void *context, const struct span *span)
{
	struct timeline *timeline = context;
	struct json *json = &timeline->json;
	json_object_begin(json);
	json_field_text(json, "name", span->name);
	json_field_text(json, "ph", "X");
	json_field_double(json, "ts", (double)span->start_ns / 1e3);
	json_field_double(json, "dur", (double)(span->end_ns - span->start_ns) / 1e3);
	json_field_int(json, "pid", (int64_t)span->function + 1);
	json_field_int(json, "tid", (int64_t)span->sandbox + 1);
	json_key(json, "args");
	json_object_begin(json);
	json_field_int(json, "record", span->record);
	json_key(json, "faas.coldstart");
	json_bool(json, span->is_cold);
	json_field_int(json, "faas.max_memory", timeline->setting->functions[span->function].memory_mb * 1024 * 1024);
	json_object_end(json);
	json_object_end(json);
	timeline->spans++;
}

struct span_sink timeline_sink(struct timeline *timeline)
{
	return (struct span_sink){.span = add_span, .context = timeline};
}

void timeline_end(struct timeline *timeline)
{
	json_array_end(&timeline->json);
	json_object_end(&timeline->json);
	buf_add_char(timeline->json.out, '\n');
}
