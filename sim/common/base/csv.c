#include "base/csv.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/num.h"

void csv_init(struct csv *csv, struct buf *out)
{
	*csv = (struct csv){.out = out};
}

static void separate(struct csv *csv)
{
	if (csv->row_has_fields)
		buf_add_char(csv->out, ',');
	csv->row_has_fields = true;
}

/* Outer blanks are part of a field by RFC 4180, but many readers, ours too, drop them where there are no quotes. */
static bool needs_quotes(const char *text)
{
	static const char blanks[] = " \t";
	size_t length = strlen(text);
	bool has_outer_blanks = length > 0 && (strchr(blanks, text[0]) || strchr(blanks, text[length - 1]));
	return has_outer_blanks || strpbrk(text, ",\"\r\n");
}

void csv_text(struct csv *csv, const char *text)
{
	separate(csv);
	if (!needs_quotes(text)) {
		buf_add(csv->out, text);
		return;
	}
	buf_add_char(csv->out, '"');
	for (const char *p = text; *p; p++) {
		if (*p == '"')
			buf_add_char(csv->out, '"');
		buf_add_char(csv->out, *p);
	}
	buf_add_char(csv->out, '"');
}

void csv_int(struct csv *csv, int64_t value)
{
	separate(csv);
	buf_printf(csv->out, "%lld", (long long)value);
}

void csv_double(struct csv *csv, double value)
{
	char text[NUM_TEXT_BYTES];
	separate(csv);
	if (isfinite(value))
		buf_add(csv->out, num_format_double(value, text));
}

void csv_end_row(struct csv *csv)
{
	buf_add_char(csv->out, '\n');
	csv->row_has_fields = false;
}

/* Source of the grammar: RFC 4180, section 2; of the file format: RFC 1952, by zlib. */

enum { END_OF_FILE = -1 };

#define COLUMN_MISSING SIZE_MAX

static struct diag_place place_here(const struct csv_reader *reader)
{
	return (struct diag_place){reader->path, reader->line, reader->column};
}

/* Ends reading: nothing after this point of the file could be understood. */
static bool stop(struct csv_reader *reader)
{
	reader->is_over = true;
	reader->chunk_used = 0;
	reader->chunk_count = 0;
	return false;
}

/* zlib's texts begin with its own name of the file and ": ". */
static const char *without_path(const char *text)
{
	const char *reason = text;
	for (const char *p = text; (p = strstr(p, ": ")); reason = p)
		p += 2;
	return reason;
}

static bool fill_chunk(struct csv_reader *reader)
{
	if (reader->is_over)
		return false;
	errno = 0;
	int got = gzread(reader->gz, reader->chunk, CSV_CHUNK_BYTES);
	int code = Z_OK;
	const char *reason = gzerror(reader->gz, &code);
	if (got > 0) {
		reader->chunk_used = 0;
		reader->chunk_count = (size_t)got;
		return true;
	}
	/* At the end of a cut .gz, gzread gives 0 and only gzerror tells. */
	if (code != Z_OK && code != Z_STREAM_END) {
		diag_error(reader->diag, (struct diag_place){0}, "cannot read '%s': %s", reader->path,
			   code == Z_ERRNO ? strerror(errno) : without_path(reason));
		reader->io_failed = true;
	}
	return stop(reader);
}

static int peek_byte(struct csv_reader *reader)
{
	if (reader->chunk_used == reader->chunk_count && !fill_chunk(reader))
		return END_OF_FILE;
	return reader->chunk[reader->chunk_used];
}

/* Every kind of line end comes back as '\n'. */
static int next_byte(struct csv_reader *reader)
{
	int byte = peek_byte(reader);
	if (byte == END_OF_FILE)
		return byte;
	reader->chunk_used++;
	reader->column++;
	if (byte == '\r') {
		if (peek_byte(reader) == '\n')
			reader->chunk_used++;
		byte = '\n';
	}
	if (byte == '\n') {
		reader->line++;
		reader->column = 1;
	}
	return byte;
}

static bool is_blank(int byte)
{
	return byte == ' ' || byte == '\t';
}

static bool is_field_end(int byte)
{
	return byte == ',' || byte == '\n' || byte == END_OF_FILE;
}

static bool push(struct csv_reader *reader, char byte)
{
	if (reader->record_count == CSV_RECORD_BYTES_MAX) {
		diag_error(reader->diag, (struct diag_place){reader->path, reader->fields[0].line, 1},
			   "a record of more than %d bytes, the most that are read; is a quote missing?",
			   CSV_RECORD_BYTES_MAX);
		return stop(reader);
	}
	if (reader->record_count == reader->record_capacity) {
		reader->record_capacity = reader->record_capacity ? 2 * reader->record_capacity : 1024;
		reader->record = mem_realloc(reader->record, reader->record_capacity);
	}
	reader->record[reader->record_count++] = byte;
	return true;
}

