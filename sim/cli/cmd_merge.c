/* `lamina merge OUT PART...`: the results of a sweep's shards in one file. */
#include <stdio.h>

#include "cli/commands.h"
#include "results/merge.h"

static bool merge_one(struct results *into, const char *path, const struct merge_rules *rules,
		      struct merge_counts *counts, struct err *err)
{
	struct results *part = results_open(path, err);
	bool ok = part && merge_part(into, part, rules, counts, err);
	results_close(part);
	return ok;
}

/* All parts in one transaction: OUT has all of them, or is as it was. */
static bool merge_all(struct results *into, int count, char **paths, const struct merge_rules *rules,
		      struct merge_counts *counts, struct err *err)
{
	bool ok = results_begin(into, err);
	for (int i = 0; ok && i < count; i++)
		ok = merge_one(into, paths[i], rules, counts, err);
	if (ok && results_end(into, err))
		return true;
	results_undo(into);
	return false;
}

static int run_merge(struct cli *cli, int argc, char **argv)
{
	struct err err;
	struct merge_counts counts = {0};
	struct merge_rules rules = {
		.any_version = options_flag(&cli->options, "any-version"),
		.any_experiment = options_flag(&cli->options, "any-experiment"),
	};
	bool is_damaged;
	bool was_there = results_exists(argv[0]);
	for (int i = 1; i < argc; i++) {
		struct results *part = results_open(argv[i], &err);
		if (!part)
			return cli_failed(cli, &err);
		results_close(part);
	}
	struct results *into = results_create(argv[0], &is_damaged, &err);
	if (!into)
		return cli_failed(cli, &err);
	bool ok = merge_all(into, argc - 1, argv + 1, &rules, &counts, &err);
	results_close(into);
	if (!ok && !was_there)
		remove(argv[0]);
	if (!ok)
		return cli_failed(cli, &err);
	fprintf(stderr, "%s: parts: %d, points in them: %lld, new replications: %lld\n", cli->name, argc - 1,
		(long long)counts.points, (long long)counts.replications);
	return CLI_OK;
}

static const struct option_row options[] = {
	{.name = "any-version", .kind = OPTION_FLAG, .help = "also parts that another version of Lamina has simulated"},
	{.name = "any-experiment",
	 .kind = OPTION_FLAG,
	 .help = "also parts of other experiments; their points have no place in the sweep (export --all)"},
	OPTION_END,
};

const struct command cmd_merge = {
	.name = "merge",
	.summary = "put the results of a sweep's shards into one file",
	.operands = "OUT PART...",
	.operands_min = 2,
	.operands_max = -1,
	.description =
		"Puts all points and replications of the parts into OUT, which is made where it is missing. Doing it "
		"again changes nothing. What two files have in common has to be equal in both; parts of another "
		"experiment or version are refused, and OUT then stays as it was.",
	.examples = "lamina merge r.sqlite r.*-of-10.sqlite\n",
	.options = options,
	.run = run_merge,
};
