/* A distribution in a platform file: measured quantiles, joined by straight lines and clamped at both ends. */
#ifndef LAMINA_QUANTILES_H
#define LAMINA_QUANTILES_H

#include "doc/bind.h"
#include "random/quantile.h"

struct quantiles {
	struct bind_doubles probability; /* ascending, in [0, 1] */
	struct bind_doubles value;       /* not descending, >= 0 */
	struct quantile_table table;     /* points at the two lists once they are checked */
};

extern const struct bind_schema quantiles_schema;

#endif
