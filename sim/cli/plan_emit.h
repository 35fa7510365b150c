/* What `lamina plan` shares with deployment tools: their files as the current settings, and fragments for them. */
#ifndef LAMINA_PLAN_EMIT_H
#define LAMINA_PLAN_EMIT_H /* private to cli */

#include "cli/command.h"
#include "deploy/deployment.h"
#include "experiment/study.h"
#include "plan/plan.h"

#define OPTION_ROW_EMIT \
	{ \
		.name = "emit", .letter = 'e', .kind = OPTION_LIST, .metavar = "FORMAT[=FILE]", \
		.names = names_of_emit_formats, \
		.help = "write the plan as a fragment of a deployment file (sam, cloudformation, serverless, " \
			"terraform, terraform-json, cli, stepfunctions, power-tuning, infracost, json), to FILE or " \
			"on standard output instead of a report without --output" \
	}
#define OPTION_ROW_CURRENT \
	{ \
		.name = "current", .kind = OPTION_TEXT, .metavar = "FILE", \
		.help = "what is deployed now: a SAM template, serverless.yml, terraform show -json, a state " \
			"machine, aws lambda list-functions" \
	}

/*
 * Loads the experiment with what --current says put over it, which then is what the experiment states. An enum
 * cli_exit; mistakes are printed. *stated gets the functions that stay as the experiment states them though there is a
 * --current; "" for none.
 */
int plan_emit_load(struct cli *cli, const char *path, struct study *out, const char **stated);

/* False, with diag errors, where an --emit names no format, or two would go to standard output. */
bool plan_emit_check(const struct cli *cli, struct diag *diag);

/* Whether the files of all --emit can be written: CLI_OK, or CLI_FAILED with words. */
int plan_emit_try(const struct cli *cli);

/* Whether an --emit without a file takes the report's place on standard output. */
bool plan_emit_replaces_report(const struct cli *cli);

/* The plan that is handed over: a setting, what it was found to do, and by what it was wanted. */
struct plan_to_emit {
	const char *experiment;
	const struct plan_request *request;
	const struct setting *setting;
	const struct run_result *result;
	double seconds;
	double usd;
};

/*
 * Writes every --emit; an enum cli_exit. Requests are those of a month: of so many runs as were asked for; else traffic
 * that comes over time goes on through it, and a batch is run once.
 */
int plan_emit_write(struct cli *cli, const struct plan_to_emit *plan);

#endif
