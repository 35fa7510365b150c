#include "calibrate/report_stream.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

static void forget_requests(struct report_stream *stream)
{
	stream->request_id[0] = '\0';
	stream->status = REPORT_OK;
	stream->may_be_python = false;
	stream->broken_init_ms = NAN;
	stream->init_in_call_ms = NAN;
	stream->is_init_failed = false;
}

static struct report_stream *find_stream(struct report_streams *streams, const char *name)
{
	struct report_stream *oldest = &streams->streams[0];
	streams->clock++;
	for (size_t i = 0; i < REPORT_STREAMS_MAX; i++) {
		struct report_stream *stream = &streams->streams[i];
		bool is_used = stream->last_used > 0;
		if (is_used && strncmp(stream->name, name, REPORT_STREAM_BYTES - 1) == 0) {
			stream->last_used = streams->clock;
			return stream;
		}
		if (stream->last_used < oldest->last_used)
			oldest = stream;
	}
	snprintf(oldest->name, sizeof oldest->name, "%s", name);
	oldest->last_used = streams->clock;
	forget_requests(oldest);
	return oldest;
}

/* "2026/05/15/[$LATEST]0123...": what Lambda calls its streams. */
bool report_stream_name(const char *line, char out[REPORT_STREAM_BYTES])
{
	static const char pattern[] = "dddd/dd/dd/[";
	for (const char *bracket = strchr(line, '['); bracket; bracket = strchr(bracket + 1, '[')) {
		size_t length = sizeof pattern - 1;
		const char *begin = bracket + 1 - length;
		size_t fits = 0;
		if ((size_t)(bracket - line) + 1 < length)
			continue;
		while (fits < length &&
		       (pattern[fits] == 'd' ? isdigit((unsigned char)begin[fits]) != 0 : begin[fits] == pattern[fits]))
			fits++;
		if (fits == length)
			return report_text_word(&begin, out, REPORT_STREAM_BYTES);
	}
	return false;
}

static void raise_status(enum report_status *status, enum report_status more)
{
	if (more > *status)
		*status = more;
}

static enum report_status noted_status(const struct report_streams *streams, const char *request_id)
{
	for (int i = 0; request_id[0] && i < REPORT_NOTED_MAX; i++)
		if (strcmp(streams->noted[i].request_id, request_id) == 0)
			return streams->noted[i].status;
	return REPORT_OK;
}

static void note(struct report_streams *streams, const char *request_id, enum report_status status)
{
	for (unsigned int i = 0; i < streams->pending_count; i++) {
		struct pending_report *report = &streams->pending[(streams->pending_first + i) % REPORT_PENDING_MAX];
		if (strcmp(report->request_id, request_id) != 0)
			continue;
		if (!report->is_success)
			raise_status(&report->row.status, status);
		return;
	}
	for (int i = 0; i < REPORT_NOTED_MAX; i++) {
		if (strcmp(streams->noted[i].request_id, request_id) != 0)
			continue;
		raise_status(&streams->noted[i].status, status);
		return;
	}
	struct noted_status *noted = &streams->noted[streams->noted_count++ % REPORT_NOTED_MAX];
	snprintf(noted->request_id, sizeof noted->request_id, "%s", request_id);
	noted->status = status;
}

void report_streams_status(struct report_streams *streams, const char *stream, const char *request_id,
			   enum report_status status)
{
	struct report_stream *of = find_stream(streams, stream);
	const char *id =
		request_id && request_id[0] && strlen(request_id) < REPORT_REQUEST_BYTES ? request_id : of->request_id;
	if (status == REPORT_OK)
		return;
	if (id[0])
		note(streams, id, status);
	else
		raise_status(&of->status, status);
}

void report_streams_start(struct report_streams *streams, const char *stream, const char *request_id)
{
	struct report_stream *of = find_stream(streams, stream);
	snprintf(of->request_id, sizeof of->request_id, "%s", request_id);
	of->status = REPORT_OK;
}

void report_streams_init(struct report_streams *streams, const char *stream, const struct report_init *init)
{
	struct report_stream *of = find_stream(streams, stream);
	if (init->is_in_call) {
		of->init_in_call_ms = init->duration_ms;
		of->is_init_failed = init->status != REPORT_OK;
	} else if (init->status != REPORT_OK) {
		of->broken_init_ms = isnan(init->duration_ms) ? 0 : init->duration_ms;
	}
}

