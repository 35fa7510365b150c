#include "base/tuning_chart.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"

static const char base_url[] = "https://lambda-power-tuning.show/#";
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { SIZE_BYTES = 2, FLOAT_BYTES = 4, ARRAYS = 3, PARTS_MAX = ARRAYS * TUNING_SERIES_MAX + TUNING_SERIES_MAX };

static void add_base64(const unsigned char *bytes, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16;
		group |= i + 1 < count ? (uint32_t)bytes[i + 1] << 8 : 0;
		group |= i + 2 < count ? bytes[i + 2] : 0;
		buf_add_char(out, digits[group >> 18 & 63]);
		buf_add_char(out, digits[group >> 12 & 63]);
		buf_add_char(out, i + 1 < count ? digits[group >> 6 & 63] : '=');
		buf_add_char(out, i + 2 < count ? digits[group & 63] : '=');
	}
}

/* The bytes' number, at most `max`; -1 for what is no base64. Padding may be missing, as some tools cut it. */
static int read_base64(const char *text, size_t length, unsigned char *out, int max)
{
	uint32_t bits = 0;
	int bit_count = 0;
	int count = 0;
	while (length > 0 && text[length - 1] == '=')
		length--;
	for (size_t i = 0; i < length; i++) {
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
		if (!digit)
			return -1;
		bits = bits << 6 | (uint32_t)(digit - digits);
		bit_count += 6;
		if (bit_count < 8)
			continue;
		bit_count -= 8;
		if (count == max)
			return -1;
		out[count++] = (unsigned char)(bits >> bit_count);
	}
	return count;
}

static void put_bytes(uint32_t bits, int count, unsigned char *out)
{
	for (int i = 0; i < count; i++)
		out[i] = (unsigned char)(bits >> 8 * i);
}

static uint32_t take_bytes(const unsigned char *bytes, int count)
{
	uint32_t bits = 0;
	for (int i = 0; i < count; i++)
		bits |= (uint32_t)bytes[i] << 8 * i;
	return bits;
}

static void put_float(double value, unsigned char out[FLOAT_BYTES])
{
	float single = (float)value;
	uint32_t bits;
	memcpy(&bits, &single, sizeof bits);
	put_bytes(bits, FLOAT_BYTES, out);
}

static double take_float(const unsigned char bytes[FLOAT_BYTES])
{
	uint32_t bits = take_bytes(bytes, FLOAT_BYTES);
	float single;
	memcpy(&single, &bits, sizeof single);
	return (double)single;
}

void tuning_chart_write(const struct tuning_point *points, int count, struct buf *out)
{
	size_t numbers = (size_t)count;
	unsigned char *bytes = mem_alloc((SIZE_BYTES + 2 * FLOAT_BYTES) * numbers + 1);
	unsigned char *times = bytes + SIZE_BYTES * numbers;
	unsigned char *costs = times + FLOAT_BYTES * numbers;
	for (size_t i = 0; i < numbers; i++) {
		put_bytes((uint32_t)points[i].memory_mb, SIZE_BYTES, &bytes[SIZE_BYTES * i]);
		put_float(points[i].milliseconds, &times[FLOAT_BYTES * i]);
		put_float(points[i].usd, &costs[FLOAT_BYTES * i]);
	}
	buf_add(out, base_url);
	add_base64(bytes, SIZE_BYTES * numbers, out);
	buf_add_char(out, ';');
	add_base64(times, FLOAT_BYTES * numbers, out);
	buf_add_char(out, ';');
	add_base64(costs, FLOAT_BYTES * numbers, out);
	mem_free(bytes);
}

static int hex_digit(char c)
{
	static const char hex[] = "0123456789ABCDEF0123456789abcdef";
	const char *digit = c ? strchr(hex + (c >= 'a' ? 16 : 0), c) : NULL;
	return digit ? (int)(digit - hex) % 16 : -1;
}

