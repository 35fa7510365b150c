/*
 * JSON that holds reports: platform.report events (Lambda's JSON log format and Telemetry API), lists of them, events
 * around them whose message is text or JSON again, what the platform and runtimes say of requests and initialising,
 * Logs Insights results from the API (lists of field and value) and from the console (objects), and results of AWS
 * Lambda Power Tuning. Everything else is left aside.
 *
 * Sources: AWS Lambda developer guide, Telemetry API event schema reference; CloudWatch Logs API reference,
 * FilterLogEvents and GetQueryResults; aws-lambda-power-tuning, README-EXECUTE.
 */
#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "calibrate/report_reader.h"

/* Where an event says what it is a log of, and where a message or more events are in it. */
static const char *const group_keys[] = {"function",  "lambdaARN", "logGroup", "logGroupName",
					 "@logGroup", "@log",      NULL};
static const char *const stream_keys[] = {"logStream", "logStreamName", "@logStream", NULL};
static const char *const inner_keys[] = {"message", "events",       "logEvents",     "results",
					 "output",  "stateMachine", "visualization", NULL};

static void read_number(const json_t *object, const char *key, double *out)
{
	const json_t *value = json_object_get(object, key);
	if (json_is_number(value))
		*out = json_number_value(value);
}

/* The value as the text that a column takes; false for what is neither text nor a number. */
static bool text_of(const json_t *value, char out[NUM_TEXT_BYTES])
{
	out[0] = '\0';
	if (json_is_number(value))
		num_format_double(json_number_value(value), out);
	else if (json_is_string(value) && json_string_length(value) < NUM_TEXT_BYTES)
		snprintf(out, NUM_TEXT_BYTES, "%s", json_string_value(value));
	else
		return false;
	return true;
}

