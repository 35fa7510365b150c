/* What `lamina compare` prints: a table of platforms, sentences, JSON, CSV, and the figure of cost against load. */
#ifndef LAMINA_COMPARE_REPORT_H
#define LAMINA_COMPARE_REPORT_H /* private to cli */

#include "cli/command.h"
#include "compare/compare.h"

struct compare_report {
	struct cli *cli;
	const struct compare_request *request;
	const struct comparison *comparison;
};

void compare_report_text(const struct compare_report *report, struct buf *out);
void compare_report_json(const struct compare_report *report, struct buf *out);
void compare_report_csv(const struct compare_report *report, struct buf *out);

/* NAME.csv, NAME.gp and, through gnuplot, NAME.svg; an enum cli_exit. */
int compare_report_figure(const struct compare_report *report, const char *name);

#endif
