/*
 * A command's options are a table. Parsing (getopt_long), range checks, "did you mean", --help, the manual pages and
 * the shell completions all follow from its rows. All mistakes of a command line are reported at once.
 */
#ifndef LAMINA_OPTIONS_H
#define LAMINA_OPTIONS_H /* private to cli */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "cli/names.h"

enum option_kind {
	OPTION_FLAG,   /* given or not */
	OPTION_TEXT,   /* a word, a file name */
	OPTION_INT,    /* in [min, max] */
	OPTION_DOUBLE, /* in [min, max] */
	OPTION_CHOICE, /* one of choices */
	OPTION_LIST,   /* text, may be repeated */
	OPTION_PAIRS,  /* key=value, may be repeated */
};

enum { OPTION_ROWS_MAX = 60 };

struct option_row {
	const char *name; /* long spelling without dashes; NULL ends the table */
	char letter;      /* short spelling, 0 for none */
	enum option_kind kind;
	const char *metavar;  /* what --help calls the value; NULL for flags */
	const char *help;     /* one sentence: lower case, no full stop, with the unit */
	const char *fallback; /* value used when the option is absent, as typed; NULL: see the getters */
	double min;           /* numbers; both 0 means unbounded */
	double max;
	const char *const *choices; /* OPTION_CHOICE: NULL-terminated */
	bool hidden;                /* left out of --help, manual and completions */
	names_writer *names;        /* values that completions offer, beside files; may be NULL */
};

/* table, json, csv: those of enum table_format. */
extern const char *const option_format_choices[];

/* clang-format off */
#define OPTION_END { .name = NULL }

/* Rows that many commands share. */
#define OPTION_ROW_FORMAT \
	{ .name = "format", .letter = 'f', .kind = OPTION_CHOICE, .metavar = "FORMAT", .fallback = "table", \
	  .choices = option_format_choices, .help = "how results are printed" }
#define OPTION_ROW_SET \
	{ .name = "set", .letter = 's', .kind = OPTION_PAIRS, .metavar = "KEY=VALUE", \
	  .help = "replace one value of the experiment; the value is read as YAML", .names = names_of_settings }
/* clang-format on */

struct option_value {
	bool given; /* on the command line */
	const char *text;
	int64_t integer;
	double number;
	int choice;
	const char **list;
	size_t list_count;
};

struct options {
	const struct option_row *rows;
	size_t row_count;
	struct option_value *values; /* one per row */
	bool help_wanted;            /* --help or -h, which every table has without a row */
};

/*
 * Parses argv[1...] and permutes argv so that operands come last; *first_operand is their index. Mistakes go to the
 * diag under the program's name (program must outlive the diag). Values live in the arena and argv.
 */
bool options_parse(struct options *options, const struct option_row *rows, const char *program, int argc, char **argv,
		   int *first_operand, struct arena *arena, struct diag *diag);

/* Rows before the OPTION_END; 0 for NULL. */
size_t options_count(const struct option_row *rows);

/* The getters CHECK that the table has such a row. An absent option without fallback is NULL, 0 or -1 (choice). */
bool options_flag(const struct options *options, const char *name);
bool options_given(const struct options *options, const char *name);
const char *options_text(const struct options *options, const char *name);
int64_t options_int(const struct options *options, const char *name);
double options_double(const struct options *options, const char *name);
int options_choice(const struct options *options, const char *name); /* index into choices */
const char *const *options_list(const struct options *options, const char *name, size_t *count);

/* Options that take several numbers: "1,10,100". */
/*
 * Integers in [min, max], separated by commas, at most count_max of them, sorted and without doubles. False with err
 * naming the part that is wrong.
 */
bool number_list_parse(const char *text, int64_t min, int64_t max, int64_t *values, size_t count_max, size_t *count,
		       struct err *err);

#endif
