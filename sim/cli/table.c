/* Cells are kept as values until the end: how wide a column is, and how a number looks, is known only then. */
#include "cli/table.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/json.h"
#include "base/num.h"
#include "cli/terminal.h"

void table_init(struct table *table, const struct table_column *columns, size_t column_count)
{
	CHECK(column_count > 0 && column_count <= TABLE_COLUMNS_MAX);
	memset(table, 0, sizeof *table);
	table->columns = columns;
	table->column_count = column_count;
	arena_init(&table->arena);
}

void table_release(struct table *table)
{
	mem_free(table->cells);
	arena_release(&table->arena);
	memset(table, 0, sizeof *table);
}

static void add_cell(struct table *table, struct table_cell cell)
{
	if (table->cell_count == table->cell_capacity) {
		table->cell_capacity = table->cell_capacity ? 2 * table->cell_capacity : 4 * table->column_count;
		table->cells = mem_realloc(table->cells, table->cell_capacity * sizeof cell);
	}
	table->cells[table->cell_count++] = cell;
}

void table_text(struct table *table, const char *text)
{
	add_cell(table, (struct table_cell){.kind = TABLE_CELL_TEXT, .text = arena_strdup(&table->arena, text)});
}

void table_numbers(struct table *table, const char *text)
{
	add_cell(table, (struct table_cell){.kind = TABLE_CELL_NUMBERS, .text = arena_strdup(&table->arena, text)});
}

void table_printf(struct table *table, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	table_text(table, text);
}

void table_int(struct table *table, int64_t value)
{
	add_cell(table, (struct table_cell){.kind = TABLE_CELL_INT, .integer = value});
}

void table_double(struct table *table, double value)
{
	if (isfinite(value))
		add_cell(table, (struct table_cell){.kind = TABLE_CELL_DOUBLE, .number = value});
	else
		table_missing(table);
}

void table_bool(struct table *table, bool value)
{
	add_cell(table, (struct table_cell){.kind = TABLE_CELL_BOOL, .integer = value});
}

void table_missing(struct table *table)
{
	add_cell(table, (struct table_cell){.kind = TABLE_CELL_MISSING});
}

void table_end_row(const struct table *table)
{
	CHECK(table->cell_count > 0 && table->cell_count % table->column_count == 0);
}

size_t table_row_count(const struct table *table)
{
	return table->cell_count / table->column_count;
}

/* Numbers that people count with keep their digits: 20100, not 2.01e+04. */
static const char *significant_text(double number, struct arena *arena)
{
	bool is_countable = fabs(number) >= 9999.5 && fabs(number) < 1e9;
	return arena_printf(arena, is_countable ? "%.0f" : "%.4g", number);
}

static const char *cell_text(const struct table_cell *cell, const struct table_column *column, struct arena *arena)
{
	char *text;
	switch (cell->kind) {
	case TABLE_CELL_TEXT:
	case TABLE_CELL_NUMBERS:
		text = arena_strdup(arena, cell->text);
		printable_make(text, "");
		return text;
	case TABLE_CELL_INT:
		return arena_printf(arena, "%lld", (long long)cell->integer);
	case TABLE_CELL_DOUBLE:
		if (column->decimals == TABLE_SIGNIFICANT)
			return significant_text(cell->number, arena);
		return arena_printf(arena, "%.*f", column->decimals, cell->number);
	case TABLE_CELL_BOOL:
		return cell->integer ? "yes" : "no";
	case TABLE_CELL_MISSING:
		break;
	}
	return "-";
}

static const char *heading_of(const struct table_column *column)
{
	return column->heading ? column->heading : column->name;
}

static void pad(struct buf *out, int columns)
{
	for (int i = 0; i < columns; i++)
		buf_add_char(out, ' ');
}

/* texts: one per column. The last shown column is not padded on its right: no line ends in blanks. */
static void write_line(const struct table *table, const char *const *texts, const int *widths, struct buf *out)
{
	int pending = 0;
	for (size_t c = 0; c < table->column_count; c++) {
		if (table->columns[c].is_data_only)
			continue;
		int gap = widths[c] - terminal_text_width(texts[c]);
		bool is_right = table->columns[c].align == TABLE_RIGHT;
		pad(out, pending + (is_right ? gap : 0));
		buf_add(out, texts[c]);
		pending = 2 + (is_right ? 0 : gap);
	}
	buf_add_char(out, '\n');
}

