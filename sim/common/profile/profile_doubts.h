/*
 * Reasons not to trust a profile, from what is written in it: a host on which other programs ran, times that were taken
 * once or whose repeats disagree, threads that are faster than threads can be, records that take less time than smaller
 * ones or much more an image. Computing time on a quiet machine shows none of these.
 */
#ifndef LAMINA_PROFILE_DOUBTS_H
#define LAMINA_PROFILE_DOUBTS_H

#include "profile/profile.h"

enum {
	PROFILE_DOUBTS_MAX = 8,    /* kinds, each told once with its worst case */
	PROFILE_REPEATS_LEAST = 3, /* fewer show no spread */
};

struct profile_doubts {
	const char *texts[PROFILE_DOUBTS_MAX]; /* in the arena */
	size_t count;
};

void profile_find_doubts(const struct profile *profile, struct arena *arena, struct profile_doubts *out);

#endif
