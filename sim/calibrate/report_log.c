#include "calibrate/report_log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/tuning_chart.h"
#include "calibrate/report_reader.h"

enum { CHUNK_BYTES = 64 * 1024 };

/* The lines of a file that may be compressed. */
struct line_source {
	gzFile gz;
	char chunk[CHUNK_BYTES];
	int used;
	int count;
	bool is_over;
	const char *failure; /* the file could not be read to its end */
};

void report_reader_give(struct report_reader *reader, const struct report_row *row, const char *problem)
{
	const char *why = problem ? problem : report_row_check(row);
	if (why) {
		reader->counts.skipped++;
		diag_warning(reader->diag,
			     (struct diag_place){reader->file, row->line > 0 ? row->line : reader->line, 1},
			     "a report was left out: %s", why);
		return;
	}
	reader->counts.rows++;
	reader->sink->row(reader->sink->context, row);
}

static bool give_oldest(struct report_reader *reader)
{
	const struct report_row *row = report_streams_oldest(reader->streams);
	if (row)
		report_reader_give(reader, row, NULL);
	return row != NULL;
}

void report_reader_flush(struct report_reader *reader)
{
	while (give_oldest(reader)) {
	}
}

void report_reader_wait(struct report_reader *reader, const struct report_row *row, const char *request_id,
			bool is_success)
{
	const char *problem = report_row_check(row);
	if (problem) {
		report_reader_give(reader, row, problem);
		return;
	}
	if (report_streams_is_full(reader->streams))
		give_oldest(reader);
	report_streams_wait(reader->streams, reader->stream, request_id, row, is_success);
}

/* Two functions that are compared are told apart by the chart's own names. */
static void give_series(struct report_reader *reader, const struct tuning_series *series, const char *function)
{
	for (int i = 0; i < series->count; i++) {
		struct report_row row;
		report_row_init(&row);
		row.function = series->name[0] ? series->name : function;
		row.line = reader->line;
		row.is_average = true;
		row.memory_mb = series->points[i].memory_mb;
		row.duration_ms = series->points[i].milliseconds;
		report_reader_give(reader, &row, NULL);
	}
}