static void write_text(const struct table *table, struct buf *out)
{
	struct arena arena;
	arena_init(&arena);
	const char **texts = ARENA_ARRAY(&arena, const char *, table->cell_count + table->column_count);
	int widths[TABLE_COLUMNS_MAX] = {0};
	for (size_t i = 0; i < table->cell_count + table->column_count; i++) {
		size_t c = i % table->column_count;
		texts[i] = i < table->column_count
				   ? heading_of(&table->columns[c])
				   : cell_text(&table->cells[i - table->column_count], &table->columns[c], &arena);
		int width = terminal_text_width(texts[i]);
		if (width > widths[c])
			widths[c] = width;
	}
	for (size_t row = 0; row <= table_row_count(table); row++)
		write_line(table, texts + row * table->column_count, widths, out);
	arena_release(&arena);
}

static void write_csv_cell(const struct table_cell *cell, struct csv *csv)
{
	switch (cell->kind) {
	case TABLE_CELL_TEXT:
	case TABLE_CELL_NUMBERS:
		csv_text(csv, cell->text);
		return;
	case TABLE_CELL_INT:
		csv_int(csv, cell->integer);
		return;
	case TABLE_CELL_DOUBLE:
		csv_double(csv, cell->number);
		return;
	case TABLE_CELL_BOOL:
		csv_text(csv, cell->integer ? "true" : "false");
		return;
	case TABLE_CELL_MISSING:
		csv_text(csv, "");
		return;
	}
}

static void write_csv(const struct table *table, struct buf *out)
{
	struct csv csv;
	csv_init(&csv, out);
	for (size_t c = 0; c < table->column_count; c++)
		csv_text(&csv, table->columns[c].name);
	csv_end_row(&csv);
	for (size_t i = 0; i < table->cell_count; i++) {
		write_csv_cell(&table->cells[i], &csv);
		if ((i + 1) % table->column_count == 0)
			csv_end_row(&csv);
	}
}

static void write_json_number(const char *text, struct json *json)
{
	int64_t integer;
	double number;
	if (num_parse_int64(text, &integer))
		json_int(json, integer);
	else if (num_parse_double(text, &number))
		json_double(json, number);
	else
		json_text(json, text);
}

static void write_json_numbers(const char *text, struct json *json)
{
	static const char between[] = ", ";
	if (!strstr(text, between)) {
		write_json_number(text, json);
		return;
	}
	struct arena arena;
	arena_init(&arena);
	json_array_begin(json);
	while (*text) {
		const char *end = strstr(text, between);
		size_t length = end ? (size_t)(end - text) : strlen(text);
		write_json_number(arena_strndup(&arena, text, length), json);
		text += length + (end ? strlen(between) : 0);
	}
	json_array_end(json);
	arena_release(&arena);
}

static void write_json_cell(const struct table_cell *cell, struct json *json)
{
	switch (cell->kind) {
	case TABLE_CELL_TEXT:
		json_text(json, cell->text);
		return;
	case TABLE_CELL_NUMBERS:
		write_json_numbers(cell->text, json);
		return;
	case TABLE_CELL_INT:
		json_int(json, cell->integer);
		return;
	case TABLE_CELL_DOUBLE:
		json_double(json, cell->number);
		return;
	case TABLE_CELL_BOOL:
		json_bool(json, cell->integer);
		return;
	case TABLE_CELL_MISSING:
		json_none(json);
		return;
	}
}

void table_write_json(const struct table *table, struct json *json)
{
	json_array_begin(json);
	for (size_t i = 0; i < table->cell_count; i++) {
		size_t c = i % table->column_count;
		if (c == 0)
			json_object_begin(json);
		json_key(json, table->columns[c].name);
		write_json_cell(&table->cells[i], json);
		if (c + 1 == table->column_count)
			json_object_end(json);
	}
	json_array_end(json);
}

static void write_json(const struct table *table, struct buf *out)
{
	struct json json;
	json_init(&json, out, true);
	table_write_json(table, &json);
	buf_add_char(out, '\n');
}

void table_render(const struct table *table, enum table_format format, struct buf *out)
{
	static void (*const writers[])(const struct table *, struct buf *) = {
		[TABLE_TEXT] = write_text,
		[TABLE_JSON] = write_json,
		[TABLE_CSV] = write_csv,
	};
	CHECK(table->cell_count % table->column_count == 0);
	writers[format](table, out);
}
