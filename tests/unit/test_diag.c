/* Collected mistakes, and the words of failures. */
#include "base/buf.h"
#include "base/check.h"
#include "base/diag.h"
#include "base/err.h"
#include "tests/tap.h"

static void print_into(struct diag *diag, char *text, size_t bytes)
{
	FILE *stream = fmemopen(text, bytes, "w");
	diag_print(diag, stream);
	fclose(stream);
}

static void test_order(void)
{
	struct diag diag;
	char text[1024] = "";
	diag_init(&diag);
	t_ok(!diag_has_errors(&diag), "no errors at first");
	diag_warning(&diag, (struct diag_place){"b.yaml", 1, 1}, "odd");
	t_ok(!diag_has_errors(&diag), "a warning is no error");
	diag_error(&diag, (struct diag_place){"a.yaml", 10, 2}, "late");
	diag_error(&diag, (struct diag_place){"a.yaml", 9, 5}, "right");
	diag_error(&diag, (struct diag_place){"a.yaml", 9, 4}, "left %d", 7);
	diag_error(&diag, (struct diag_place){"a.yaml", 0, 0}, "whole file");
	diag_error(&diag, (struct diag_place){0}, "nowhere");
	t_int(diag.error_count, 5, "errors are counted without warnings");
	print_into(&diag, text, sizeof text);
	t_str(text,
	      "nowhere\n"
	      "a.yaml: whole file\n"
	      "a.yaml:9:4: left 7\n"
	      "a.yaml:9:5: right\n"
	      "a.yaml:10:2: late\n"
	      "b.yaml:1:1: warning: odd\n",
	      "sorted by file, line and column");
	diag_release(&diag);
	t_ok(!diag_has_errors(&diag), "none after release");
}

static void test_bounds(void)
{
	struct diag diag;
	static char text[16384];
	diag_init(&diag);
	for (int i = 0; i < DIAG_MAX + 5; i++)
		diag_error(&diag, (struct diag_place){"f", i + 1, 1}, "wrong");
	t_int(diag.count, DIAG_MAX, "so many are kept");
	t_int(diag.error_count, DIAG_MAX + 5, "all are counted");
	print_into(&diag, text, sizeof text);
	t_has(text, "f:100:1: wrong\n... and 5 more\n", "and the rest is told");
	diag_release(&diag);
}

static void test_repeated(void)
{
	struct diag diag;
	char text[256] = "";
	diag_init(&diag);
	for (int i = 0; i < 3 * DIAG_MAX; i++) {
		diag_error(&diag, (struct diag_place){"f", 1, 1}, "wrong");
		diag_error(&diag, (struct diag_place){"f", 1, 2}, "wrong");
	}
	t_int(diag.error_count, 6 * DIAG_MAX, "repeated errors are counted");
	print_into(&diag, text, sizeof text);
	t_str(text, "f:1:1: wrong\nf:1:2: wrong\n", "and said once per place");
	diag_release(&diag);
}

static void test_controls(void)
{
	struct diag diag;
	diag_init(&diag);
	diag_error(&diag, (struct diag_place){0}, "a\x1b[31m\n\x7f \xc2\x9b é");
	t_str(diag.entries[0].text, "a?[31m?? ?? é", "control characters do not reach the terminal");
	char *longest = arena_alloc(&diag.arena, 5000);
	memset(longest, 'x', 4999);
	diag_error(&diag, (struct diag_place){0}, "%s", longest);
	t_int(strlen(diag.entries[1].text), 1023, "a message is cut");
	t_int(strlen(diag_excerpt(longest, &diag.arena)), DIAG_EXCERPT_BYTES, "an excerpt is cut sooner");
	t_str(diag_excerpt("short", &diag.arena), "short", "a short one is whole");
	/* The cut would fall within the é that starts at byte 56. */
	memcpy(longest + DIAG_EXCERPT_BYTES - 4, "é", 2);
	t_int(strlen(diag_excerpt(longest, &diag.arena)), DIAG_EXCERPT_BYTES - 1, "and never within a character");
	diag_release(&diag);
}

static void test_did_you_mean(void)
{
	static const char *const known[] = {"memory_mb", "timeout_seconds", "cold_start_seconds", "name", "era"};
	static const struct {
		const char *word;
		const char *meant;
	} cases[] = {
		{"memory_mb", "memory_mb"},
		{"memroy_mb", "memory_mb"},
		{"memorymb", "memory_mb"},
		{"memory", "memory_mb"},
		{"cold_start_sec", "cold_start_seconds"},
		{"cold", NULL},
		{"timeout_second", "timeout_seconds"},
		{"nmae", "name"},
		{"nnaammee", NULL},
		{"ear", "era"},
		{"e", NULL},
		{"", NULL},
		{"price", NULL},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		t_str(did_you_mean(cases[i].word, known, 5), cases[i].meant, cases[i].word);
	char endless[3000];
	memset(endless, 'n', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	t_str(did_you_mean(endless, known, 5), NULL, "a word of 3,000 letters");
	t_str(did_you_mean("x", NULL, 0), NULL, "no candidates");
}

static void test_err(void)
{
	struct err err;
	char big[2 * ERR_TEXT_BYTES];
	memset(big, 'y', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	t_ok(!err_set(&err, "cannot open '%s'", "x") && !err_prefix(&err, "model '%s'", "m"), "both return false");
	t_str(err.text, "model 'm': cannot open 'x'", "a prefix is put before the text");
	err_set(&err, "%s", big);
	t_int(strlen(err.text), ERR_TEXT_BYTES - 1, "a long text is cut");
	err_prefix(&err, "%s", big);
	t_ok(strlen(err.text) < ERR_TEXT_BYTES && strstr(err.text, "y: y"), "a long prefix leaves room for the text");
}

int main(void)
{
	test_order();
	test_bounds();
	test_repeated();
	test_controls();
	test_did_you_mean();
	test_err();
	return t_done();
}
