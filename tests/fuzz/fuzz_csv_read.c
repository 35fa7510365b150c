/* Whatever the bytes, a table is refused with reasons or read; what was read is written and read back the same. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"
#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct csv_column columns[] = {
	{.name = "time", .required = true}, {.name = "name", .required = true}, {.name = "note"}};
enum { COLUMNS = ARRAY_LEN(columns) };

static void write_header(struct csv *csv)
{
	for (size_t i = 0; i < COLUMNS; i++)
		csv_text(csv, columns[i].name);
	csv_end_row(csv);
}

static void write_record(const struct csv_reader *reader, struct csv *csv)
{
	for (size_t i = 0; i < COLUMNS; i++)
		csv_text(csv, csv_reader_has(reader, i) ? csv_reader_text(reader, i) : "");
	csv_end_row(csv);
}

/* Every record with the wanted columns only, from a file that has no other name than its descriptor. */
static void read_and_write(int fd, struct buf *out, bool *has_errors)
{
	struct csv_reader reader;
	struct csv csv;
	struct diag diag;
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	diag_init(&diag);
	csv_init(&csv, out);
	if (csv_reader_open(&reader, path, columns, COLUMNS, &diag)) {
		write_header(&csv);
		while (csv_reader_next(&reader)) {
			int64_t integer;
			double number;
			csv_reader_int(&reader, 0, -5, 5, &integer);
			csv_reader_double(&reader, 1, 0, 1, &number);
			CHECK(csv_reader_place(&reader, 0).line >= 1);
			write_record(&reader, &csv);
		}
	} else {
		CHECK(diag_has_errors(&diag));
	}
	*has_errors = diag_has_errors(&diag);
	csv_reader_release(&reader);
	diag_release(&diag);
}

static int file_of(const void *bytes, size_t size)
{
	int fd = memfd_create("table", 0);
	CHECK(fd >= 0);
	CHECK(write(fd, bytes, size) == (ssize_t)size);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf first;
	struct buf second;
	bool has_errors;
	int fd = file_of(data, size);
	buf_init(&first);
	buf_init(&second);
	read_and_write(fd, &first, &has_errors);
	close(fd);
	if (first.length > 0) {
		fd = file_of(first.text, first.length);
		read_and_write(fd, &second, &has_errors);
		close(fd);
		/* A table of too many mistakes (its numbers are checked too) is read in part. */
		CHECK(strncmp(first.text, second.text, second.length) == 0);
		CHECK(has_errors || first.length == second.length);
	}
	buf_release(&first);
	buf_release(&second);
	return 0;
}
