/*
 * Results in sentences. What would help a function: one sentence for each cause that takes a noticeable share of its
 * time or money (serving/cause.h), with the figures of the run that it rests on.
 */
#ifndef LAMINA_ADVICE_H
#define LAMINA_ADVICE_H

#include "base/buf.h"
#include "experiment/replicate.h"

/*
 * Whether the cause has at least 5 % of the time, not counting the wait for places, or of the money of the function,
 * and 2 % of that of all functions: a small one's causes would hide those that matter.
 */
bool advice_is_due(const struct run_job *job, size_t function, enum cause cause);

/* Adds the sentence, without a line end. */
void advice_write(const struct run_job *job, size_t function, enum cause cause, struct buf *out);

/*
 * Percentages of the parts' sum, rounded to tenths so that they add up to exactly 100 (largest remainders); all 0 where
 * the parts are. Parts are not negative.
 */
void advice_percentages(const double parts[CAUSES], double percentages[CAUSES]);

/*
 * Adds why records of a run ended without a result, for every cause that has cases:
 * "a ran out of time 3 times; b ran out of memory (needs 419 MB, has 384)".
 */
void failures_describe(const struct setting *setting, const struct run_result *result, struct buf *out);

/* What a workflow costs beside its functions: transitions of its blocks, and executions; 0 of a chain. */
double workflow_usd(const struct run_result *result);

/* That, and which blocks it is for; nothing of a chain. */
void workflow_describe(const struct run_job *job, struct buf *out);

/*
 * Of a workflow, a line for each step that has a share of a record's critical path worth a word, and for each function
 * whose tasks have slack; nothing of a chain.
 */
void critical_path_describe(const struct run_job *job, struct buf *out);

#endif
