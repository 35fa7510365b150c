/*
 * Named columns of CloudWatch Logs Insights results, by the many names that queries give them: capitals, '@', '_',
 * blanks and a unit at the end make no difference, nor does by what memory is divided ("@memorySize / 1000 / 1000").
 * Durations in seconds say so by their name or are divided by 1000. An average of durations is one; the largest memory
 * is as good as memory; other statistics tell nothing here.
 *
 * The trap: @memorySize and @maxMemoryUsed are in bytes with 10^6 to the MB that Lambda sells (a function of 128 MB
 * shows 128000000). AWS's sample queries divide by 1000 twice, many people by 1024 twice and get 122.07. All three are
 * told apart, because sizes are whole.
 *
 * Source: Amazon CloudWatch Logs user guide, discovered fields of Lambda logs and sample queries; Lambda Insights,
 * example telemetry event.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "calibrate/report_reader.h"

enum { WORD_BYTES = 40 };

#define COLUMN(text, member) \
	{ \
		text, REPORT_NAME_NUMBER, offsetof(struct report_row, member) \
	}
#define SECONDS(text, member) \
	{ \
		text, REPORT_NAME_SECONDS, offsetof(struct report_row, member) \
	}
#define MEMORY(text, member) \
	{ \
		text, REPORT_NAME_MEMORY, offsetof(struct report_row, member) \
	}

const struct report_column report_columns[] = {
	{"avg duration", REPORT_NAME_AVERAGE, offsetof(struct report_row, duration_ms)},
	{"avg duration seconds", REPORT_NAME_AVERAGE_SECONDS, offsetof(struct report_row, duration_ms)},
	SECONDS("duration seconds", duration_ms),
	SECONDS("billedduration seconds", billed_ms),
	SECONDS("initduration seconds", init_ms),
	SECONDS("restoreduration seconds", restore_ms),
	COLUMN("duration", duration_ms),
	COLUMN("billedduration", billed_ms),
	COLUMN("initduration", init_ms),
	COLUMN("restoreduration", restore_ms),
	COLUMN("billedrestoreduration", billed_restore_ms),
	COLUMN("cputotaltime", cpu_ms),
	COLUMN("rxbytes", received_bytes),
	COLUMN("txbytes", sent_bytes),
	COLUMN("images", images),
	COLUMN("batchsize", images),
	MEMORY("memorysize", memory_mb),
	MEMORY("memory", memory_mb),
	MEMORY("mem", memory_mb),
	MEMORY("memsize", memory_mb),
	MEMORY("memorylimit", memory_mb),
	MEMORY("totalmemory", memory_mb),
	MEMORY("provisionedmemory", memory_mb),
	MEMORY("provisonedmemory", memory_mb), /* so in AWS's own sample query */
	MEMORY("allocatedmemory", memory_mb),
	MEMORY("configuredmemory", memory_mb),
	MEMORY("maxmemoryused", max_memory_mb),
	MEMORY("maxmemory", max_memory_mb),
	MEMORY("maxmem", max_memory_mb),
	MEMORY("maxmemused", max_memory_mb),
	MEMORY("usedmemorymax", max_memory_mb),
	MEMORY("memoryused", max_memory_mb),
	MEMORY("usedmemory", max_memory_mb),
	{"functionname", REPORT_NAME_FUNCTION, 0},
	{"function", REPORT_NAME_FUNCTION, 0},
	{"log", REPORT_NAME_FUNCTION, 0},
	{"loggroup", REPORT_NAME_FUNCTION, 0},
	{"loggroupname", REPORT_NAME_FUNCTION, 0},
	{"requestid", REPORT_NAME_REQUEST, 0},
	{"logstream", REPORT_NAME_STREAM, 0},
	{"logstreamname", REPORT_NAME_STREAM, 0},
	{"@type", REPORT_NAME_TYPE, 0},
	{"message", REPORT_NAME_MESSAGE, 0},
	{NULL, REPORT_NAME_NUMBER, 0},
};

/* What is done to the values of a column; other statistics than the mean and the largest tell nothing. */
enum statistic { STATISTIC_NONE, STATISTIC_MEAN, STATISTIC_MAX, STATISTIC_OTHER };

static const struct {
	const char *word;
	enum statistic statistic;
} statistics[] = {
	{"avg", STATISTIC_MEAN},     {"max", STATISTIC_MAX},   {"min", STATISTIC_OTHER},    {"pct", STATISTIC_OTHER},
	{"median", STATISTIC_OTHER}, {"sum", STATISTIC_OTHER}, {"stddev", STATISTIC_OTHER}, {"count", STATISTIC_OTHER},
};

/* "avg(@duration / 1000)": moves *name to what is in the parentheses. */
static enum statistic take_statistic(const char **name)
{
	for (size_t i = 0; i < ARRAY_LEN(statistics); i++) {
		size_t length = strlen(statistics[i].word);
		if (strncmp(*name, statistics[i].word, length) != 0 || (*name)[length] != '(')
			continue;
		*name += length + 1;
		return statistics[i].statistic;
	}
	return STATISTIC_NONE;
}

/* Letters and digits in lower case, up to what the value is divided by; false where they do not fit. */
static bool plain_word(const char *name, char out[WORD_BYTES])
{
	size_t length = 0;
	for (; *name && *name != '/' && length < WORD_BYTES - 1; name++)
		if (isalnum((unsigned char)*name))
			out[length++] = (char)tolower((unsigned char)*name);
	out[length] = '\0';
	return length < WORD_BYTES - 1;
}

static const struct report_column *find_word(const char *word)
{
	for (size_t i = 0; report_columns[i].name; i++)
		if (strcmp(report_columns[i].name, word) == 0)
			return &report_columns[i];
	return NULL;
}

