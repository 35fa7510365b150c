/*
 * getopt_long does the walking; what a value means is decided here, by the row. Its own messages are off: they stop
 * at the first mistake and cannot suggest a spelling.
 */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"

enum { LONG_BASE = 256, HELP_ID = LONG_BASE + OPTION_ROWS_MAX };

const char *const option_format_choices[] = {"table", "json", "csv", NULL};

struct parse {
	struct options *options;
	struct diag_place place;
	struct arena *arena;
	struct diag *diag;
};

size_t options_count(const struct option_row *rows)
{
	size_t count = 0;
	while (rows && rows[count].name)
		count++;
	return count;
}

static bool is_repeatable(enum option_kind kind)
{
	return kind == OPTION_LIST || kind == OPTION_PAIRS;
}

static void check_range(const struct parse *parse, const struct option_row *row, const char *text, double value)
{
	char low[NUM_TEXT_BYTES];
	char high[NUM_TEXT_BYTES];
	bool is_bounded = row->min != 0 || row->max != 0;
	if (is_bounded && !(value >= row->min && value <= row->max))
		diag_error(parse->diag, parse->place, "--%s is %s, outside %s to %s", row->name, text,
			   num_format_double(row->min, low), num_format_double(row->max, high));
}

/* The placeholder tells the unit (SECONDS), or else the option's own name. */
static const char *advice(const struct parse *parse, const struct option_row *row, const char *text, bool is_whole)
{
	return number_advice(row->metavar ? row->metavar : row->name, text, is_whole, parse->arena);
}

static void set_int(const struct parse *parse, const struct option_row *row, struct option_value *value)
{
	if (!num_parse_int64(value->text, &value->integer))
		diag_error(parse->diag, parse->place, "--%s must be a whole number, not '%s'%s", row->name, value->text,
			   advice(parse, row, value->text, true));
	else
		check_range(parse, row, value->text, (double)value->integer);
}

static void set_double(const struct parse *parse, const struct option_row *row, struct option_value *value)
{
	if (!num_parse_double(value->text, &value->number))
		diag_error(parse->diag, parse->place, "--%s must be a number, not '%s'%s", row->name, value->text,
			   advice(parse, row, value->text, false));
	else
		check_range(parse, row, value->text, value->number);
}