/* The word behind `label` in the line into out; false where there is none. */
static bool word_behind(const char *line, const char *label, char out[REPORT_REQUEST_BYTES])
{
	const char *p = strstr(line, label);
	if (!p)
		return false;
	p += strlen(label);
	return report_text_word(&p, out, REPORT_REQUEST_BYTES);
}

/* The word before `words` in the line into out; "" where there is none. */
static void word_before(const char *line, const char *words, char out[REPORT_REQUEST_BYTES])
{
	const char *end = words;
	while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	const char *begin = end;
	while (begin > line && begin[-1] != ' ' && begin[-1] != '\t')
		begin--;
	size_t length = (size_t)(end - begin);
	length = length < REPORT_REQUEST_BYTES ? length : 0;
	memcpy(out, begin, length);
	out[length] = '\0';
}

/* "RequestId: ID Error: Runtime exited with error: exit status 1" and what else the platform says of a request. */
static bool read_platform_words(struct report_streams *streams, const char *stream, const char *line)
{
	static const struct {
		const char *words;
		enum report_status status;
	} endings[] = {
		{"Error: Runtime exited", REPORT_EXITED},
		{"Process exited before completing request", REPORT_EXITED},
		{"Runtime.OutOfMemory", REPORT_OUT_OF_MEMORY},
		{"Task timed out after", REPORT_TIMEOUT},
	};
	char id[REPORT_REQUEST_BYTES];
	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		const char *words = strstr(line, endings[i].words);
		if (!words)
			continue;
		if (!word_behind(line, "RequestId:", id)) {
			if (endings[i].status != REPORT_TIMEOUT)
				continue;
			word_before(line, words, id);
		}
		report_streams_status(streams, stream, id, endings[i].status);
		return true;
	}
	return false;
}

/*
 * "TIME\tID\tERROR\tInvoke Error \t{...}" of Node.js and "TIME\tID\tfail\tNAMESPACE.SomeException: ..." of .NET: the
 * word before the level is the request's.
 */
static bool read_levels(struct report_streams *streams, const char *stream, const char *line)
{
	static const char *const node[] = {"Invoke Error", "Uncaught Exception", "Unhandled Promise Rejection"};
	const char *level = strstr(line, "\tERROR\t");
	bool is_unhandled = false;
	for (size_t i = 0; level && i < ARRAY_LEN(node); i++)
		is_unhandled = is_unhandled || strncmp(level + 7, node[i], strlen(node[i])) == 0;
	if (!level) {
		level = strstr(line, "\tfail\t");
		const char *type = level ? level + 6 : "";
		const char *colon = type + strcspn(type, ": ");
		is_unhandled = *colon == ':' && colon - type > 9 && strncmp(colon - 9, "Exception", 9) == 0;
	}
	if (!is_unhandled)
		return false;
	char id[REPORT_REQUEST_BYTES];
	word_before(line, level, id);
	/* Node.js writes so where no request has begun. */
	report_streams_status(streams, stream, strcmp(id, "undefined") == 0 ? "" : id, REPORT_UNHANDLED);
	return true;
}

static bool ends_in(const char *text, size_t length, const char *end)
{
	size_t end_length = strlen(end);
	return length > end_length && strncmp(text + length - end_length, end, end_length) == 0;
}

static bool is_error_name(const char *text, size_t length)
{
	return ends_in(text, length, "Error") || ends_in(text, length, "Exception");
}

static size_t name_length(const char *text)
{
	size_t length = 0;
	while (isalnum((unsigned char)text[length]) || text[length] == '.' || text[length] == '_' ||
	       text[length] == '$')
		length++;
	return length;
}

/*
 * "[ERROR] SomeError: message" of Python; a logger's line has a tab there. A class that is called otherwise is told by
 * the traceback in the next line.
 */
