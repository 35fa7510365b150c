/*
 * What a page of results needs beside the points: the files that they stand on, with their hashes, the command that
 * gives them again, and where the page goes. For whoever has points and the study behind them.
 */
#ifndef LAMINA_RESULT_PAGE_H
#define LAMINA_RESULT_PAGE_H /* private to cli */

#include "cli/command.h"
#include "experiment/study.h"
#include "report/page.h"
#include "scenario/identity.h"

struct result_page {
	struct cli *cli;
	struct study study;
	bool has_settings; /* the study could be read; false: there are the points alone */
	struct figure_data data;
	struct page page;
	struct trust trust;
	struct buf doubt;
	/* What the points were simulated with; NULL: what the study stands on now. */
	const struct identity_source *digests;
	size_t digest_count;
};

/* The command line that was given, for the page; what does not change results is left out. In the command's arena. */
const char *result_page_command(struct cli *cli, const char *operand);

/* Adds errors, sources and what is simulated, and writes the page to `path` (result_file_write). */
int result_page_write(struct result_page *page, const char *path);

#endif
