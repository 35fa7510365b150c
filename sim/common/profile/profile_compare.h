/*
 * Two profiles of one network beside each other: at every record size and number of threads that both have measured,
 * the ratio of their times, of the whole network and of each layer, with the interval that their spreads leave it.
 * What was measured together was disturbed together: a network's interval is the sum of its layers'. A time differs
 * where its ratio's interval does not hold 1.
 */
#ifndef LAMINA_PROFILE_COMPARE_H
#define LAMINA_PROFILE_COMPARE_H

#include "base/err.h"
#include "profile/profile.h"

struct profile_ratio {
	const char *layer; /* NULL: the network's, over the layers that both have */
	int64_t images;
	int64_t threads;
	double seconds[2];
	double ratio; /* second over first */
	double low;
	double high;
	bool differs;
};

struct profile_comparison {
	struct profile_ratio *networks; /* by threads, then images */
	size_t network_count;
	struct profile_ratio *layers; /* in the order of the network, each by threads, then images */
	size_t layer_count;
	size_t lacking[2];                 /* layers that the other one has only */
	const struct profile_ratio *worst; /* of networks: farthest from 1 */
};

/* In the arena. False with err where they have no time in common. */
bool profile_compare(const struct profile *first, const struct profile *second, struct arena *arena,
		     struct profile_comparison *out, struct err *err);

#endif
