/*
 * A benchmark measures a rate several times and reports the median; the spread is half the distance between the
 * quartiles, in percent of the median. CPU time of the calling thread is measured, so that a busy neighbour costs
 * cache and not time. One line per benchmark goes to standard output and one JSON object to the file named by
 * LAMINA_BENCH_JSONL, where that is set.
 */
#ifndef LAMINA_BENCH_H
#define LAMINA_BENCH_H

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/json.h"

enum { BENCH_REPEATS = 7 };

struct bench_rate {
	double median;
	double spread_percent;
};

__attribute__((unused)) static double bench_cpu_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

__attribute__((unused)) static int bench_compare_(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

__attribute__((unused)) static struct bench_rate bench_rate_of(double rates[BENCH_REPEATS])
{
	qsort(rates, BENCH_REPEATS, sizeof rates[0], bench_compare_);
	struct bench_rate rate = {.median = rates[BENCH_REPEATS / 2]};
	rate.spread_percent = 50 * (rates[BENCH_REPEATS * 3 / 4] - rates[BENCH_REPEATS / 4]) / rate.median;
	return rate;
}

/* run(context, amount) does `amount` units of work; each of the repeats is one call. A warm-up call goes first. */
__attribute__((unused)) static struct bench_rate bench_measure(void (*run)(void *context, uint64_t amount),
							       void *context, uint64_t amount)
{
	double rates[BENCH_REPEATS];
	run(context, amount / 2 + 1);
	for (int i = 0; i < BENCH_REPEATS; i++) {
		double start = bench_cpu_seconds();
		run(context, amount);
		rates[i] = (double)amount / (bench_cpu_seconds() - start);
	}
	return bench_rate_of(rates);
}

/* The value of a row that was reported before in the same file; 0 where there is none. */
__attribute__((unused)) static double bench_earlier(const char *name)
{
	const char *path = getenv("LAMINA_BENCH_JSONL");
	FILE *in = path ? fopen(path, "r") : NULL;
	double value = 0;
	json_error_t error;
	json_t *row;
	while (in && (row = json_loadf(in, JSON_DISABLE_EOF_CHECK, &error))) {
		if (strcmp(json_string_value(json_object_get(row, "name")), name) == 0)
			value = json_number_value(json_object_get(row, "value"));
		json_decref(row);
	}
	if (in)
		fclose(in);
	return value;
}

/* reference and its value may be NULL and 0: then the row is itself a reference. */
__attribute__((unused)) static void bench_report(const char *name, struct bench_rate rate, const char *unit,
						 const char *reference, double reference_value)
{
	printf("%-24s %12.5g %-14s +-%4.1f%%", name, rate.median, unit, rate.spread_percent);
	if (reference)
		printf("  %8.2f x %s", rate.median / reference_value, reference);
	putchar('\n');
	fflush(stdout);
	const char *path = getenv("LAMINA_BENCH_JSONL");
	if (!path)
		return;
	struct buf line;
	struct json json;
	buf_init(&line);
	json_init(&json, &line, false);
	json_object_begin(&json);
	json_field_text(&json, "name", name);
	json_field_double(&json, "value", rate.median);
	json_field_text(&json, "unit", unit);
	json_field_double(&json, "spread", rate.spread_percent);
	json_key(&json, "reference");
	if (reference)
		json_text(&json, reference);
	else
		json_none(&json);
	json_field_double(&json, "ratio", reference ? rate.median / reference_value : (double)NAN);
	json_object_end(&json);
	buf_add_char(&line, '\n');
	FILE *out = fopen(path, "a");
	if (!out || fputs(buf_text(&line), out) < 0 || fclose(out) != 0) {
		perror(path);
		exit(1);
	}
	buf_release(&line);
}

#endif