/* One part of the address without percent-encoding; a NUL that is encoded ends it. */
static void decode_part(const char *text, size_t length, struct buf *out)
{
	for (size_t i = 0; i < length; i++) {
		bool is_encoded =
			text[i] == '%' && i + 2 < length && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
		char c = is_encoded ? (char)(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
		if (c)
			buf_add_char(out, c);
		i += is_encoded ? 2 : 0;
	}
}

/* The address's parts; returns their number, at most PARTS_MAX. */
static int split_address(const char *fragment, size_t length, struct buf parts[PARTS_MAX])
{
	int count = 0;
	size_t at = 0;
	while (count < PARTS_MAX) {
		const char *end = memchr(fragment + at, ';', length - at);
		size_t part = end ? (size_t)(end - fragment) - at : length - at;
		decode_part(fragment + at, part, &parts[count++]);
		if (!end)
			break;
		at += part + 1;
	}
	return count;
}

/* Sizes with times, as many as there are; costs may be missing. */
static const char *read_series(const struct buf parts[ARRAYS], struct tuning_series *series, bool *is_cut)
{
	enum { BYTES_MAX = FLOAT_BYTES * TUNING_POINTS_MAX };
	static const int number_bytes[ARRAYS] = {SIZE_BYTES, FLOAT_BYTES, FLOAT_BYTES};
	unsigned char bytes[ARRAYS][BYTES_MAX];
	int counts[ARRAYS];
	for (int i = 0; i < ARRAYS; i++) {
		int max = number_bytes[i] * TUNING_POINTS_MAX;
		counts[i] = read_base64(buf_text(&parts[i]), parts[i].length, bytes[i], max);
		if (counts[i] < 0)
			return "what is behind its '#' is no base64, or of too many numbers";
		counts[i] /= number_bytes[i];
		*is_cut = *is_cut || counts[i] != counts[0];
	}
	series->count = counts[0] < counts[1] ? counts[0] : counts[1];
	for (int i = 0; i < series->count; i++) {
		struct tuning_point *point = &series->points[i];
		point->memory_mb = take_bytes(&bytes[0][SIZE_BYTES * i], SIZE_BYTES);
		point->milliseconds = take_float(&bytes[1][FLOAT_BYTES * i]);
		point->usd = i < counts[2] ? take_float(&bytes[2][FLOAT_BYTES * i]) : (double)NAN;
	}
	return series->count > 0 ? NULL : "it holds no size with a time; is it cut off?";
}

static const char *read_fragment(const char *fragment, size_t length, struct tuning_chart *out)
{
	struct buf parts[PARTS_MAX];
	for (int i = 0; i < PARTS_MAX; i++)
		buf_init(&parts[i]);
	int count = split_address(fragment, length, parts);
	bool is_comparison = count >= 2 * ARRAYS;
	const char *problem = count < 2 ? "it holds no sizes and times; is it cut off?" : NULL;
	out->is_cut = false;
	out->series_count = is_comparison ? 2 : 1;
	for (int i = 0; i < out->series_count && !problem; i++) {
		struct tuning_series *series = &out->series[i];
		const char *name = is_comparison ? buf_text(&parts[2 * ARRAYS + i]) : "";
		size_t name_length = strnlen(name, TUNING_NAME_BYTES - 1);
		problem = read_series(&parts[ARRAYS * i], series, &out->is_cut);
		memcpy(series->name, name, name_length);
		series->name[name_length] = '\0';
	}
	for (int i = 0; i < PARTS_MAX; i++)
		buf_release(&parts[i]);
	return problem;
}

enum tuning_chart_found tuning_chart_read(const char *text, struct tuning_chart *out, const char **problem)
{
	static const char ends[] = " \t\r\n\"'<>()[]\\";
	*problem = NULL;
	for (const char *hash = strchr(text, '#'); hash; hash = strchr(hash + 1, '#')) {
		const char *begin = hash;
		while (begin > text && !strchr(ends, begin[-1]))
			begin--;
		size_t length = strcspn(hash + 1, ends);
		struct buf address;
		buf_init(&address);
		buf_add_bytes(&address, begin, (size_t)(hash - begin));
		bool is_address = strstr(buf_text(&address), "://") != NULL;
		bool is_tools = is_address && strstr(buf_text(&address), "power-tuning") != NULL;
		buf_release(&address);
		/* A page of another name may show such charts as well. */
		*problem = is_address ? read_fragment(hash + 1, length, out) : NULL;
		if (is_address && !*problem && (is_tools || !out->is_cut))
			return TUNING_CHART_READ;
		if (is_tools)
			return TUNING_CHART_BROKEN;
	}
	return TUNING_CHART_NONE;
}
