/* One table, three renderings; widths of text that is not ASCII. */
#include "base/check.h"
#include "cli/table.h"

#include "cli/terminal.h"
#include "tests/tap.h"

static const struct table_column columns[] = {
	{.name = "stage", .heading = "Stage"},
	{.name = "makespan_seconds", .heading = "Makespan s", .align = TABLE_RIGHT, .decimals = 2},
	{.name = "cold_starts", .align = TABLE_RIGHT},
	{.name = "seed", .is_data_only = true},
	{.name = "share", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "is_cheapest"},
};

static void fill(struct table *table)
{
	table_init(table, columns, ARRAY_LEN(columns));
	table_text(table, "conv1, \"größte\"");
	table_double(table, 28.125);
	table_int(table, 12);
	table_int(table, 7);
	table_double(table, 0.1234567);
	table_bool(table, true);
	table_end_row(table);
	table_printf(table, "fc%d", 2);
	table_missing(table);
	table_int(table, -1);
	table_int(table, 7);
	table_double(table, NAN);
	table_bool(table, false);
	table_end_row(table);
}

static void expect(enum table_format format, const char *want, const char *name)
{
	struct table table;
	struct buf out;
	buf_init(&out);
	fill(&table);
	t_int((int)table_row_count(&table), 2, "two rows");
	table_render(&table, format, &out);
	t_str(buf_text(&out), want, name);
	buf_release(&out);
	table_release(&table);
}

static void test_numbers(void)
{
	static const struct table_column column = {.name = "memory_mb"};
	struct table table;
	struct buf out;
	buf_init(&out);
	table_init(&table, &column, 1);
	table_numbers(&table, "1792");
	table_numbers(&table, "512, 0.25");
	table_text(&table, "a\x1b[1m\n\xc2\x9b");
	table_render(&table, TABLE_TEXT, &out);
	t_str(buf_text(&out), "memory_mb\n1792\n512, 0.25\na?[1m???\n", "as written, and nothing for a terminal");
	buf_clear(&out);
	table_render(&table, TABLE_JSON, &out);
	t_str(buf_text(&out),
	      "[\n  {\n    \"memory_mb\": 1792\n  },\n  {\n    \"memory_mb\": [\n      512,\n      0.25\n    ]\n  },\n"
	      "  {\n    \"memory_mb\": \"a\\u001b[1m\\n\\u009b\"\n  }\n]\n",
	      "numbers are numbers");
	buf_release(&out);
	table_release(&table);
}

static void test_significant(void)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{0.00012346, "0.0001235"}, {123.456, "123.5"},   {9999.4, "9999"}, {9999.6, "10000"},
		{-54696.4, "-54696"},      {2010000, "2010000"}, {2e9, "2e+09"},
	};
	static const struct table_column column = {.name = "x", .decimals = TABLE_SIGNIFICANT};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct table table;
		struct buf out;
		buf_init(&out);
		table_init(&table, &column, 1);
		table_double(&table, cases[i].value);
		table_end_row(&table);
		table_render(&table, TABLE_TEXT, &out);
		t_has(buf_text(&out), cases[i].text, cases[i].text);
		t_int((int)out.length, (int)strlen(cases[i].text) + 3, "and no more");
		table_release(&table);
		buf_release(&out);
	}
}

static void test_empty(void)
{
	struct table table;
	struct buf out;
	buf_init(&out);
	table_init(&table, columns, 3);
	table_render(&table, TABLE_TEXT, &out);
	t_str(buf_text(&out), "Stage  Makespan s  cold_starts\n", "an empty table is its heading");
	buf_clear(&out);
	table_render(&table, TABLE_JSON, &out);
	t_str(buf_text(&out), "[]\n", "an empty table is an empty array");
	buf_release(&out);
	table_release(&table);
}

static void end_short_row(void)
{
	struct table table;
	table_init(&table, columns, 2);
	table_text(&table, "alone");
	table_end_row(&table);
}

static const struct {
	const char *text;
	int width;
} widths[] = {
	{"", 0},         {"abc", 3},  {"größte", 6},   {"e\xcc\x81", 1}, /* e and a combining acute */
	{"한국", 4},     {"→ µs", 4}, {"\xff\xfe", 2},                   /* not UTF-8 */
	{"\xe2\x82", 2},                                                 /* cut off */
};

int main(void)
{
	expect(TABLE_TEXT,
	       "Stage            Makespan s  cold_starts   share  is_cheapest\n"
	       "conv1, \"größte\"       28.12           12  0.1235  yes\n"
	       "fc2                       -           -1       -  no\n",
	       "text: aligned by columns, numbers to the right, data-only columns left out");
	expect(TABLE_CSV,
	       "stage,makespan_seconds,cold_starts,seed,share,is_cheapest\n"
	       "\"conv1, \"\"größte\"\"\",28.125,12,7,0.1234567,true\n"
	       "fc2,,-1,7,,false\n",
	       "CSV: full numbers, quoted text, empty where missing");
	expect(TABLE_JSON,
	       "[\n  {\n    \"stage\": \"conv1, \\\"größte\\\"\",\n    \"makespan_seconds\": 28.125,\n"
	       "    \"cold_starts\": 12,\n    \"seed\": 7,\n    \"share\": 0.1234567,\n    \"is_cheapest\": true\n  "
	       "},\n"
	       "  {\n    \"stage\": \"fc2\",\n    \"makespan_seconds\": null,\n    \"cold_starts\": -1,\n"
	       "    \"seed\": 7,\n    \"share\": null,\n    \"is_cheapest\": false\n  }\n]\n",
	       "JSON: the same names and numbers, null where missing");
	test_numbers();
	test_significant();
	test_empty();
	t_aborts(end_short_row, "a row that is not full is a bug");
	for (size_t i = 0; i < ARRAY_LEN(widths); i++)
		t_int(terminal_text_width(widths[i].text), widths[i].width, "width of text");
	return t_done();
}
