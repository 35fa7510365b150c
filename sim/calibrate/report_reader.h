/* What the files of report_log.h share while a log is read. */
#ifndef LAMINA_REPORT_READER_H
#define LAMINA_REPORT_READER_H /* private to calibrate */

#include "calibrate/report_log.h"
#include "calibrate/report_stream.h"

struct report_reader {
	const char *file; /* for messages */
	const struct report_sink *sink;
	struct diag *diag;
	struct report_counts counts;
	int line;           /* where reading is; 0 inside a document */
	bool is_unit_told;  /* the warning about memory in units of 1024 * 1024 bytes was given */
	const char *stream; /* the log stream that an event around what is read names; "" for none */
	struct report_streams *streams;
};

/* Hands the row out, or says why it cannot be used (problem, or what report_row_check finds). */
void report_reader_give(struct report_reader *reader, const struct report_row *row, const char *problem);

/* Lets the row wait for what other lines say of its request; where it is broken, says why. request_id may be "". */
void report_reader_wait(struct report_reader *reader, const struct report_row *row, const char *request_id,
			bool is_success);

/* A line of text, or a message in an event: a REPORT line, an event in JSON, or anything else, which is left aside. */
void report_reader_text(struct report_reader *reader, const char *text, const char *function, int nest);

/* A chart of power tuning whose address is in the text: averages at each size; false where there is none. */
bool report_reader_chart(struct report_reader *reader, const char *text, const char *function);

/* Hands out the rows that wait. */
void report_reader_flush(struct report_reader *reader);

/*
 * A column of Logs Insights results, by a plain form of its names. Memory is converted from whatever unit it is in (see
 * report_field.c).
 */
enum report_name {
	REPORT_NAME_NUMBER,
	REPORT_NAME_AVERAGE,
	REPORT_NAME_SECONDS,
	REPORT_NAME_AVERAGE_SECONDS,
	REPORT_NAME_MEMORY,
	REPORT_NAME_FUNCTION,
	REPORT_NAME_REQUEST,
	REPORT_NAME_STREAM,
	REPORT_NAME_TYPE,
	REPORT_NAME_MESSAGE
};

struct report_column {
	const char *name;
	enum report_name kind;
	size_t offset; /* numbers: in struct report_row */
};
extern const struct report_column report_columns[]; /* ends with a NULL name */

/* The column that a header or key names; NULL for none. */
const struct report_column *report_column_find(const char *name);

/* NULL, or why the text cannot be the column's value. Columns of numbers only; an empty text is a missing value. */
const char *report_column_set(struct report_reader *reader, const struct report_column *column, const char *text,
			      struct report_row *row);

/* A Logs Insights result as CSV; false where it cannot be read on (the diag says why). */
bool report_csv_read(struct report_reader *reader, const char *path, bool *io_failed);

/* A JSON value of any of the kinds that report_json.c knows. */
struct json_t;
void report_json_walk(struct report_reader *reader, const struct json_t *value, const char *function, int nest);

/* Parses text and walks every value in it; false, with *problem and its place, where it is no JSON. */
struct report_json_problem {
	char text[160];
	int line;
	int column;
	bool is_cut_off; /* it may be the beginning of something longer */
};
bool report_json_read(struct report_reader *reader, const char *text, size_t length, const char *function, int nest,
		      struct report_json_problem *problem);

#endif
