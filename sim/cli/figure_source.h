/* Where figures and pages get their points from: a file of results, or an experiment that is simulated for them. */
#ifndef LAMINA_FIGURE_SOURCE_H
#define LAMINA_FIGURE_SOURCE_H /* private to cli */

#include "cli/command.h"
#include "experiment/study.h"
#include "report/figure_data.h"

#define OPTION_ROW_ONLY \
	{ \
		.name = "only", .kind = OPTION_PAIRS, .metavar = "KEY=VALUE", \
		.help = "only points where a swept key has this value; of a key that is given twice, either" \
	}

/*
 * The finished points of a file of results that --only leaves. *results stays open, for the data to live; CLI_OK, or
 * what was wrong, said. *judged: CLI_FAILED, said, where points are missing.
 */
int figure_source_read(struct cli *cli, const char *path, struct results **results, struct figure_data *data,
		       int *judged);

/* Numbers of the points of a sweep that --only leaves; NULL, said, where it leaves none or more than most. */
size_t *figure_source_choose(struct cli *cli, const struct study *study, size_t most, size_t *count);

/* Simulates these points into the data; false when it was interrupted. *judged: CLI_FAILED, said, where any failed. */
bool figure_source_simulate(struct cli *cli, struct study *study, const size_t *points, size_t count,
			    struct figure_data *data, int *judged);

#endif
