/*
 * The tables of a file of results, as SQL. STRICT; sizes, times and money in base units, which their columns' names end
 * in. A replication's run_id is its point_id * 2^20 + its number, so that a point's replications lie side by side.
 *
 *   experiment       one row: name, resolved YAML and its hash, points of the sweep
 *   source           platforms, profiles, frameworks and traces that its points stand on, with hashes of their contents
 *   program          versions of Lamina that runs are of
 *   swept_key        the keys of the sweep, and their columns in `setting`
 *   point            identity, place in the sweep (ordinal, NULL: none any more), seed, replications wanted
 *   setting          the swept values of each point, a column each
 *   point_function   its functions: name, memory, what they need
 *   run              a replication: every metric, how it ended, a checksum of it and its parts
 *   run_function     its functions: metrics, failures, and time by phase and time and money by cause, over all calls
 *   run_bill         the lines of its bill that are not empty
 *   bill_item        their units
 *   failure          points that could not be simulated, and why
 *   summary          figures of each finished point: mean and half width of the 95 % interval
 *
 * Views: point_summary (setting and summary), bill and stages (means of a point, per run and per call), replications.
 */
#ifndef LAMINA_SCHEMA_H
#define LAMINA_SCHEMA_H /* private to results */

#include "base/buf.h"

enum {
	SCHEMA_APPLICATION_ID = 0x4c614d69, /* "LaMi" */
	SCHEMA_VERSION = 1,
	SCHEMA_RUN_BITS = 20, /* of a run_id: the replication */
};

/* Everything but the views of the swept keys. */
void schema_write_tables(struct buf *sql);

/* Makes the views anew; columns are the swept keys' in `setting`. */
void schema_write_views(const char *const *columns, size_t count, struct buf *sql);

/* "name" as an identifier, whatever is in it. */
void schema_add_name(struct buf *sql, const char *name);

#endif
