#include "cli/outlook.h"

#include <math.h>

#include "base/check.h"
#include "serving/outcome.h"

static const struct table_column outlook_columns[] = {
	{.name = "figure"},
	{.name = "mean", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "low_90", .heading = "from", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "high_90", .heading = "to (90 %)", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
};

void outlook_init(struct outlook *outlook, struct cli *cli)
{
	struct diag diag;
	*outlook = (struct outlook){.is_known = false};
	diag_init(&diag);
	outlook->is_known = trust_load(&outlook->trust, &cli->arena, &diag);
	cli_report(cli, &diag);
	diag_release(&diag);
}

static void add_row(struct table *table, const char *figure, double mean, const struct trust_band *band)
{
	table_text(table, figure);
	table_double(table, mean);
	table_double(table, band->low);
	table_double(table, band->high);
	table_end_row(table);
}

static struct trust_spread spread_of(const struct run_result *result, enum metric_id metric)
{
	return trust_spread_of(result->samples[metric], result->replications);
}

static void add_metric(const struct outlook *outlook, const struct run_job *job, enum metric_id metric,
		       struct table *table)
{
	struct trust_spread spread = spread_of(&job->result, metric);
	const struct trust_basis basis = trust_basis_of(job->setting);
	struct trust_band band = metric == METRIC_COST_USD
					 ? trust_band_of_cost(&outlook->trust, &basis, &job->result, spread)
					 : trust_band_of_time(&outlook->trust, &basis, &job->result, spread);
	add_row(table, outcome_metrics[metric].name, spread.center, &band);
}

void outlook_fill(const struct outlook *outlook, const struct run_job *job, const struct record_times *times,
		  struct table *table, struct buf *rests_on)
{
	static const enum metric_id of_requests[] = {METRIC_RECORD_SECONDS, METRIC_RECORD_P50_SECONDS,
						     METRIC_RECORD_P95_SECONDS, METRIC_RECORD_P99_SECONDS};
	const struct trust_basis basis = trust_basis_of(job->setting);
	struct trust_spread run = spread_of(&job->result, METRIC_MAKESPAN_SECONDS);
	struct trust_band band = trust_band_of_time(&outlook->trust, &basis, &job->result, run);
	table_init(table, outlook_columns, ARRAY_LEN(outlook_columns));
	trust_describe(&band, rests_on);
	if (!times)
		add_row(table, outcome_metrics[METRIC_MAKESPAN_SECONDS].name, run.center, &band);
	for (size_t i = 0; i < ARRAY_LEN(of_requests) && times; i++)
		add_metric(outlook, job, of_requests[i], table);
	if (times && times->count > 0) {
		const struct trust_spread one = {times->mean.value, times->share_5, times->share_95};
		band = trust_band_of_time(&outlook->trust, &basis, &job->result, one);
		add_row(table, "one_request_seconds", one.center, &band);
	}
	add_metric(outlook, job, METRIC_COST_USD, table);
}
