/*
 * Rows of results, written as they come, so that memory does not grow with their number: CSV (RFC 4180), JSON, JSON
 * lines and Markdown tables. Numbers are written in full; a missing value is an empty field, or null. To a terminal no
 * control characters go.
 */
#ifndef LAMINA_ROWS_H
#define LAMINA_ROWS_H /* private to cli */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/csv.h"
#include "base/json.h"

enum rows_format { ROWS_CSV, ROWS_JSON, ROWS_JSON_LINES, ROWS_MARKDOWN };
extern const char *const rows_format_names[]; /* "csv", "json", "jsonl", "markdown", NULL */

/* By the ending of a file's name; CSV where it says nothing. */
enum rows_format rows_format_of(const char *path);

struct rows_writer {
	enum rows_format format;
	FILE *stream;
	bool is_terminal;
	const char *const *names;
	size_t column_count;
	size_t column; /* of the cell that comes next */
	size_t row_count;
	struct buf text; /* that is not written yet */
	struct csv csv;
	struct json json;
};

/* Writes the head; names must outlive the rows. */
void rows_begin(struct rows_writer *rows, enum rows_format format, FILE *stream, const char *const *names,
		size_t count);

/* The next cell; the last of a row ends it. */
void rows_text(struct rows_writer *rows, const char *text);
void rows_int(struct rows_writer *rows, int64_t value);
void rows_double(struct rows_writer *rows, double value); /* not finite: missing */
void rows_missing(struct rows_writer *rows);

/* False where something could not be written; releases rows. */
bool rows_end(struct rows_writer *rows);

#endif
