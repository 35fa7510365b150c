/*
 * Long batches in part. The records of a batch are alike, and once its jobs are under way every wave is like the one
 * before: a batch of n records is told by two shorter ones of m1 < m2 records, with the same parallelism and the same
 * rest in the last wave, on the same luck. Whatever adds up over records (time, money, counts) goes on by their
 * difference,
 *
 *     x(n) = x(m2) + (n - m2) * (x(m2) - x(m1)) / (m2 - m1)
 *
 * in the mean: where 20 records cost $0.30 and 50 cost $0.60, 1,000 cost 0.60 + 950 * 0.01 = $10.10. The makespan of
 * jobs that take record after record goes on by the calls of the later records over the number of jobs, because short
 * batches are more in step than long ones. A replication's deviation from the mean grows with the length, because its
 * sandboxes are as fast or slow as they are for life. What stands by the clock is paid for by the whole makespan
 * (stage_standing_usd). Shares, quantiles and rates are those of m2 records. Left out: what happens once in hours, such
 * as sandboxes that become too old.
 */
#ifndef LAMINA_EXCERPT_H
#define LAMINA_EXCERPT_H /* private to plan */

#include "experiment/replicate.h"

struct excerpt {
	int64_t shorter; /* records; 0: the batch is simulated as it is */
	int64_t longer;
};

/* For so many visits to functions in all replications, or a little more; 0: as many as it takes. */
struct excerpt excerpt_of(const struct setting *setting, int64_t replications, double visits_max);

/* The setting with so many of its records. */
struct setting *excerpt_setting(const struct setting *setting, int64_t records, struct arena *arena);

/* Makes the result of the longer batch one of the whole setting. */
void excerpt_carry_over(const struct setting *setting, const struct excerpt *excerpt, const struct run_result *shorter,
			struct run_result *longer);

#endif