static bool add_byte(struct csv_reader *reader, int byte)
{
	if (byte == 0) {
		diag_error(reader->diag, place_here(reader), "a zero byte: this is not text");
		return stop(reader);
	}
	return push(reader, (char)byte);
}

static bool begin_field(struct csv_reader *reader)
{
	if (reader->field_count == CSV_COLUMNS_MAX) {
		diag_error(reader->diag, place_here(reader), "more than %d fields, the most that are read",
			   CSV_COLUMNS_MAX);
		return stop(reader);
	}
	if (reader->field_count == reader->field_capacity) {
		reader->field_capacity = reader->field_capacity ? 2 * reader->field_capacity : 16;
		reader->fields = mem_realloc(reader->fields, reader->field_capacity * sizeof *reader->fields);
	}
	reader->fields[reader->field_count++] = (struct csv_field){reader->record_count, reader->line, reader->column};
	return true;
}

/* Up to the closing quote, which is taken too. */
static bool read_quoted(struct csv_reader *reader)
{
	struct diag_place opened = place_here(reader);
	opened.column--;
	for (;;) {
		int byte = next_byte(reader);
		if (byte == END_OF_FILE) {
			if (!reader->io_failed)
				diag_error(reader->diag, opened, "a quote that is never closed");
			return false;
		}
		if (byte == '"') {
			if (peek_byte(reader) != '"')
				return true;
			next_byte(reader);
		}
		if (!add_byte(reader, byte))
			return false;
	}
}

static int skip_blanks(struct csv_reader *reader)
{
	int byte = next_byte(reader);
	while (is_blank(byte))
		byte = next_byte(reader);
	return byte;
}

/* After the closing quote only blanks may come; what else does is skipped. */
static int skip_to_field_end(struct csv_reader *reader)
{
	int byte = skip_blanks(reader);
	if (is_field_end(byte))
		return byte;
	struct diag_place place = place_here(reader);
	place.column--;
	diag_error(reader->diag, place, "text after a closing quote; a quote inside quotes is written twice");
	reader->is_record_broken = true;
	while (!is_field_end(byte))
		byte = next_byte(reader);
	return byte;
}

/* *end is what ended the field: a comma, '\n' or END_OF_FILE. False where reading must stop. */
static bool read_field(struct csv_reader *reader, int *end)
{
	if (!begin_field(reader))
		return false;
	size_t start = reader->record_count;
	int byte = skip_blanks(reader);
	if (byte == '"') {
		if (!read_quoted(reader))
			return false;
		byte = skip_to_field_end(reader);
	} else {
		for (; !is_field_end(byte); byte = next_byte(reader))
			if (!add_byte(reader, byte))
				return false;
		while (reader->record_count > start && is_blank(reader->record[reader->record_count - 1]))
			reader->record_count--;
	}
	*end = byte;
	return push(reader, '\0');
}

/* False at the end of the file and where reading must stop. */
static bool read_record(struct csv_reader *reader)
{
	bool is_blank_line;
	do {
		if (peek_byte(reader) == END_OF_FILE)
			return false;
		reader->record_count = 0;
		reader->field_count = 0;
		reader->is_record_broken = false;
		int end = ',';
		while (end == ',')
			if (!read_field(reader, &end))
				return false;
		is_blank_line = reader->field_count == 1 && reader->record[0] == '\0';
	} while (is_blank_line);
	return !reader->io_failed;
}

static const char *field_text(const struct csv_reader *reader, size_t field)
{
	return reader->record + reader->fields[field].offset;
}

/* A column that is known by its name alone and comes twice is a mistake: which one is meant? */
static size_t find_field(const struct csv_reader *reader, const struct csv_column *column)
{
	size_t found = COLUMN_MISSING;
	for (size_t i = 0; i < reader->field_count; i++) {
		const char *field = field_text(reader, i);
		if (column->is_meant && column->is_meant(column->name, field))
			return i;
		if (column->is_meant || strcmp(field, column->name) != 0)
			continue;
		if (found != COLUMN_MISSING)
			diag_error(reader->diag,
				   (struct diag_place){reader->path, reader->fields[i].line, reader->fields[i].column},
				   "column '%s' comes twice", column->name);
		found = i;
	}
	return found;
}

static void report_missing(const struct csv_reader *reader, const char *name)
{
	const char **names = mem_alloc(reader->field_count * sizeof *names);
	for (size_t i = 0; i < reader->field_count; i++)
		names[i] = field_text(reader, i);
	const char *meant = did_you_mean(name, names, reader->field_count);
	struct diag_place place = {reader->path, reader->fields[0].line, 1};
	if (meant)
		diag_error(reader->diag, place, "no column '%s'; is it '%s'?", name, meant);
	else
		diag_error(reader->diag, place, "no column '%s' among the %zu of the header", name,
			   reader->field_count);
	mem_free(names);
}

