/*
 * Where a single run, or request, of a setting is to be expected, with the model's own error: the band beside the
 * interval of a mean, for `run` and `plan`.
 */
#ifndef LAMINA_OUTLOOK_H
#define LAMINA_OUTLOOK_H /* private to cli */

#include "cli/command.h"
#include "cli/table.h"
#include "experiment/record_times.h"
#include "report/trust.h"

struct outlook {
	struct trust trust;
	bool is_known; /* the file with the errors was there */
};

/* Says on standard error what is wrong with the file that comes with the program. */
void outlook_init(struct outlook *outlook, struct cli *cli);

/*
 * A row for each figure that somebody meets: run time or request times, and cost; fills rests_on with what the times
 * rest on. times may be NULL: no request is looked at by itself.
 */
void outlook_fill(const struct outlook *outlook, const struct run_job *job, const struct record_times *times,
		  struct table *table, struct buf *rests_on);

#endif