/* The word without the first of these endings that it has, beside others; false where it has none. */
static bool strip(const char *word, const char *const *endings, size_t count, char out[WORD_BYTES])
{
	size_t length = strlen(word);
	for (size_t i = 0; i < count; i++) {
		size_t ending = strlen(endings[i]);
		if (length > ending && strcmp(word + length - ending, endings[i]) == 0) {
			snprintf(out, WORD_BYTES, "%.*s", (int)(length - ending), word);
			return true;
		}
	}
	return false;
}

/* The same column in seconds; NULL where it is no duration. */
static const struct report_column *in_seconds(const char *word)
{
	char name[WORD_BYTES + sizeof " seconds"];
	snprintf(name, sizeof name, "%s seconds", word);
	return find_word(name);
}

/* The word, else what it is without a unit. */
static const struct report_column *find_with_unit(const char word[WORD_BYTES])
{
	static const char *const units[] = {"inms", "inmb", "milliseconds", "ms", "mb"};
	static const char *const seconds[] = {"inseconds", "seconds", "insecs", "insec", "secs", "sec"};
	const struct report_column *column = find_word(word);
	char bare[WORD_BYTES];
	if (!column && strip(word, units, ARRAY_LEN(units), bare))
		return find_word(bare);
	return !column && strip(word, seconds, ARRAY_LEN(seconds), bare) ? in_seconds(bare) : column;
}

static const struct report_column *find_mean(const struct report_column *column)
{
	if (column && column->offset == offsetof(struct report_row, duration_ms)) {
		if (column->kind == REPORT_NAME_NUMBER)
			return &report_columns[0];
		return column->kind == REPORT_NAME_SECONDS ? &report_columns[1] : NULL;
	}
	/* The size is the same for all. */
	bool is_size = column && column->kind == REPORT_NAME_MEMORY &&
		       column->offset == offsetof(struct report_row, memory_mb);
	return is_size ? column : NULL;
}

/* What all that stands behind '/' divides by: "@duration / 1000" by 1000. */
static double divisor_of(const char *name)
{
	double divisor = 1;
	for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/'))
		divisor *= strtod(slash + 1, NULL);
	return divisor;
}

/* A duration that is divided by anything else tells nothing; of memory the value itself does. */
static const struct report_column *divided(const struct report_column *column, double divisor)
{
	if (!column || column->kind != REPORT_NAME_NUMBER || divisor == 1)
		return column;
	return divisor == 1000 ? in_seconds(column->name) : NULL;
}

const struct report_column *report_column_find(const char *name)
{
	static const char *const means[] = {"average", "avg", "mean"};
	char word[WORD_BYTES];
	if (strcmp(name, "@type") == 0)
		return find_word(name);
	enum statistic statistic = take_statistic(&name);
	double divisor = divisor_of(name);
	if (!plain_word(name, word))
		return NULL;
	for (size_t i = 0; statistic == STATISTIC_NONE && i < ARRAY_LEN(means); i++)
		if (strncmp(word, means[i], strlen(means[i])) == 0)
			return find_mean(divided(find_with_unit(word + strlen(means[i])), divisor));
	const struct report_column *column = divided(find_with_unit(word), divisor);
	if (statistic == STATISTIC_MEAN)
		return find_mean(column);
	bool is_told = statistic == STATISTIC_NONE ||
		       (statistic == STATISTIC_MAX && column && column->kind == REPORT_NAME_MEMORY);
	return is_told ? column : NULL;
}

static bool is_whole(double value, double tolerance)
{
	return fabs(value - nearbyint(value)) <= tolerance;
}

/* MB as Lambda counts them; *misdivided where the value had been divided by 1024 twice. */
static double memory_mb_of(double value, bool *misdivided)
{
	*misdivided = false;
	if (value >= 1e6)
		return fmod(value, 1e6) == 0 ? value / 1e6 : value / 1048576;
	/* 128e6 / 1048576 = 122.07: two decimals are enough to see that it was meant. */
	double undivided = value * 1.048576;
	if (is_whole(value, 1e-6) || !is_whole(undivided, 0.006))
		return value;
	*misdivided = true;
	return nearbyint(undivided);
}

const char *report_column_set(struct report_reader *reader, const struct report_column *column, const char *text,
			      struct report_row *row)
{
	double number;
	if (text[0] == '\0')
		return NULL;
	if (!num_parse_double(text, &number) || !isfinite(number))
		return "one of its fields is not a number";
	char *target = (char *)row + column->offset;
	bool is_average = column->kind == REPORT_NAME_AVERAGE || column->kind == REPORT_NAME_AVERAGE_SECONDS;
	bool is_seconds = column->kind == REPORT_NAME_SECONDS || column->kind == REPORT_NAME_AVERAGE_SECONDS;
	/* What a row says of itself comes before an average. */
	if (is_average && !isnan(row->duration_ms))
		return NULL;
	if (is_average || is_seconds || column->kind == REPORT_NAME_NUMBER) {
		*(double *)(void *)target = is_seconds ? 1000 * number : number;
		if (column->offset == offsetof(struct report_row, duration_ms))
			row->is_average = is_average;
		return NULL;
	}
	bool misdivided;
	double mb = memory_mb_of(number, &misdivided);
	if (misdivided && !reader->is_unit_told) {
		diag_warning(reader->diag, (struct diag_place){reader->file, reader->line, 1},
			     "memory of %g is 10^6 bytes divided by 1024 twice; taken as %g MB, and others likewise",
			     number, mb);
		reader->is_unit_told = true;
	}
	if (column->offset == offsetof(struct report_row, memory_mb))
		*(int64_t *)(void *)target = mb >= 1 && mb <= 1e9 ? (int64_t)mb : -1;
	else
		*(double *)(void *)target = mb;
	return NULL;
}
