/* Lists of numbers in options. */
#include "base/check.h"
#include "cli/options.h"
#include "tests/tap.h"

enum { MOST = 4 };

static const struct {
	const char *text, *words; /* NULL: accepted */
	size_t count;
	int64_t first, last;
} cases[] = {
	{"7", NULL, 1, 7, 7},
	{"1,10,100", NULL, 3, 1, 100},
	{"100,1,10,1", NULL, 3, 1, 100},
	{"1,2,3,4", NULL, 4, 1, 4},
	{"1,2,3,4,5", "there are more than 4 numbers", 0, 0, 0},
	{"", "'' is not an integer; numbers are separated by commas (1,10,100)", 0, 0, 0},
	{"1,", "'' is not an integer; numbers are separated by commas (1,10,100)", 0, 0, 0},
	{"1,,2", "'' is not an integer; numbers are separated by commas (1,10,100)", 0, 0, 0},
	{"1 ,2", "'1 ' is not an integer; numbers are separated by commas (1,10,100)", 0, 0, 0},
	{"1.5", "'1.5' is not an integer; numbers are separated by commas (1,10,100)", 0, 0, 0},
	{"1,99999999999999999999",
	 "'99999999999999999999' is not an integer; numbers are separated by commas (1,10,100)", 0, 0, 0},
	{"1,0000000000000000000000000000000000001",
	 "'0000000000000000000000000000000000001' is not an integer; numbers are separated by commas (1,10,100)", 0, 0,
	 0},
	{"0", "0 is outside 1 to 1000", 0, 0, 0},
	{"1,1001", "1001 is outside 1 to 1000", 0, 0, 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t values[MOST];
		size_t count;
		struct err err;
		bool ok = number_list_parse(cases[i].text, 1, 1000, values, MOST, &count, &err);
		t_ok(ok == !cases[i].words, "'%s'", cases[i].text);
		if (!ok) {
			t_str(err.text, cases[i].words, "says why not");
			continue;
		}
		t_int(count, cases[i].count, "numbers");
		t_int(values[0], cases[i].first, "the smallest first");
		t_int(values[count - 1], cases[i].last, "the largest last");
	}
	return t_done();
}
