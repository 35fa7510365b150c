/* Command lines against a table with one row of each kind: values, and the words about mistakes. */
#include "base/check.h"
#include "cli/options.h"

#include "tests/tap.h"

static const char *const colours[] = {"red", "green", "blue", NULL};

static const struct option_row rows[] = {
	{.name = "quick", .letter = 'q', .kind = OPTION_FLAG, .help = "be quick"},
	{.name = "output", .letter = 'o', .kind = OPTION_TEXT, .metavar = "FILE", .help = "where to"},
	{.name = "jobs",
	 .letter = 'j',
	 .kind = OPTION_INT,
	 .metavar = "N",
	 .help = "how many",
	 .fallback = "2",
	 .min = 1,
	 .max = 64},
	{.name = "weight", .kind = OPTION_DOUBLE, .metavar = "W", .help = "how heavy", .min = 0, .max = 1},
	{.name = "any", .kind = OPTION_INT, .metavar = "N", .help = "no bounds"},
	{.name = "colour",
	 .letter = 'c',
	 .kind = OPTION_CHOICE,
	 .metavar = "COLOUR",
	 .help = "which",
	 .choices = colours},
	{.name = "tag", .kind = OPTION_LIST, .metavar = "TAG", .help = "what else"},
	OPTION_ROW_SET,
	OPTION_ROW_FORMAT,
	OPTION_END,
};

enum { WORDS_MAX = 16 };

struct parsed {
	struct arena arena;
	struct diag diag;
	struct options options;
	char *argv[WORDS_MAX];
	int argc;
	int first_operand;
	bool ok;
};

/* Splits line at blanks; argv[0] is the program. */
static void parse(struct parsed *parsed, const char *line)
{
	memset(parsed, 0, sizeof *parsed);
	char *text = arena_printf(&parsed->arena, "lamina %s", line);
	for (char *p = text; p; parsed->argc++) {
		parsed->argv[parsed->argc] = p;
		p = strchr(p, ' ');
		if (p)
			*p++ = '\0';
	}
	parsed->ok = options_parse(&parsed->options, rows, "lamina run", parsed->argc, parsed->argv,
				   &parsed->first_operand, &parsed->arena, &parsed->diag);
}

static void release(struct parsed *parsed)
{
	diag_release(&parsed->diag);
	arena_release(&parsed->arena);
}

static void test_values(void)
{
	struct parsed p;
	size_t count;
	parse(&p, "-qj4 exp.yaml --colour=blue -o out --weight 0.25 --tag a --tag b -s x.y=1 --any -3");
	t_ok(p.ok, "a full line is accepted");
	t_ok(options_flag(&p.options, "quick"), "flag");
	t_int(options_int(&p.options, "jobs"), 4, "integer in a cluster of letters");
	t_int(options_int(&p.options, "any"), -3, "a negative integer is a value, not an option");
	t_near(options_double(&p.options, "weight"), 0.25, 0, 0, "double");
	t_str(options_text(&p.options, "output"), "out", "text");
	t_int(options_choice(&p.options, "colour"), 2, "choice");
	const char *const *tags = options_list(&p.options, "tag", &count);
	t_int((int)count, 2, "a list keeps all its values");
	t_str(tags[0], "a", "in order");
	t_str(tags[1], "b", "to the last");
	t_str(options_list(&p.options, "set", &count)[0], "x.y=1", "pairs are kept whole");
	t_int(p.argc - p.first_operand, 1, "one operand");
	t_str(p.argv[p.first_operand], "exp.yaml", "operands may stand between options");
	release(&p);
}

static void test_bounds(void)
{
	static const char *const lines[] = {"-j 1", "-j 64", "--weight 0", "--weight 1", "--any -9223372036854775808"};
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct parsed p;
		parse(&p, lines[i]);
		t_ok(p.ok, "%s lies on a bound, which is allowed", lines[i]);
		release(&p);
	}
}

static void test_fallbacks(void)
{
	struct parsed p;
	size_t count;
	parse(&p, "-- --quick");
	t_ok(p.ok, "nothing given");
	t_int(options_int(&p.options, "jobs"), 2, "the fallback of an integer");
	t_ok(!options_given(&p.options, "jobs"), "a fallback is not 'given'");
	t_int(options_choice(&p.options, "format"), 0, "the fallback of a choice");
	t_int(options_choice(&p.options, "colour"), -1, "a choice without fallback");
	t_ok(!options_text(&p.options, "output"), "a text without fallback");
	options_list(&p.options, "tag", &count);
	t_int((int)count, 0, "an empty list");
	t_ok(!options_flag(&p.options, "quick"), "what follows -- is no option");
	release(&p);
}

static const struct {
	const char *line;
	const char *message;
} mistakes[] = {
	{"--quik", "unknown option '--quik'; did you mean '--quick'?"},
	{"--zzzzzz", "unknown option '--zzzzzz'"},
	{"-z", "unknown option '-z'"},
	{"--output", "--output needs a value"},
	{"-o", "--output needs a value"},
	{"--quick=3", "--quick takes no value"},
	{"--help=3", "--help takes no value"},
	{"-j x", "--jobs must be a whole number, not 'x'"},
	{"-j 1.0", "--jobs must be a whole number, not '1.0'; write 1"},
	{"-j 010", "--jobs must be a whole number, not '010'; write 10"},
	{"-j 0", "--jobs is 0, outside 1 to 64"},
	{"-j 65", "--jobs is 65, outside 1 to 64"},
	{"--weight 1e-5xyz", "--weight must be a number, not '1e-5xyz'; write the number alone"},
	{"--weight 1.5", "--weight is 1.5, outside 0 to 1"},
	{"-c pink", "--colour must be red, green or blue, not 'pink'"},
	{"-s novalue", "--set needs KEY=VALUE, not 'novalue'"},
	{"-s =1", "--set needs KEY=VALUE, not '=1'"},
};

static void test_mistakes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		struct parsed p;
		parse(&p, mistakes[i].line);
		t_ok(!p.ok && p.diag.count == 1, "%s is one mistake", mistakes[i].line);
		t_str(p.diag.count ? p.diag.entries[0].text : NULL, mistakes[i].message, mistakes[i].line);
		release(&p);
	}
	struct parsed p;
	parse(&p, "-j x --weight y --colour z --nothing");
	t_int((int)p.diag.count, 4, "all mistakes are reported at once");
	t_str(p.diag.entries[0].place.file, "lamina run", "under the command's name");
	release(&p);
}

static void ask_for_unknown_row(void)
{
	struct parsed p;
	parse(&p, "");
	options_text(&p.options, "nothing");
}

int main(void)
{
	test_values();
	test_bounds();
	test_fallbacks();
	test_mistakes();
	struct parsed p;
	parse(&p, "-h");
	t_ok(p.options.help_wanted, "-h asks for help");
	release(&p);
	parse(&p, "--help --quick");
	t_ok(p.options.help_wanted && p.ok, "--help as well");
	release(&p);
	t_aborts(ask_for_unknown_row, "asking for a row that the table lacks is a bug");
	return t_done();
}
