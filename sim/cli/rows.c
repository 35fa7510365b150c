#include "cli/rows.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/num.h"

enum { FLUSH_BYTES = 256 * 1024 };

const char *const rows_format_names[] = {"csv", "json", "jsonl", "markdown", NULL};

enum rows_format rows_format_of(const char *path)
{
	static const struct {
		const char *ending;
		enum rows_format format;
	} endings[] = {
		{".json", ROWS_JSON},   {".jsonl", ROWS_JSON_LINES},  {".ndjson", ROWS_JSON_LINES},
		{".md", ROWS_MARKDOWN}, {".markdown", ROWS_MARKDOWN},
	};
	const char *dot = path ? strrchr(path, '.') : NULL;
	for (size_t i = 0; dot && i < ARRAY_LEN(endings); i++)
		if (strcmp(dot, endings[i].ending) == 0)
			return endings[i].format;
	return ROWS_CSV;
}

static void flush(struct rows_writer *rows)
{
	if (rows->text.length == 0)
		return;
	if (rows->is_terminal)
		printable_make(rows->text.text, "\n\t");
	fwrite(buf_text(&rows->text), 1, rows->text.length, rows->stream);
	buf_clear(&rows->text);
}

/* A cell of a Markdown table: bars and line ends would end it. */
static void add_markdown(struct rows_writer *rows, const char *text)
{
	buf_add(&rows->text, " ");
	for (; *text; text++) {
		if (*text == '\n' || *text == '\r')
			buf_add_char(&rows->text, ' ');
		else if (*text == '|' || *text == '\\' || *text == '`' || *text == '<' || *text == '*')
			buf_printf(&rows->text, "\\%c", *text);
		else
			buf_add_char(&rows->text, *text);
	}
	buf_add(&rows->text, " |");
}

static void add_markdown_head(struct rows_writer *rows)
{
	buf_add_char(&rows->text, '|');
	for (size_t i = 0; i < rows->column_count; i++)
		add_markdown(rows, rows->names[i]);
	buf_add(&rows->text, "\n|");
	for (size_t i = 0; i < rows->column_count; i++)
		buf_add(&rows->text, "---|");
	buf_add_char(&rows->text, '\n');
}

void rows_begin(struct rows_writer *rows, enum rows_format format, FILE *stream, const char *const *names, size_t count)
{
	*rows = (struct rows_writer){
		.format = format,
		.stream = stream,
		.is_terminal = isatty(fileno(stream)) == 1,
		.names = names,
		.column_count = count,
	};
	buf_init(&rows->text);
	csv_init(&rows->csv, &rows->text);
	if (format == ROWS_CSV) {
		for (size_t i = 0; i < count; i++)
			csv_text(&rows->csv, names[i]);
		csv_end_row(&rows->csv);
	} else if (format == ROWS_MARKDOWN) {
		add_markdown_head(rows);
	} else if (format == ROWS_JSON) {
		buf_add(&rows->text, "[");
	}
}

static void before_cell(struct rows_writer *rows)
{
	bool is_json = rows->format == ROWS_JSON || rows->format == ROWS_JSON_LINES;
	if (rows->column == 0 && rows->format == ROWS_JSON)
		buf_add(&rows->text, rows->row_count == 0 ? "\n" : ",\n");
	if (rows->column == 0 && is_json) {
		json_init(&rows->json, &rows->text, false);
		json_object_begin(&rows->json);
	}
	if (rows->column == 0 && rows->format == ROWS_MARKDOWN)
		buf_add_char(&rows->text, '|');
	if (is_json)
		json_key(&rows->json, rows->names[rows->column]);
}

static void end_row(struct rows_writer *rows)
{
	if (rows->format == ROWS_CSV)
		csv_end_row(&rows->csv);
	else if (rows->format == ROWS_MARKDOWN)
		buf_add_char(&rows->text, '\n');
	else
		json_object_end(&rows->json);
	if (rows->format == ROWS_JSON_LINES)
		buf_add_char(&rows->text, '\n');
	rows->column = 0;
	rows->row_count++;
	if (rows->text.length >= FLUSH_BYTES)
		flush(rows);
}

static void after_cell(struct rows_writer *rows)
{
	if (++rows->column == rows->column_count)
		end_row(rows);
}

void rows_text(struct rows_writer *rows, const char *text)
{
	before_cell(rows);
	if (rows->format == ROWS_CSV)
		csv_text(&rows->csv, text);
	else if (rows->format == ROWS_MARKDOWN)
		add_markdown(rows, text);
	else
		json_text(&rows->json, text);
	after_cell(rows);
}

void rows_int(struct rows_writer *rows, int64_t value)
{
	before_cell(rows);
	if (rows->format == ROWS_CSV)
		csv_int(&rows->csv, value);
	else if (rows->format == ROWS_MARKDOWN)
		buf_printf(&rows->text, " %lld |", (long long)value);
	else
		json_int(&rows->json, value);
	after_cell(rows);
}

void rows_double(struct rows_writer *rows, double value)
{
	char number[NUM_TEXT_BYTES];
	before_cell(rows);
	if (rows->format == ROWS_CSV)
		csv_double(&rows->csv, value);
	else if (rows->format == ROWS_MARKDOWN)
		buf_printf(&rows->text, " %s |", isfinite(value) ? num_format_double(value, number) : "");
	else
		json_double(&rows->json, value);
	after_cell(rows);
}

void rows_missing(struct rows_writer *rows)
{
	rows_double(rows, (double)NAN);
}

bool rows_end(struct rows_writer *rows)
{
	CHECK(rows->column == 0);
	if (rows->format == ROWS_JSON)
		buf_add(&rows->text, rows->row_count == 0 ? "]\n" : "\n]\n");
	flush(rows);
	buf_release(&rows->text);
	return !ferror(rows->stream);
}
