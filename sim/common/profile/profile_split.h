/*
 * A network cut into the functions of a pipeline: after layers that are named, into so many, or into pieces from which
 * a plan chooses. Where a number is asked for, the cuts are those over which the fewest bytes cross in all, so that
 * every function has at least half an even share of the multiply-accumulates; of the network's layers where it has
 * none.
 *
 * What surrounds the layers was measured for the functions of the profile. A piece of one of them loads its share of
 * the weights, and begins and ends with records of what crosses: these are copied, at the host's copy bandwidth, both
 * read and written.
 */
#ifndef LAMINA_PROFILE_SPLIT_H
#define LAMINA_PROFILE_SPLIT_H

#include "base/err.h"
#include "profile/profile.h"

enum {
	PROFILE_SPLIT_AUTO_MAX = 12, /* pieces of a split that is left to the plan */
	PROFILE_SPLIT_MAX = 100,
};

struct profile_split {
	bool is_auto;
	int64_t count;             /* functions; 0: as the layers say */
	const char *const *layers; /* the last of every function but the last */
	size_t layer_count;
};

/*
 * The profile with functions part1, part2 and so on, in the arena; it shares what did not change. False with err where
 * the network cannot be cut so.
 */
bool profile_split_apply(const struct profile *profile, const struct profile_split *split, struct arena *arena,
			 struct profile *out, struct err *err);

#endif
