#include "cli/number_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

static int by_value(const void *a, const void *b)
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
	qsort(values, *count, sizeof *values, by_value);
	*count = remove_doubles(values, *count);
	return true;
}
