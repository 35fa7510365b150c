#include "calibrate/report_text.h"

#include <math.h>
#include <string.h>

#include "base/num.h"

enum value_kind { VALUE_MS, VALUE_MEMORY_MB, VALUE_MB, VALUE_STATUS, VALUE_ERROR_TYPE, VALUE_PHASE };

/* Names that begin like another's end come first: reading goes on behind a field that was found. */
struct report_field {
	const char *name;
	enum value_kind kind;
	size_t offset;
};

static const struct report_field report_fields[] = {
	{"Billed Restore Duration:", VALUE_MS, offsetof(struct report_row, billed_restore_ms)},
	{"Restore Duration:", VALUE_MS, offsetof(struct report_row, restore_ms)},
	{"Billed Duration:", VALUE_MS, offsetof(struct report_row, billed_ms)},
	{"Init Duration:", VALUE_MS, offsetof(struct report_row, init_ms)},
	{"Duration:", VALUE_MS, offsetof(struct report_row, duration_ms)},
	{"Memory Size:", VALUE_MEMORY_MB, offsetof(struct report_row, memory_mb)},
	{"Max Memory Used:", VALUE_MB, offsetof(struct report_row, max_memory_mb)},
	{"Status:", VALUE_STATUS, offsetof(struct report_row, status)},
	{"Error Type:", VALUE_ERROR_TYPE, offsetof(struct report_row, status)},
	{NULL, VALUE_MS, 0},
};

static const struct report_field init_fields[] = {
	{"Init Duration:", VALUE_MS, offsetof(struct report_init, duration_ms)},
	{"Phase:", VALUE_PHASE, offsetof(struct report_init, is_in_call)},
	{"Status:", VALUE_STATUS, offsetof(struct report_init, status)},
	{"Error Type:", VALUE_ERROR_TYPE, offsetof(struct report_init, status)},
	{NULL, VALUE_MS, 0},
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

/* Tags and quotes are what pages and JSON put around a line. */
static bool ends_word(char c)
{
	return is_blank(c) || c == '<' || c == '"';
}

bool report_text_word(const char **p, char *out, size_t bytes)
{
	const char *start = skip_blanks(*p);
	size_t length = 0;
	while (start[length] && !ends_word(start[length]))
		length++;
	*p = start + length;
	if (length == 0 || length >= bytes)
		return false;
	memcpy(out, start, length);
	out[length] = '\0';
	return true;
}

/* A value that is a word: false where the field is a number. */
static bool read_word(const char *word, enum value_kind kind, void *target)
{
	enum report_status *status = target;
	enum report_status found = report_status_of(NULL, word);
	switch (kind) {
	case VALUE_STATUS:
		*status = report_status_of(word, NULL);
		return true;
	case VALUE_ERROR_TYPE:
		*status = found > *status ? found : *status;
		return true;
	case VALUE_PHASE:
		*(bool *)target = strcmp(word, "invoke") == 0;
		return true;
	default:
		return false;
	}
}

/* Reads the value behind a field's name. NULL, or what is wrong with it. */
static const char *read_value(const char **p, const struct report_field *field, void *out)
{
	char *target = (char *)out + field->offset;
	char word[NUM_TEXT_BYTES];
	char unit[8];
	double number;
	if (!report_text_word(p, word, sizeof word))
		return "it is cut off";
	if (read_word(word, field->kind, target))
		return NULL;
	if (!num_parse_double(word, &number) || !isfinite(number))
		return "one of its fields is not a number";
	const char *wanted = field->kind == VALUE_MS ? "ms" : "MB";
	if (!report_text_word(p, unit, sizeof unit))
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

static const struct report_field *field_at(const struct report_field *fields, const char *p)
{
	for (; fields->name; fields++)
		if (strncmp(p, fields->name, strlen(fields->name)) == 0)
			return fields;
	return NULL;
}

/* All fields from p on into what they are of. NULL, or what is wrong with the first that cannot be read. */
static const char *read_fields(const char *p, const struct report_field *fields, void *out)
{
	const char *problem = NULL;
	while (*p && !problem) {
		const struct report_field *field = is_blank(p[-1]) || p[-1] == '>' ? field_at(fields, p) : NULL;
		if (!field) {
			p++;
			continue;
		}
		p += strlen(field->name);
		problem = read_value(&p, field, out);
	}
	return problem;
}

bool report_text_init_read(const char *line, struct report_init *out)
{
	static const char begin[] = "INIT_REPORT";
	const char *p = strstr(line, begin);
	*out = (struct report_init){.duration_ms = NAN};
	return p && !read_fields(p + strlen(begin), init_fields, out);
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
	if (!report_text_word(&p, request_id, REPORT_REQUEST_BYTES))
		request_id[0] = '\0';
	*problem = read_fields(p, report_fields, row);
	if (!*problem)
		*problem = report_row_check(row);
	return *problem ? REPORT_TEXT_BROKEN : REPORT_TEXT_ROW;
}
