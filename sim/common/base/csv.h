/*
 * RFC 4180 rows into a buf: fields with commas, quotes, line ends or outer blanks are quoted, numbers are shortest
 * round-trip.
 */
#ifndef LAMINA_CSV_H
#define LAMINA_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct csv {
	struct buf *out;
	bool row_has_fields;
};

void csv_init(struct csv *csv, struct buf *out);
void csv_text(struct csv *csv, const char *text);
void csv_int(struct csv *csv, int64_t value);
void csv_double(struct csv *csv, double value); /* an empty field where the value is not finite */
void csv_end_row(struct csv *csv);

#endif