bool report_reader_chart(struct report_reader *reader, const char *text, const char *function)
{
	if (!strchr(text, '#'))
		return false;
	const char *problem;
	struct tuning_chart *chart = mem_alloc(sizeof *chart);
	enum tuning_chart_found found = tuning_chart_read(text, chart, &problem);
	for (int i = 0; found == TUNING_CHART_READ && i < chart->series_count; i++)
		give_series(reader, &chart->series[i], function);
	if (found == TUNING_CHART_READ && chart->is_cut)
		diag_warning(reader->diag, (struct diag_place){reader->file, reader->line, 1},
			     "the address of a chart does not hold as many sizes as times and costs; those sizes that "
			     "have a time are used");
	if (found == TUNING_CHART_BROKEN) {
		reader->counts.skipped++;
		diag_warning(reader->diag, (struct diag_place){reader->file, reader->line, 1},
			     "the address of a chart was left out: %s", problem);
	}
	mem_free(chart);
	return found == TUNING_CHART_READ;
}

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* Whether JSON behind other text is worth reading. */
static bool holds_event(const char *text)
{
	static const char *const words[] = {"\"platform.", "\"errorType\""};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

/* An event in JSON, alone in the line or behind what a tool has put before it; false where there is none. */
static bool read_event(struct report_reader *reader, const char *text, const char *function, int nest)
{
	const char *begin = strpbrk(text, "{[");
	bool is_alone = begin == skip_blanks(text);
	if (!begin || (!is_alone && !holds_event(begin)))
		return false;
	struct report_json_problem problem;
	bool ok = report_json_read(reader, begin, strlen(begin), function, nest + 1, &problem);
	bool held_report = strstr(begin, "platform.report") || strstr(begin, "REPORT RequestId:");
	if (!ok && held_report) {
		reader->counts.skipped++;
		diag_warning(reader->diag, (struct diag_place){reader->file, reader->line, 1},
			     "a report was left out: it is cut off or no JSON (%s)", problem.text);
	}
	return ok || held_report;
}

void report_reader_text(struct report_reader *reader, const char *text, const char *function, int nest)
{
	if (nest > REPORT_NEST_MAX)
		return;
	const char *first = skip_blanks(text);
	if (*first == '{' || *first == '[') {
		/* "[ERROR] ..." is none. */
		if (read_event(reader, text, function, nest) || *first == '{')
			return;
	}
	struct report_row row;
	char request_id[REPORT_REQUEST_BYTES];
	char stream[REPORT_STREAM_BYTES];
	const char *around = reader->stream;
	const char *problem;
	if (report_stream_name(text, stream))
		reader->stream = stream;
	report_row_init(&row);
	row.function = function;
	row.line = reader->line;
	switch (report_text_read(text, &row, request_id, &problem)) {
	case REPORT_TEXT_NONE:
		report_streams_line(reader->streams, reader->stream, text);
		if (!report_reader_chart(reader, text, function) && *first != '[')
			read_event(reader, text, function, nest);
		break;
	case REPORT_TEXT_BROKEN:
		report_reader_give(reader, &row, problem);
		break;
	case REPORT_TEXT_ROW:
		report_reader_wait(reader, &row, request_id, false);
		break;
	}
	reader->stream = around;
}

static bool fill_chunk(struct line_source *source)
{
	source->used = 0;
	source->count = gzread(source->gz, source->chunk, CHUNK_BYTES);
	int status;
	const char *text = gzerror(source->gz, &status);
	if (source->count < 0 || status == Z_BUF_ERROR)
		source->failure = status == Z_ERRNO       ? strerror(errno)
				  : status == Z_BUF_ERROR ? "the compressed data end too early"
							  : text;
	source->is_over = source->count <= 0;
	return !source->is_over;
}

/* The next line without its end, at most bytes_max of it; false at the end. */
static bool next_line(struct line_source *source, struct buf *line, size_t bytes_max, bool *is_cut)
{
	buf_clear(line);
	*is_cut = false;
	if (source->used == source->count && !fill_chunk(source))
		return false;
	for (;;) {
		const char *start = source->chunk + source->used;
		size_t rest = (size_t)(source->count - source->used);
		const char *end = memchr(start, '\n', rest);
		size_t length = end ? (size_t)(end - start) : rest;
		size_t room = bytes_max - line->length;
		*is_cut = *is_cut || length > room;
		buf_add_bytes(line, start, length > room ? room : length);
		source->used += (int)length + (end != NULL);
		if (end || !fill_chunk(source))
			return true;
	}
}

static void read_line(struct report_reader *reader, const struct buf *line, bool is_cut)
{
	const char *text = buf_text(line);
	if (is_cut) {
		if (strstr(text, "REPORT RequestId:") || strstr(text, "platform.report")) {
			reader->counts.skipped++;
			diag_warning(reader->diag, (struct diag_place){reader->file, reader->line, 1},
				     "a report was left out: its line has more than %d bytes", REPORT_LINE_BYTES_MAX);
		}
		return;
	}
	report_reader_text(reader, text, "", 0);
}

static void read_lines(struct report_reader *reader, struct line_source *source, struct buf *line, bool is_cut)
{
	do {
		reader->line++;
		read_line(reader, line, is_cut);
	} while (next_line(source, line, REPORT_LINE_BYTES_MAX, &is_cut));
}

/* The rest of the file behind its first line, as one document. */
static bool read_document(struct report_reader *reader, struct line_source *source, struct buf *text)
{
	buf_add_char(text, '\n');
	do {
		size_t rest = (size_t)(source->count - source->used);
		if (text->length + rest > REPORT_DOCUMENT_BYTES_MAX) {
			diag_error(reader->diag, (struct diag_place){.file = reader->file},
				   "a JSON document of more than %d bytes; write one event a line, which may be as "
				   "many as you like",
				   REPORT_DOCUMENT_BYTES_MAX);
			return false;
		}
		buf_add_bytes(text, source->chunk + source->used, rest);
	} while (fill_chunk(source));
	struct report_json_problem problem;
	if (report_json_read(reader, text->text, text->length, "", 0, &problem))
		return true;
	diag_error(reader->diag, (struct diag_place){reader->file, problem.line, problem.column},
		   "%s; is the file cut off?", problem.text);
	return false;
}

enum log_kind { LOG_LINES, LOG_DOCUMENT, LOG_CSV };

/* One field of a header names a number or a message. */
static bool has_column_name(const char *header)
{
	enum { NAME_BYTES = 64 };
	for (const char *p = header; *p;) {
		size_t length = strcspn(p, ",\r");
		char name[NAME_BYTES];
		snprintf(name, sizeof name, "%.*s", length < NAME_BYTES ? (int)length : 0, p);
		const struct report_column *column = report_column_find(name + strspn(name, " \"\xef\xbb\xbf"));
		if (column && column->kind != REPORT_NAME_FUNCTION && column->kind != REPORT_NAME_TYPE)
			return true;
		p += length + (p[length] != '\0');
	}
	return false;
}

/* A header of CSV has one of the known columns; a document's first line is JSON that goes on. */
static enum log_kind kind_of(const struct buf *first)
{
	const char *text = skip_blanks(buf_text(first));
	if (*text != '{' && *text != '[')
		return strchr(text, '{') || !has_column_name(text) ? LOG_LINES : LOG_CSV;
	struct report_sink nobody = {0};
	struct diag unheard;
	struct report_json_problem problem;
	diag_init(&unheard);
	struct report_reader dry = {.sink = &nobody, .diag = &unheard, .stream = ""};
	bool is_whole = report_json_read(&dry, text, strlen(text), "", REPORT_NEST_MAX + 1, &problem);
	diag_release(&unheard);
	return is_whole || !problem.is_cut_off ? LOG_LINES : LOG_DOCUMENT;
}

static bool read_source(struct report_reader *reader, struct line_source *source, const char *path, bool *io_failed)
{
	struct buf line;
	bool is_cut;
	bool ok = true;
	buf_init(&line);
	/* It may be a whole document. */
	if (next_line(source, &line, REPORT_DOCUMENT_BYTES_MAX, &is_cut)) {
		switch (kind_of(&line)) {
		case LOG_LINES:
			read_lines(reader, source, &line, is_cut);
			break;
		case LOG_DOCUMENT:
			ok = read_document(reader, source, &line);
			break;
		case LOG_CSV:
			ok = report_csv_read(reader, path, io_failed);
			break;
		}
		report_reader_flush(reader);
	}
	buf_release(&line);
	if (source->failure && !*io_failed) {
		*io_failed = true;
		diag_error(reader->diag, (struct diag_place){0}, "cannot read '%s': %s", reader->file, source->failure);
	}
	return ok && !*io_failed;
}

/* Standard input cannot be read twice, which finding out its kind needs: it goes to a file without a name. */
static FILE *spool_input(void)
{
	FILE *spool = tmpfile();
	char chunk[CHUNK_BYTES];
	ssize_t count;
	while (spool && (count = read(STDIN_FILENO, chunk, sizeof chunk)) != 0) {
		if (count < 0 || fwrite(chunk, 1, (size_t)count, spool) != (size_t)count) {
			fclose(spool);
			return NULL;
		}
	}
	if (spool)
		fflush(spool);
	return spool;
}

bool report_log_read(const char *path, const struct report_sink *sink, struct diag *diag, struct report_counts *counts,
		     bool *io_failed)
{
	bool is_input = strcmp(path, "-") == 0;
	FILE *spool = is_input ? spool_input() : NULL;
	const char *opened = spool ? arena_printf(&diag->arena, "/proc/self/fd/%d", fileno(spool)) : path;
	struct report_reader reader = {.file = is_input ? "<stdin>" : path, .sink = sink, .diag = diag, .stream = ""};
	reader.streams = mem_alloc(sizeof *reader.streams);
	memset(reader.streams, 0, sizeof *reader.streams);
	struct line_source *source = mem_alloc(sizeof *source);
	*source = (struct line_source){.gz = is_input && !spool ? NULL : gzopen(opened, "rb")};
	*io_failed = !source->gz;
	bool ok = false;
	if (source->gz)
		ok = read_source(&reader, source, opened, io_failed);
	else
		diag_error(diag, (struct diag_place){0}, "cannot read '%s': %s", reader.file, strerror(errno));
	if (ok && reader.counts.rows == 0) {
		ok = false;
		diag_error(diag, (struct diag_place){.file = reader.file},
			   reader.counts.skipped > 0
				   ? "none of its reports can be used"
				   : "there is no report in it: no REPORT line, platform.report event, Logs Insights "
				     "result, nor result or chart address of power tuning");
	}
	if (source->gz)
		gzclose(source->gz);
	mem_free(source);
	mem_free(reader.streams);
	if (spool)
		fclose(spool);
	*counts = reader.counts;
	return ok;
}
