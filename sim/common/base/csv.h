/*
 * CSV written and read. Written: RFC 4180 rows into a buf, fields with commas, quotes, line ends or outer blanks are
 * quoted, numbers are shortest round-trip.
 */
#ifndef LAMINA_CSV_H
#define LAMINA_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"

struct csv {
	struct buf *out;
	bool row_has_fields;
};

void csv_init(struct csv *csv, struct buf *out);
void csv_text(struct csv *csv, const char *text);
void csv_int(struct csv *csv, int64_t value);
void csv_double(struct csv *csv, double value); /* an empty field where the value is not finite */
void csv_end_row(struct csv *csv);

/*
 * Read: tables of any size, one record at a time, by column name: trace files are written by many hands, so that
 * columns may come in any order beside unknown ones, lines may end in LF, CRLF or CR, even mixed, and the file may be
 * gzip-compressed. Fields follow RFC 4180; blanks around a field that is not quoted are dropped, as are empty lines and
 * a byte order mark. A mistake is put into the diag at its line and reading goes on with the next record.
 */
enum {
	CSV_RECORD_BYTES_MAX = 1024 * 1024,
	CSV_COLUMNS_MAX = 4096,
	CSV_CHUNK_BYTES = 64 * 1024,
};

struct csv_column {
	const char *name;
	bool required; /* the header must have it */
	/* Whether a header's field means this column, where names vary: the first is taken. NULL: by name. */
	bool (*is_meant)(const char *name, const char *field);
};

struct csv_field {
	size_t offset; /* of its text in record */
	int line;
	int column;
};

struct csv_reader {
	const char *path;
	const struct csv_column *columns;
	size_t column_count;
	struct diag *diag;
	bool io_failed; /* the file could not be read to its end; the diag says why */

	/* Private from here on. */
	void *gz;
	unsigned char *chunk;
	size_t chunk_used;
	size_t chunk_count;
	int line; /* of the next byte */
	int column;
	bool is_over;
	bool is_record_broken;
	char *record; /* the current record's fields, each NUL-terminated */
	size_t record_count;
	size_t record_capacity;
	struct csv_field *fields;
	size_t field_count;
	size_t field_capacity;
	size_t header_count;
	size_t *field_of_column; /* by wanted column; SIZE_MAX where the file lacks it */
};

/*
 * Opens path ("-" is standard input; gzip is recognised by its content) and reads the header. False, with the diag
 * saying why, where it cannot be read or lacks required columns. Release it in either case. path, columns and diag
 * must outlive the reader.
 */
bool csv_reader_open(struct csv_reader *reader, const char *path, const struct csv_column *columns, size_t column_count,
		     struct diag *diag);

/*
 * Goes to the next record that has as many fields as the header; false at the end, after a failure (io_failed) and
 * where the diag is full, when going on would only count mistakes.
 */
bool csv_reader_next(struct csv_reader *reader);

void csv_reader_release(struct csv_reader *reader);

/* column is an index into columns. */
bool csv_reader_has(const struct csv_reader *reader, size_t column);

/* The current record's field; valid until the next record. The column must be there. */
const char *csv_reader_text(const struct csv_reader *reader, size_t column);

/* Its line and column in the file. */
struct diag_place csv_reader_place(const struct csv_reader *reader, size_t column);

/* The field as a number in [min, max]; false, with a diag error, for anything else. Numbers are read by num.h. */
bool csv_reader_int(const struct csv_reader *reader, size_t column, int64_t min, int64_t max, int64_t *out);
bool csv_reader_double(const struct csv_reader *reader, size_t column, double min, double max, double *out);

#endif
