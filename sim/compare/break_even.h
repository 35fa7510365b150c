/*
 * Cost against load, and where its order changes. Every platform keeps the setting found for the experiment's own load;
 * instances follow the load by themselves, and provisioned sandboxes are in proportion to it.
 *
 * Loads are a geometric grid around the experiment's. Between two of its points at which both of a pair serve and the
 * sign of their difference changes, the break-even load is halved into, in the logarithm, always on the same luck. Its
 * 95 % interval: that of the mean logarithm of the ratio of the costs, replication by replication, over the slope of
 * that ratio along the load. A crossing that changes no best platform is interpolated instead, and its interval goes
 * from grid point to grid point.
 */
#ifndef LAMINA_BREAK_EVEN_H
#define LAMINA_BREAK_EVEN_H /* private to compare */

#include "compare/compare.h"

/* Fills loads and crossings. False when interrupted. */
bool break_even_find(const struct compare_request *request, struct arena *arena, struct comparison *out);

/* Fills faster, of a batch. False when interrupted. */
bool break_even_find_faster(const struct compare_request *request, struct arena *arena, struct comparison *out);

#endif
