/* Reading a point without its replications. */
#ifndef LAMINA_RESULTS_POINT_H
#define LAMINA_RESULTS_POINT_H /* private to results */

#include "results/results.h"

/* *is_whole: it is there and matches its checksum. */
bool results_read_point(struct results *results, int64_t id, struct arena *arena, struct results_point *out,
			bool *is_whole, struct err *err);

#endif
