/* Why records of a run ended without a result, in words. */
#ifndef LAMINA_FAILURES_H
#define LAMINA_FAILURES_H

#include "base/buf.h"
#include "experiment/replicate.h"

/* "a ran out of time 3 times; b ran out of memory (needs 419 MB, has 384)", for every cause that has cases. */
void failures_describe(const struct setting *setting, const struct run_result *result, struct buf *out);

#endif
