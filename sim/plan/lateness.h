/*
 * How much later than in the mean a batch ends. Its last record ends it, which is the unluckiest of many: of 1,000
 * cold starts at once one is a slow one. And a job that is free takes the next record, so that jobs fall out of step
 * and the last of them ends when others are done. Both are greedy list scheduling (Graham, "Bounds on multiprocessing
 * timing anomalies", SIAM J. Appl. Math. 17(2), 1969) of visits whose lengths are drawn by the simulation's own lines:
 *
 *     job j     its first record on new sandboxes (or ready ones), later ones on the same, as fast or slow as they
 *               are for life
 *     batch     the next record goes to the job that is free first; the batch ends with the last job
 *     lateness  the mean of its ends, less the first visit's mean and as many other visits' means as waves follow
 *
 * Worked example: two jobs, two records, visits of 1 s or 3 s alike often. The mean is 2 s, the longer of two visits
 * takes 1 s once in four times and 3 s else, 2.5 s in the mean: a lateness of 0.5 s.
 *
 * It grows with the visits' lengths, and so depends on memory. To be a sum over stages (solve.h), it is measured with
 * all stages at the same few steps of memory and put down to them in proportion to their visits; between the steps it
 * is interpolated. In a pipeline of several waves the functions' queues even out what jobs are late by: there is none.
 */
#ifndef LAMINA_LATENESS_H
#define LAMINA_LATENESS_H /* private to plan */

#include "plan/stage.h"

enum {
	LATENESS_STEPS = 4,
	LATENESS_WAVES = 12,     /* numbers of waves that it is measured for */
	LATENESS_DRAWS = 4096,   /* of a visit to every stage */
	LATENESS_RECORDS = 2000, /* of the batch, at most, or of all batches that are averaged over, at least */
};

/* How long a cold visit to a function takes at each step of memory. */
struct lateness_steps {
	int64_t memory_mb[LATENESS_STEPS];   /* ascending */
	double cold_seconds[LATENESS_STEPS]; /* not ascending */
};

/* What a function adds to the lateness of a batch; where visits are longer, no less. */
struct lateness_part {
	double seconds[LATENESS_WAVES][LATENESS_STEPS];
};

struct lateness {
	const struct lateness_steps *steps; /* of each function; NULL: nothing was measured, nothing is late */
	const struct lateness_part *parts;
};

/* Of a setting's stages; no more jobs than parallel_max run at once. Steps and arena must outlive it. */
void lateness_measure(const struct setting *setting, const struct stage *stages, const struct lateness_steps *steps,
		      int64_t parallel_max, struct arena *arena, struct lateness *out);

/* What a function adds to it at a size at which a cold visit takes so long. */
double lateness_of(const struct lateness *lateness, size_t function, int64_t waves, double cold_seconds);

#endif
