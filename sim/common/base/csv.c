#include "base/csv.h"

#include <math.h>
#include <string.h>

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