static const char *text_at(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

static enum report_status status_of(const json_t *record)
{
	return report_status_of(json_string_value(json_object_get(record, "status")), text_at(record, "errorType"));
}

static void read_platform_report(struct report_reader *reader, const json_t *event, const char *function)
{
	const json_t *record = json_object_get(event, "record");
	const json_t *metrics = json_object_get(record, "metrics");
	double memory_mb = 0;
	struct report_row row;
	report_row_init(&row);
	row.function = function;
	row.line = reader->line;
	row.status = status_of(record);
	read_number(metrics, "memorySizeMB", &memory_mb);
	read_number(metrics, "durationMs", &row.duration_ms);
	read_number(metrics, "billedDurationMs", &row.billed_ms);
	read_number(metrics, "initDurationMs", &row.init_ms);
	read_number(metrics, "restoreDurationMs", &row.restore_ms);
	read_number(metrics, "billedRestoreDurationMs", &row.billed_restore_ms);
	read_number(metrics, "maxMemoryUsedMB", &row.max_memory_mb);
	row.memory_mb = memory_mb == 0 ? 0 : memory_mb >= 1 && memory_mb <= 1e9 ? (int64_t)memory_mb : -1;
	report_reader_wait(reader, &row, text_at(record, "requestId"),
			   strcmp(text_at(record, "status"), "success") == 0);
}

static void read_init_report(struct report_reader *reader, const json_t *record)
{
	struct report_init init = {
		.duration_ms = NAN,
		.status = status_of(record),
		.is_in_call = strcmp(text_at(record, "phase"), "invoke") == 0,
	};
	read_number(json_object_get(record, "metrics"), "durationMs", &init.duration_ms);
	report_streams_init(reader->streams, reader->stream, &init);
}

/* Events of the platform; false for what is none. */
static bool read_platform_event(struct report_reader *reader, const json_t *event, const char *function)
{
	const char *type = text_at(event, "type");
	const json_t *record = json_object_get(event, "record");
	const char *request_id = text_at(record, "requestId");
	if (strncmp(type, "platform.", 9) != 0)
		return false;
	if (strcmp(type, "platform.report") == 0)
		read_platform_report(reader, event, function);
	else if (strcmp(type, "platform.initReport") == 0)
		read_init_report(reader, record);
	else if (strcmp(type, "platform.start") == 0)
		report_streams_start(reader->streams, reader->stream, request_id);
	else if (strcmp(type, "platform.runtimeDone") == 0)
		report_streams_status(reader->streams, reader->stream, request_id, status_of(record));
	return true;
}

/*
 * The error that a runtime writes as JSON, with the request where it says it: at the top, or in Node.js as the message.
 * What a logger writes names the logger or its own message beside it.
 */
static bool read_error(struct report_reader *reader, const json_t *object)
{
	const json_t *message = json_object_get(object, "message");
	const json_t *error = json_is_object(message) ? message : object;
	if (!json_is_string(json_object_get(error, "errorType")))
		return false;
	const char *request_id = text_at(object, "requestId");
	request_id = request_id[0] ? request_id : text_at(object, "AWSRequestId");
	enum report_status status = report_status_of(NULL, text_at(error, "errorType"));
	if (!json_object_get(object, "logger") && !json_is_string(message))
		report_streams_status(reader->streams, reader->stream, request_id, status);
	return true;
}

/* A result's fields: an object, or a list of {field, value}. */
struct fields {
	const json_t *json;
	void *at; /* of an object */
	size_t next;
};

/* The next field's name, with its value; NULL at the end. */
static const char *next_field(struct fields *fields, const json_t **value)
{
	json_t *json = (json_t *)(uintptr_t)fields->json;
	if (json_is_object(json)) {
		fields->at = fields->next++ == 0 ? json_object_iter(json) : json_object_iter_next(json, fields->at);
		*value = fields->at ? json_object_iter_value(fields->at) : NULL;
		return fields->at ? json_object_iter_key(fields->at) : NULL;
	}
	const json_t *field = json_array_get(json, fields->next++);
	*value = json_object_get(field, "value");
	return field ? text_at(field, "field") : NULL;
}

/* What a result says of one row. */
struct insights {
	struct report_row row;
	const char *problem;
	const char *request_id;
	const char *message;
	bool is_report; /* not another type of line */
	bool is_sure;   /* names with '@' are Logs Insights' own */
};

static void take_field(struct report_reader *reader, const char *name, const json_t *value, struct insights *out)
{
	const struct report_column *column = report_column_find(name);
	const char *text = json_string_value(value);
	char number[NUM_TEXT_BYTES];
	out->is_sure = out->is_sure || name[0] == '@';
	if (strcmp(name, "@message") == 0)
		out->message = text;
	if (!column || column->kind == REPORT_NAME_MESSAGE)
		return;
	if (column->kind <= REPORT_NAME_MEMORY) {
		const char *found = text_of(value, number) ? report_column_set(reader, column, number, &out->row)
							   : "one of its fields is not a number";
		out->problem = out->problem ? out->problem : found;
	} else if (text && column->kind == REPORT_NAME_TYPE) {
		out->is_report = strcmp(text, "REPORT") == 0;
	} else if (text && column->kind == REPORT_NAME_FUNCTION) {
		out->row.function = text;
	} else if (text && column->kind == REPORT_NAME_REQUEST) {
		out->request_id = text;
	} else if (text) {
		reader->stream = text;
	}
}

/* A Logs Insights result or an event of Lambda Insights. False for what is none. */
static bool read_insights(struct report_reader *reader, const json_t *json, const char *function, int nest)
{
	struct insights found = {.request_id = "", .is_report = true};
	struct fields fields = {.json = json};
	const char *around = reader->stream;
	const json_t *value;
	report_row_init(&found.row);
	found.row.function = function;
	found.row.line = reader->line;
	for (const char *name; (name = next_field(&fields, &value));)
		take_field(reader, name, value, &found);
	/* Of Lambda Insights. */
	if (json_is_true(json_object_get(json, "timeout")))
		found.row.status = REPORT_TIMEOUT;
	bool has_numbers = !isnan(found.row.duration_ms) && (found.is_sure || found.row.memory_mb != 0);
	has_numbers = found.is_report && (has_numbers || (found.problem && found.is_sure));
	if (found.message && !has_numbers)
		report_reader_text(reader, found.message, found.row.function, nest);
	else if (has_numbers && found.problem)
		report_reader_give(reader, &found.row, found.problem);
	else if (has_numbers)
		report_reader_wait(reader, &found.row, found.request_id, false);
	reader->stream = around;
	return found.message || has_numbers || !found.is_report;
}

/* Averages at each memory size, of a number of invocations that the result does not tell. */
static void read_power_tuning(struct report_reader *reader, const json_t *stats, const char *function)
{
	for (size_t i = 0; i < json_array_size(stats); i++) {
		const json_t *stat = json_array_get(stats, i);
		double memory_mb = 0;
		struct report_row row;
		report_row_init(&row);
		row.function = function;
		row.line = reader->line;
		row.is_average = true;
		read_number(stat, "value", &memory_mb);
		read_number(stat, "averageDuration", &row.duration_ms);
		row.memory_mb = memory_mb >= 1 && memory_mb <= 1e9 ? (int64_t)memory_mb : 0;
		report_reader_give(reader, &row, NULL);
	}
}

/* Without includeOutputResults the address of the chart tells all sizes; where it is missing, one is told. */
static bool is_single_result(const json_t *object)
{
	return json_object_get(object, "power") && json_object_get(object, "duration");
}

static void read_single_result(struct report_reader *reader, const json_t *object, const char *function)
{
	const char *chart = text_at(json_object_get(object, "stateMachine"), "visualization");
	struct report_row row;
	char power[NUM_TEXT_BYTES];
	const char *problem = "its 'power' is not a number";
	if (report_reader_chart(reader, chart, function))
		return;
	report_row_init(&row);
	row.function = function;
	row.line = reader->line;
	row.is_average = true;
	read_number(object, "duration", &row.duration_ms);
	if (text_of(json_object_get(object, "power"), power) && num_parse_int64(power, &row.memory_mb))
		problem = NULL;
	report_reader_give(reader, &row, problem);
}

/* What a described execution was of, in its input; released by the caller. */
static json_t *read_input(const json_t *object)
{
	json_error_t error;
	const char *text = json_string_value(json_object_get(object, "input"));
	return text ? json_loads(text, 0, &error) : NULL;
}

static void walk_object(struct report_reader *reader, const json_t *object, const char *function, int nest)
{
	const json_t *stats = json_object_get(object, "stats");
	if (read_platform_event(reader, object, function) || read_error(reader, object))
		return;
	if (json_is_array(stats)) {
		read_power_tuning(reader, stats, function);
	} else if (is_single_result(object)) {
		read_single_result(reader, object, function);
	} else if (!read_insights(reader, object, function, nest)) {
		for (size_t i = 0; inner_keys[i]; i++)
			report_json_walk(reader, json_object_get(object, inner_keys[i]), function, nest + 1);
	}
}

/* What an object says of all that is in it: its function and its log stream. */
static void enter_object(struct report_reader *reader, const json_t *object, const char *function, int nest)
{
	const char *around = reader->stream;
	json_t *input = read_input(object);
	const char *of_input = text_at(input, "lambdaARN");
	function = of_input[0] ? of_input : function;
	for (size_t i = 0; group_keys[i]; i++) {
		const char *group = json_string_value(json_object_get(object, group_keys[i]));
		function = group ? group : function;
	}
	for (size_t i = 0; stream_keys[i]; i++) {
		const char *stream = json_string_value(json_object_get(object, stream_keys[i]));
		reader->stream = stream ? stream : reader->stream;
	}
	walk_object(reader, object, function, nest);
	reader->stream = around;
	json_decref(input);
}

void report_json_walk(struct report_reader *reader, const json_t *value, const char *function, int nest)
{
	if (nest > REPORT_NEST_MAX)
		return;
	if (json_is_object(value))
		enter_object(reader, value, function, nest);
	else if (json_is_string(value))
		report_reader_text(reader, json_string_value(value), function, nest);
	else if (json_is_array(value) && json_object_get(json_array_get(value, 0), "field"))
		read_insights(reader, value, function, nest);
	else
		for (size_t i = 0; i < json_array_size(value); i++)
			report_json_walk(reader, json_array_get(value, i), function, nest + 1);
}

bool report_json_read(struct report_reader *reader, const char *text, size_t length, const char *function, int nest,
		      struct report_json_problem *problem)
{
	size_t done = 0;
	while (done < length && strchr(" \t\r\n", text[done]))
		done++;
	while (done < length) {
		json_error_t error;
		json_t *value = json_loadb(text + done, length - done, JSON_DISABLE_EOF_CHECK, &error);
		if (!value) {
			snprintf(problem->text, sizeof problem->text, "%s", error.text);
			problem->line = error.line;
			problem->column = error.column;
			problem->is_cut_off = json_error_code(&error) == json_error_premature_end_of_input;
			return false;
		}
		report_json_walk(reader, value, function, nest);
		json_decref(value);
		done += (size_t)error.position;
		while (done < length && strchr(" \t\r\n", text[done]))
			done++;
	}
	return true;
}
