/* `lamina plan --report FILE`: the plan and those that it is compared with, as a page. */
#ifndef LAMINA_PLAN_PAGE_H
#define LAMINA_PLAN_PAGE_H /* private to cli */

#include "cli/plan_report.h"

#define OPTION_ROW_REPORT \
	{ \
		.name = "report", .kind = OPTION_TEXT, .metavar = "FILE", \
		.help = "also write the plan, beside those it is compared with, as one page of HTML" \
	}

/* Simulates every one of them whole, and writes the page; nothing where --report is not given. */
int plan_page_write(const struct plan_report *report, const char *experiment_path);

#endif
