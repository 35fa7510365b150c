/*
 * Rows of results, rendered as an aligned text table for people, as CSV, or as a JSON array of objects: the same rows,
 * the same names. CSV and JSON hold numbers in full; the text table rounds them as its columns say.
 */
#ifndef LAMINA_TABLE_H
#define LAMINA_TABLE_H /* private to cli */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

struct json;

enum table_format { TABLE_TEXT, TABLE_JSON, TABLE_CSV }; /* the order of option_format_choices */

enum table_align { TABLE_LEFT, TABLE_RIGHT };

enum { TABLE_COLUMNS_MAX = 256, TABLE_SIGNIFICANT = -1 };

struct table_column {
	const char *name;    /* in CSV and JSON: snake_case, unit last ("makespan_seconds") */
	const char *heading; /* in the text table; NULL: the name */
	enum table_align align;
	int decimals;      /* of doubles in the text table; TABLE_SIGNIFICANT: 4 digits, or all before the point */
	bool is_data_only; /* left out of the text table */
};

enum table_kind {
	TABLE_CELL_MISSING,
	TABLE_CELL_TEXT,
	TABLE_CELL_NUMBERS,
	TABLE_CELL_INT,
	TABLE_CELL_DOUBLE,
	TABLE_CELL_BOOL,
};

struct table_cell {
	enum table_kind kind;
	const char *text;
	int64_t integer; /* of TABLE_CELL_INT; of TABLE_CELL_BOOL 0 or 1 */
	double number;
};

struct table {
	const struct table_column *columns;
	size_t column_count;
	struct table_cell *cells; /* row by row */
	size_t cell_count;
	size_t cell_capacity;
	struct arena arena; /* the texts */
};

/* columns must outlive the table. */
void table_init(struct table *table, const struct table_column *columns, size_t column_count);
void table_release(struct table *table);

/* The next cell of the current row; texts are copied. A missing cell is "-", null or an empty field. */
void table_text(struct table *table, const char *text);
void table_printf(struct table *table, const char *format, ...) PRINTF_LIKE(2, 3);
/* Numbers as they were written, ", " between them: in JSON one is a number, several are an array of numbers. */
void table_numbers(struct table *table, const char *text);
void table_int(struct table *table, int64_t value);
void table_double(struct table *table, double value); /* not finite: missing */
void table_bool(struct table *table, bool value);
void table_missing(struct table *table);

/* CHECKs that the row is full. */
void table_end_row(const struct table *table);

size_t table_row_count(const struct table *table);

/* Adds the whole table, with its last line end. */
void table_render(const struct table *table, enum table_format format, struct buf *out);

/* The array of objects as one value of a larger document. */
void table_write_json(const struct table *table, struct json *json);

#endif
