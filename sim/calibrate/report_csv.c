/* CloudWatch Logs Insights results as CSV: the field names are the header, and unknown ones are left aside. */
#include <string.h>

#include "base/csv.h"
#include "calibrate/report_reader.h"

enum { COLUMNS_MAX = 96 };

/* One record: its numbers, or the line in its message. */
static void read_record(struct report_reader *reader, const struct csv_reader *csv)
{
	struct report_row row;
	const char *message = NULL;
	const char *problem = NULL;
	const char *request_id = "";
	bool has_numbers = false;
	bool is_report = true;
	report_row_init(&row);
	for (size_t i = 0; report_columns[i].name; i++) {
		const struct report_column *column = &report_columns[i];
		if (!csv_reader_has(csv, i))
			continue;
		const char *text = csv_reader_text(csv, i);
		reader->line = csv_reader_place(csv, i).line;
		if (column->kind == REPORT_NAME_TYPE)
			is_report = strcmp(text, "REPORT") == 0;
		else if (column->kind == REPORT_NAME_MESSAGE)
			message = text;
		else if (column->kind == REPORT_NAME_FUNCTION)
			row.function = text;
		else if (column->kind == REPORT_NAME_REQUEST)
			request_id = text;
		else if (column->kind == REPORT_NAME_STREAM)
			reader->stream = text;
		else {
			const char *found = report_column_set(reader, column, text, &row);
			problem = problem ? problem : found;
			has_numbers = has_numbers || text[0] != '\0';
		}
	}
	row.line = reader->line;
	has_numbers = has_numbers && is_report;
	if (has_numbers && problem)
		report_reader_give(reader, &row, problem);
	else if (has_numbers)
		report_reader_wait(reader, &row, request_id, false);
	else if (message)
		report_reader_text(reader, message, row.function, 1);
	reader->stream = "";
}

static bool is_meant(const char *name, const char *field)
{
	const struct report_column *column = report_column_find(field);
	return column && strcmp(column->name, name) == 0;
}

bool report_csv_read(struct report_reader *reader, const char *path, bool *io_failed)
{
	struct csv_column columns[COLUMNS_MAX] = {0};
	size_t count = 0;
	for (; report_columns[count].name; count++) {
		CHECK(count < COLUMNS_MAX);
		columns[count] = (struct csv_column){.name = report_columns[count].name, .is_meant = is_meant};
	}
	struct csv_reader csv;
	bool ok = csv_reader_open(&csv, path, columns, count, reader->diag);
	while (ok && csv_reader_next(&csv))
		read_record(reader, &csv);
	*io_failed = csv.io_failed;
	csv_reader_release(&csv);
	return ok && !*io_failed;
}