static void set_choice(const struct parse *parse, const struct option_row *row, struct option_value *value)
{
	size_t count = 0;
	for (; row->choices[count]; count++) {
		if (strcmp(row->choices[count], value->text) == 0) {
			value->choice = (int)count;
			return;
		}
	}
	struct buf known;
	buf_init(&known);
	for (size_t i = 0; i < count; i++)
		buf_printf(&known, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", row->choices[i]);
	diag_error(parse->diag, parse->place, "--%s must be %s, not '%s'", row->name, buf_text(&known), value->text);
	buf_release(&known);
}

static void add_to_list(const struct parse *parse, const struct option_row *row, struct option_value *value,
			const char *text)
{
	if (row->kind == OPTION_PAIRS && (!strchr(text, '=') || text[0] == '='))
		diag_error(parse->diag, parse->place, "--%s needs KEY=VALUE, not '%s'", row->name, text);
	const char **longer = ARENA_ARRAY(parse->arena, const char *, value->list_count + 1);
	if (value->list_count > 0)
		memcpy(longer, value->list, value->list_count * sizeof *longer);
	longer[value->list_count++] = text;
	value->list = longer;
}

static void set_value(const struct parse *parse, size_t index, const char *text)
{
	const struct option_row *row = &parse->options->rows[index];
	struct option_value *value = &parse->options->values[index];
	static void (*const setters[])(const struct parse *, const struct option_row *, struct option_value *) = {
		[OPTION_INT] = set_int,
		[OPTION_DOUBLE] = set_double,
		[OPTION_CHOICE] = set_choice,
		[OPTION_PAIRS] = NULL, /* gives the table its size */
	};
	value->text = text;
	if (is_repeatable(row->kind))
		add_to_list(parse, row, value, text);
	else if (setters[row->kind])
		setters[row->kind](parse, row, value);
}

static void set_fallbacks(const struct parse *parse)
{
	for (size_t i = 0; i < parse->options->row_count; i++) {
		parse->options->values[i].choice = -1;
		if (parse->options->rows[i].fallback)
			set_value(parse, i, parse->options->rows[i].fallback);
	}
}

static size_t index_of_id(const struct options *options, int id)
{
	if (id >= LONG_BASE)
		return (size_t)(id - LONG_BASE);
	size_t i = 0;
	while (i < options->row_count && options->rows[i].letter != id)
		i++;
	return i;
}

static void unknown_long(const struct parse *parse, const char *argument)
{
	const char *names[OPTION_ROWS_MAX + 1] = {"help"};
	size_t count = 1;
	for (size_t i = 0; i < parse->options->row_count; i++)
		names[count++] = parse->options->rows[i].name;
	char *word = arena_strndup(parse->arena, argument + 2, strcspn(argument + 2, "="));
	size_t prefixed = 0;
	for (size_t i = 0; i < count; i++)
		prefixed += strncmp(names[i], word, strlen(word)) == 0;
	const char *guess = did_you_mean(word, names, count);
	if (prefixed > 1)
		diag_error(parse->diag, parse->place, "option '--%s' could mean several", word);
	else if (guess)
		diag_error(parse->diag, parse->place, "unknown option '--%s'; did you mean '--%s'?", word, guess);
	else
		diag_error(parse->diag, parse->place, "unknown option '--%s'", word);
}

/* Adds the error that getopt_long's '?' or ':' stands for; argument is the word it stumbled over, id its optopt. */
static void add_option_error(const struct parse *parse, int result, int id, const char *argument)
{
	size_t index = id == HELP_ID ? parse->options->row_count : index_of_id(parse->options, id);
	const char *name = index < parse->options->row_count ? parse->options->rows[index].name : "help";
	if (result == ':')
		diag_error(parse->diag, parse->place, "--%s needs a value", name);
	else if (id >= LONG_BASE)
		diag_error(parse->diag, parse->place, "--%s takes no value", name);
	else if (id != 0)
		diag_error(parse->diag, parse->place, "unknown option '-%c'", id);
	else
		unknown_long(parse, argument);
}

/* ":" first silences getopt and makes it tell a missing value from an unknown option. */
static void describe_to_getopt(const struct options *options, struct option *longs, char *shorts)
{
	*shorts++ = ':';
	*shorts++ = 'h';
	for (size_t i = 0; i < options->row_count; i++) {
		const struct option_row *row = &options->rows[i];
		bool has_value = row->kind != OPTION_FLAG;
		longs[i] = (struct option){row->name, has_value ? required_argument : no_argument, NULL,
					   LONG_BASE + (int)i};
		if (row->letter) {
			*shorts++ = row->letter;
			if (has_value)
				*shorts++ = ':';
		}
	}
	longs[options->row_count] = (struct option){"help", no_argument, NULL, HELP_ID};
	*shorts = '\0';
}

bool options_parse(struct options *options, const struct option_row *rows, const char *program, int argc, char **argv,
		   int *first_operand, struct arena *arena, struct diag *diag)
{
	struct option longs[OPTION_ROWS_MAX + 2] = {0};
	char shorts[2 * OPTION_ROWS_MAX + 3];
	*options = (struct options){.rows = rows, .row_count = options_count(rows)};
	CHECK(options->row_count <= OPTION_ROWS_MAX);
	options->values = ARENA_ARRAY(arena, struct option_value, options->row_count);
	struct parse parse = {options, {.file = program}, arena, diag};
	size_t errors_before = diag->error_count;
	set_fallbacks(&parse);
	CHECK(diag->error_count == errors_before);
	describe_to_getopt(options, longs, shorts);
	optind = 0; /* glibc: start over, whatever was parsed before */
	for (int id; (id = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
		if (id == '?' || id == ':') {
			add_option_error(&parse, id, optopt, argv[optind - 1]);
		} else if (id == 'h' || id == HELP_ID) {
			options->help_wanted = true;
		} else {
			size_t index = index_of_id(options, id);
			options->values[index].given = true;
			set_value(&parse, index, optarg);
		}
	}
	*first_operand = optind;
	return diag->error_count == errors_before;
}

static const struct option_value *value_of(const struct options *options, const char *name)
{
	for (size_t i = 0; i < options->row_count; i++)
		if (strcmp(options->rows[i].name, name) == 0)
			return &options->values[i];
	check_failed(__FILE__, __LINE__, name);
}

bool options_given(const struct options *options, const char *name)
{
	return value_of(options, name)->given;
}

bool options_flag(const struct options *options, const char *name)
{
	return options_given(options, name);
}

const char *options_text(const struct options *options, const char *name)
{
	return value_of(options, name)->text;
}

int64_t options_int(const struct options *options, const char *name)
{
	return value_of(options, name)->integer;
}

double options_double(const struct options *options, const char *name)
{
	return value_of(options, name)->number;
}

int options_choice(const struct options *options, const char *name)
{
	return value_of(options, name)->choice;
}

const char *const *options_list(const struct options *options, const char *name, size_t *count)
{
	const struct option_value *value = value_of(options, name);
	*count = value->list_count;
	return value->list;
}

static int compare_integers(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static size_t remove_doubles(int64_t *sorted, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || sorted[i] != sorted[kept - 1])
			sorted[kept++] = sorted[i];
	return kept;
}

bool number_list_parse(const char *text, int64_t min, int64_t max, int64_t *values, size_t count_max, size_t *count,
		       struct err *err)
{
	*count = 0;
	for (const char *part = text; part; part = strchr(part, ',') ? strchr(part, ',') + 1 : NULL) {
		char number[NUM_TEXT_BYTES];
		size_t length = strcspn(part, ",");
		int64_t value;
		snprintf(number, sizeof number, "%.*s", (int)(length < sizeof number ? length : sizeof number - 1),
			 part);
		if (length >= sizeof number || !num_parse_int64(number, &value))
			return err_set(err, "'%.*s' is not an integer; numbers are separated by commas (1,10,100)",
				       (int)length, part);
		if (value < min || value > max)
			return err_set(err, "%lld is outside %lld to %lld", (long long)value, (long long)min,
				       (long long)max);
		if (*count == count_max)
			return err_set(err, "there are more than %zu numbers", count_max);
		values[(*count)++] = value;
	}
	qsort(values, *count, sizeof *values, compare_integers);
	*count = remove_doubles(values, *count);
	return true;
}
