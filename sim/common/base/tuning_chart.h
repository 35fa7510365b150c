/*
 * The address of an AWS Lambda Power Tuning chart, which holds all points that it shows: behind '#', base64 of three
 * little-endian arrays joined by ';': sizes as 16-bit integers, then milliseconds and USD as 32-bit floats. Two
 * functions that are compared are two such triples, then the name of each, percent-encoded.
 *
 * Source: aws-lambda-power-tuning-ui, encode.js and UI.md ("URL format", "Comparison URL format").
 */
#ifndef LAMINA_TUNING_CHART_H
#define LAMINA_TUNING_CHART_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct tuning_point {
	int64_t memory_mb;
	double milliseconds;
	double usd; /* NaN where the address is cut off */
};

enum { TUNING_POINTS_MAX = 256, TUNING_SERIES_MAX = 2, TUNING_NAME_BYTES = 128 };

struct tuning_series {
	char name[TUNING_NAME_BYTES]; /* "" where the address tells none */
	struct tuning_point points[TUNING_POINTS_MAX];
	int count;
};

struct tuning_chart {
	struct tuning_series series[TUNING_SERIES_MAX];
	int series_count;
	bool is_cut; /* it has more of one array than of another */
};

/* The address of the points in the tool's user interface. */
void tuning_chart_write(const struct tuning_point *points, int count, struct buf *out);

enum tuning_chart_found {
	TUNING_CHART_NONE,
	TUNING_CHART_READ,
	TUNING_CHART_BROKEN, /* an address of such charts, but not all of it can be read */
};

/* The first address in the text, whatever stands around it. *problem gets a clause where it is broken. */
enum tuning_chart_found tuning_chart_read(const char *text, struct tuning_chart *out, const char **problem);

#endif
