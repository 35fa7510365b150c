/* Three summaries kept in step. */
#include "stats/paired.h"

void paired_init(struct paired *paired)
{
	summary_init(&paired->first);
	summary_init(&paired->second);
	summary_init(&paired->difference);
}

void paired_add(struct paired *paired, double first, double second)
{
	summary_add(&paired->first, first);
	summary_add(&paired->second, second);
	summary_add(&paired->difference, first - second);
}

double paired_variance_ratio(const struct paired *paired)
{
	double independent = summary_variance(&paired->first) + summary_variance(&paired->second);
	return independent / summary_variance(&paired->difference);
}