static bool read_python(struct report_streams *streams, const char *stream, const char *line)
{
	static const char begin[] = "[ERROR] ";
	static const char traceback[] = "Traceback (most recent call last)";
	struct report_stream *of = find_stream(streams, stream);
	const char *name = strstr(line, begin);
	bool is_told = of->may_be_python && strstr(line, traceback);
	of->may_be_python = false;
	if (name) {
		name += strlen(begin);
		size_t length = name_length(name);
		bool is_name = length > 0 && (name[length] == ':' || strchr("\r\n", name[length]));
		is_told = is_name && (is_error_name(name, length) || strstr(name, traceback));
		of->may_be_python = is_name && !is_told;
	}
	if (is_told)
		report_streams_status(streams, stream, "", REPORT_UNHANDLED);
	return is_told;
}

/* "message: java.lang.SomeException" ends a line of Java's; printed stacks begin with the class instead. */
static bool is_java(const char *line)
{
	size_t length = strlen(line);
	while (length > 0 && isspace((unsigned char)line[length - 1]))
		length--;
	size_t begin = length;
	while (begin > 0 && (isalnum((unsigned char)line[begin - 1]) || strchr("._$", line[begin - 1])))
		begin--;
	bool is_behind = begin >= 2 && line[begin - 1] == ' ' && line[begin - 2] == ':';
	return is_behind && memchr(line + begin, '.', length - begin) && is_error_name(line + begin, length - begin) &&
	       !strstr(line, "Caused by:");
}

void report_streams_line(struct report_streams *streams, const char *stream, const char *line)
{
	char id[REPORT_REQUEST_BYTES];
	struct report_init init;
	if (word_behind(line, "START RequestId:", id))
		report_streams_start(streams, stream, id);
	else if (report_text_init_read(line, &init))
		report_streams_init(streams, stream, &init);
	else if (!read_platform_words(streams, stream, line) && !read_levels(streams, stream, line) &&
		 !read_python(streams, stream, line) &&
		 (is_java(line) || strstr(line, "Error raised from handler method") /* Ruby */))
		report_streams_status(streams, stream, "", REPORT_UNHANDLED);
}

/* A first init that was broken off is done again within the call: a cold start's, where its time is known. */
static void add_init(const struct report_stream *of, struct report_row *row)
{
	/* A sandbox that begins anew has nothing to do with what was before. */
	if (report_row_is_cold(row))
		return;
	row->broken_init_ms = of->broken_init_ms;
	if (of->is_init_failed) {
		raise_status(&row->status, REPORT_INIT_FAILED);
	} else if (of->init_in_call_ms > 0 && of->init_in_call_ms < row->duration_ms) {
		row->init_ms = of->init_in_call_ms;
		row->duration_ms -= of->init_in_call_ms;
		row->is_init_in_call = true;
	} else if (!isnan(of->broken_init_ms) || !isnan(of->init_in_call_ms)) {
		raise_status(&row->status, REPORT_HOLDS_INIT);
	}
}

bool report_streams_is_full(const struct report_streams *streams)
{
	return streams->pending_count == REPORT_PENDING_MAX;
}

void report_streams_wait(struct report_streams *streams, const char *stream, const char *request_id,
			 const struct report_row *row, bool is_success)
{
	struct report_stream *of = find_stream(streams, stream);
	unsigned int at = (streams->pending_first + streams->pending_count++) % REPORT_PENDING_MAX;
	struct pending_report *report = &streams->pending[at];
	*report = (struct pending_report){.row = *row, .is_success = is_success};
	snprintf(report->request_id, sizeof report->request_id, "%s", request_id);
	snprintf(report->function, sizeof report->function, "%s", row->function);
	report->row.function = report->function;
	snprintf(report->sandbox, sizeof report->sandbox, "%s", stream);
	report->row.sandbox = report->sandbox;
	add_init(of, &report->row);
	if (!is_success) {
		raise_status(&report->row.status, noted_status(streams, request_id));
		if (!of->request_id[0] || strcmp(of->request_id, request_id) == 0)
			raise_status(&report->row.status, of->status);
	}
	forget_requests(of);
}

const struct report_row *report_streams_oldest(struct report_streams *streams)
{
	if (streams->pending_count == 0)
		return NULL;
	unsigned int oldest = streams->pending_first;
	streams->pending_first = (oldest + 1) % REPORT_PENDING_MAX;
	streams->pending_count--;
	return &streams->pending[oldest].row;
}