static bool read_header(struct csv_reader *reader)
{
	static const unsigned char byte_order_mark[] = {0xef, 0xbb, 0xbf};
	size_t errors_before = reader->diag->error_count;
	if (peek_byte(reader) == byte_order_mark[0] && reader->chunk_count >= sizeof byte_order_mark &&
	    memcmp(reader->chunk, byte_order_mark, sizeof byte_order_mark) == 0)
		reader->chunk_used = sizeof byte_order_mark;
	if (!read_record(reader)) {
		if (reader->diag->error_count == errors_before)
			diag_error(reader->diag, (struct diag_place){.file = reader->path}, "no header line");
		return false;
	}
	for (size_t i = 0; i < reader->column_count; i++) {
		reader->field_of_column[i] = find_field(reader, &reader->columns[i]);
		if (reader->field_of_column[i] == COLUMN_MISSING && reader->columns[i].required)
			report_missing(reader, reader->columns[i].name);
	}
	reader->header_count = reader->field_count;
	return reader->diag->error_count == errors_before;
}

bool csv_reader_open(struct csv_reader *reader, const char *path, const struct csv_column *columns, size_t column_count,
		     struct diag *diag)
{
	bool is_stdin = strcmp(path, "-") == 0;
	*reader = (struct csv_reader){
		.path = is_stdin ? "<stdin>" : path,
		.columns = columns,
		.column_count = column_count,
		.diag = diag,
		.line = 1,
		.column = 1,
	};
	reader->gz = is_stdin ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rb");
	if (!reader->gz) {
		diag_error(diag, (struct diag_place){0}, "cannot open '%s': %s", reader->path, strerror(errno));
		reader->io_failed = true;
		reader->is_over = true;
		return false;
	}
	gzbuffer(reader->gz, CSV_CHUNK_BYTES);
	reader->chunk = mem_alloc(CSV_CHUNK_BYTES);
	reader->field_of_column = mem_alloc(column_count * sizeof *reader->field_of_column);
	if (read_header(reader))
		return true;
	return stop(reader);
}

bool csv_reader_next(struct csv_reader *reader)
{
	while (reader->diag->count < DIAG_MAX && read_record(reader)) {
		if (reader->is_record_broken)
			continue;
		if (reader->field_count == reader->header_count)
			return true;
		diag_error(reader->diag, (struct diag_place){reader->path, reader->fields[0].line, 1},
			   "%zu fields, but the header has %zu", reader->field_count, reader->header_count);
	}
	return stop(reader);
}

void csv_reader_release(struct csv_reader *reader)
{
	if (reader->gz)
		gzclose(reader->gz);
	mem_free(reader->chunk);
	mem_free(reader->record);
	mem_free(reader->fields);
	mem_free(reader->field_of_column);
	*reader = (struct csv_reader){0};
}

bool csv_reader_has(const struct csv_reader *reader, size_t column)
{
	CHECK(column < reader->column_count);
	return reader->field_of_column[column] != COLUMN_MISSING;
}

const char *csv_reader_text(const struct csv_reader *reader, size_t column)
{
	CHECK(csv_reader_has(reader, column));
	return field_text(reader, reader->field_of_column[column]);
}

struct diag_place csv_reader_place(const struct csv_reader *reader, size_t column)
{
	CHECK(csv_reader_has(reader, column));
	const struct csv_field *field = &reader->fields[reader->field_of_column[column]];
	return (struct diag_place){reader->path, field->line, field->column};
}

static bool no_number(const struct csv_reader *reader, size_t column, const char *kind)
{
	const char *text = diag_excerpt(csv_reader_text(reader, column), &reader->diag->arena);
	diag_error(reader->diag, csv_reader_place(reader, column), "'%s' must be %s, not '%s'",
		   reader->columns[column].name, kind, text);
	return false;
}

bool csv_reader_int(const struct csv_reader *reader, size_t column, int64_t min, int64_t max, int64_t *out)
{
	const char *name = reader->columns[column].name;
	struct diag_place place = csv_reader_place(reader, column);
	int64_t value;
	if (!num_parse_int64(csv_reader_text(reader, column), &value))
		return no_number(reader, column, "a whole number");
	if (value < min || value > max) {
		diag_error(reader->diag, place, "'%s' is %" PRId64 ", outside %" PRId64 " to %" PRId64, name, value,
			   min, max);
		return false;
	}
	*out = value;
	return true;
}

bool csv_reader_double(const struct csv_reader *reader, size_t column, double min, double max, double *out)
{
	const char *name = reader->columns[column].name;
	struct diag_place place = csv_reader_place(reader, column);
	double value;
	if (!num_parse_double(csv_reader_text(reader, column), &value))
		return no_number(reader, column, "a number");
	if (!(value >= min && value <= max)) {
		char shown[NUM_TEXT_BYTES];
		char low[NUM_TEXT_BYTES];
		char high[NUM_TEXT_BYTES];
		diag_error(reader->diag, place, "'%s' is %s, outside %s to %s", name, num_format_double(value, shown),
			   num_format_double(min, low), num_format_double(max, high));
		return false;
	}
	*out = value;
	return true;
}
