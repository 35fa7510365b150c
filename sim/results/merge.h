/*
 * Several files of results into one: what the parts of a sweep found on several machines, or what can still be read of
 * a damaged file. Doing it twice changes nothing; what is in two files has to be equal in both.
 */
#ifndef LAMINA_MERGE_H
#define LAMINA_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "results/results.h"

struct merge_rules {
	bool any_version;    /* parts of other versions of Lamina may come in */
	bool any_experiment; /* and of other experiments, as points without a place in the sweep */
};

struct merge_counts {
	int64_t points;       /* of the part */
	int64_t replications; /* that were new */
};

/* In a transaction of `into`, which a failure leaves to be undone; counts are added to. */
bool merge_part(struct results *into, struct results *part, const struct merge_rules *rules,
		struct merge_counts *counts, struct err *err);

/*
 * Puts a damaged file aside as PATH.damaged and makes a new one with all of it that can be read and matches its
 * checksums; NULL where that cannot be written. points_max bounds the points that are looked for.
 */
struct results *merge_what_is_whole(const char *path, int64_t points_max, struct merge_counts *counts, struct err *err);

#endif
