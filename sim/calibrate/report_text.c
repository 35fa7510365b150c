#include "calibrate/report_text.h"

#include <math.h>
#include <string.h>

#include "base/num.h"

enum value_kind { VALUE_MS, VALUE_MEMORY_MB, VALUE_MB, VALUE_STATUS };

/* Names that begin like another's end come first: reading goes on behind a field that was found. */
static const struct report_field {
	const char *name;
	enum value_kind kind;
	size_t offset;
} report_fields[] = {
	{"Billed Restore Duration:", VALUE_MS, offsetof(struct report_row, billed_restore_ms)},
	{"Restore Duration:", VALUE_MS, offsetof(struct report_row, restore_ms)},
	{"Billed Duration:", VALUE_MS, offsetof(struct report_row, billed_ms)},
	{"Init Duration:", VALUE_MS, offsetof(struct report_row, init_ms)},
	{"Duration:", VALUE_MS, offsetof(struct report_row, duration_ms)},
	{"Memory Size:", VALUE_MEMORY_MB, offsetof(struct report_row, memory_mb)},
	{"Max Memory Used:", VALUE_MB, offsetof(struct report_row, max_memory_mb)},
	{"Status:", VALUE_STATUS, offsetof(struct report_row, status)},
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *skip_blanks(const char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

/* The next word into out; false where there is none, or one that does not fit. */
static bool take_word(const char **p, char *out, size_t bytes)
{
	const char *start = skip_blanks(*p);
	size_t length = 0;
	while (start[length] && !is_blank(start[length]))
		length++;
	*p = start + length;
	if (length == 0 || length >= bytes)
		return false;
	memcpy(out, start, length);
	out[length] = '\0';
	return true;
}

static enum report_status status_of(const char *word)
{
	if (strcmp(word, "timeout") == 0)
		return REPORT_TIMEOUT;
	return strcmp(word, "success") == 0 ? REPORT_OK : REPORT_ERROR;
}

/* Reads the value behind a field's name. NULL, or what is wrong with it. */
static const char *read_value(const char **p, const struct report_field *field, struct report_row *row)
{
	char *target = (char *)row + field->offset;
	char word[NUM_TEXT_BYTES];
	char unit[8];
	double number;
	if (!take_word(p, word, sizeof word))
		return "it is cut off";
	if (field->kind == VALUE_STATUS) {
		*(enum report_status *)(void *)target = status_of(word);
		return NULL;
	}
	if (!num_parse_double(word, &number) || !isfinite(number))
		return "one of its fields is not a number";
	const char *wanted = field->kind == VALUE_MS ? "ms" : "MB";
	if (!take_word(p, unit, sizeof unit))
		return "it is cut off";
	if (strcmp(unit, wanted) != 0)
		return field->kind == VALUE_MS ? "one of its times is not in 'ms'"
					       : "one of its memory sizes is not in 'MB'";
	if (field->kind == VALUE_MEMORY_MB)
		*(int64_t *)(void *)target = number >= 1 && number <= 1e9 ? (int64_t)number : -1;
	else
		*(double *)(void *)target = number;
	return NULL;
}

static const struct report_field *field_at(const char *p)
{
	for (size_t i = 0; i < sizeof report_fields / sizeof report_fields[0]; i++) {
		const char *name = report_fields[i].name;
		if (strncmp(p, name, strlen(name)) == 0)
			return &report_fields[i];
	}
	return NULL;
}

enum report_text report_text_read(const char *line, struct report_row *row, char request_id[REPORT_REQUEST_BYTES],
				  const char **problem)
{
	static const char begin[] = "REPORT RequestId:";
	const char *p = strstr(line, begin);
	request_id[0] = '\0';
	*problem = NULL;
	if (!p)
		return REPORT_TEXT_NONE;
	p += strlen(begin);
	if (!take_word(&p, request_id, REPORT_REQUEST_BYTES))
		request_id[0] = '\0';
	while (*p && !*problem) {
		const struct report_field *field = is_blank(p[-1]) ? field_at(p) : NULL;
		if (!field) {
			p++;
			continue;
		}
		p += strlen(field->name);
		*problem = read_value(&p, field, row);
	}
	if (!*problem)
		*problem = report_row_check(row);
	return *problem ? REPORT_TEXT_BROKEN : REPORT_TEXT_ROW;
}
