#include "cli/plan_page.h"

#include <string.h>

#include "base/buf.h"
#include "base/version.h"
#include "cli/experiment_options.h"
#include "cli/result_page.h"

enum { PLANS_MAX = 1 + KNOWN_PLANS + PLAN_UNIFORM_MAX + PLANNER_RIVALS_MAX };

struct plan_page {
	const struct plan_report *report;
	struct result_page page;
	const char *names[PLANS_MAX];
	struct run_job jobs[PLANS_MAX];
	bool allowed[PLANS_MAX];
	struct trust_basis bases[PLANS_MAX];
	size_t count;
};

static bool is_same(const struct setting *a, const struct setting *b)
{
	bool same = a->function_count == b->function_count && a->images_per_record == b->images_per_record &&
		    a->parallel == b->parallel && a->schedule == b->schedule;
	for (size_t f = 0; same && f < a->function_count; f++) {
		const struct setting_function *x = &a->functions[f];
		const struct setting_function *y = &b->functions[f];
		same = x->memory_mb == y->memory_mb && x->tmp_mb == y->tmp_mb &&
		       x->sandbox.provisioned == y->sandbox.provisioned &&
		       x->sandbox.has_snapshot == y->sandbox.has_snapshot;
	}
	return same;
}

/* A plan that equals one that is there already is shown once, with both names. */
static void add_plan(struct plan_page *plans, const char *name, const struct trial *trial)
{
	const struct plan_request *request = plans->report->request;
	if (!trial->setting)
		return;
	for (size_t i = 0; i < plans->count; i++) {
		if (!is_same(plans->jobs[i].setting, trial->setting))
			continue;
		plans->names[i] = arena_printf(&plans->report->cli->arena, "%s, %s", plans->names[i], name);
		return;
	}
	plans->names[plans->count] = name;
	plans->allowed[plans->count] = planner_is_allowed(&plans->report->plan->goal, trial);
	plans->bases[plans->count] = trust_basis_of(trial->setting);
	plans->jobs[plans->count++] = (struct run_job){
		.setting = trial->setting,
		.seed = request->seed,
		.replications = plans->report->study->jobs[0].replications,
	};
}

static void add_plans(struct plan_page *plans)
{
	const struct plan *plan = plans->report->plan;
	struct arena *arena = &plans->report->cli->arena;
	enum known_plan known = plan_strategy_known(plans->report->request->strategy);
	add_plan(plans, known == KNOWN_PLANS ? "recommended" : known_plan_names[known], &plan->best);
	for (int i = 0; i < KNOWN_PLANS; i++)
		if (i != (int)known)
			add_plan(plans, known_plan_names[i], &plan->known[i]);
	for (int i = 0; i < PLAN_UNIFORM_MAX; i++)
		if (plan->uniform[i].setting && plan->uniform[i].setting->function_count > 0)
			add_plan(plans,
				 arena_printf(arena, "%lld MB everywhere",
					      (long long)plan->uniform[i].setting->functions[0].memory_mb),
				 &plan->uniform[i]);
	for (size_t i = 0; i < plan->rivals.count; i++)
		if (plan->rivals.items[i].kind != RIVAL_MEMORY)
			add_plan(plans, plan->rivals.items[i].what, &plan->rivals.items[i].trial);
}

/* Trials are of excerpts of long batches; what is shown is of the whole. */
static bool simulate_whole(struct plan_page *plans)
{
	struct replicating replicating;
	struct cli *cli = plans->report->cli;
	double total = (double)plans->jobs[0].replications.min * (double)plans->count;
	replicating_begin(&replicating, cli, total);
	bool finished = replicate(plans->jobs, plans->count, &replicating.control, &cli->arena);
	return replicating_end(&replicating, cli) && finished;
}

static struct swept_value whole_number(int64_t number)
{
	return (struct swept_value){.kind = VALUE_INT, .integer = number};
}

static struct swept_value memory_of(const struct setting *setting, const char *function)
{
	for (size_t f = 0; f < setting->function_count; f++)
		if (strcmp(setting->functions[f].name, function) == 0)
			return whole_number(setting->functions[f].memory_mb);
	return (struct swept_value){.kind = VALUE_NONE};
}

/* What a plan decides, as keys of the experiment. */
static void fill_data(struct plan_page *plans)
{
	struct arena *arena = &plans->report->cli->arena;
	struct figure_data *data = &plans->page.data;
	const struct setting *best = plans->jobs[0].setting;
	size_t key_count = best->function_count + 2;
	const char **keys = ARENA_ARRAY(arena, const char *, key_count);
	keys[0] = "workload.images_per_record";
	keys[1] = "pipeline.parallel";
	for (size_t f = 0; f < best->function_count; f++)
		keys[2 + f] = arena_printf(arena, "functions.%s.memory_mb", best->functions[f].name);
	*data = (struct figure_data){
		.name = plans->report->study->experiment.name,
		.keys = keys,
		.key_count = key_count,
		.points = ARENA_ARRAY(arena, struct figure_point, plans->count),
		.point_count = plans->count,
		.is_batch = best->arrivals.kind == ARRIVALS_ALL_AT_ONCE,
	};
	for (size_t i = 0; i < plans->count; i++) {
		const struct setting *setting = plans->jobs[i].setting;
		struct swept_value *values = ARENA_ARRAY(arena, struct swept_value, key_count);
		values[0] = whole_number(setting->images_per_record);
		if (setting->parallel < INT64_MAX)
			values[1] = whole_number(setting->parallel);
		for (size_t f = 0; f < best->function_count; f++)
			values[2 + f] = memory_of(setting, best->functions[f].name);
		data->points[i] =
			(struct figure_point){.ordinal = (int64_t)i, .values = values, .result = plans->jobs[i].result};
	}
}

static bool resolve_plan(void *context, size_t index, struct arena *arena, struct run_job *out)
{
	const struct plan_page *plans = context;
	*out = plans->jobs[index];
	return true;
}

static const char *question(const struct plan_request *request, struct arena *arena)
{
	static const char *const best[] = {
		[STRATEGY_COST] = "cheapest",
		[STRATEGY_SPEED] = "fastest",
		[STRATEGY_BALANCED] = "best for time and cost alike",
		[STRATEGY_MEM_MIN] = "the least that work",
		[STRATEGY_MEM_MAX] = "the most that there are",
	};
	const char *text =
		arena_printf(arena, "Which memory, record size and number at once are %s", best[request->strategy]);
	if (request->seconds_max > 0)
		text = arena_printf(arena, "%s, with %s of no more than %.6g", text, request->seconds_metric,
				    request->seconds_max);
	if (request->usd_max > 0)
		text = arena_printf(arena, "%s, for no more than %.6g USD a run", text, request->usd_max);
	return arena_printf(arena, "%s?", text);
}

int plan_page_write(const struct plan_report *report, const char *experiment_path)
{
	struct cli *cli = report->cli;
	const char *path = options_text(&cli->options, "report");
	if (!path)
		return CLI_OK;
	struct plan_page *plans = ARENA_NEW(&cli->arena, struct plan_page);
	plans->report = report;
	add_plans(plans);
	if (!simulate_whole(plans))
		return CLI_FAILED;
	fill_data(plans);
	struct buf yaml;
	struct buf words;
	buf_init(&yaml);
	buf_init(&words);
	yaml_write(report->study->root, &yaml);
	if (plan_strategy_known(report->request->strategy) == KNOWN_PLANS)
		plan_report_text(report, &words);
	plans->page.cli = cli;
	plans->page.study = *report->study;
	plans->page.has_settings = true;
	plans->page.page = (struct page){
		.bases = plans->bases,
		.resolve = resolve_plan,
		.resolve_context = plans,
		.names = plans->names,
		.allowed = plans->allowed,
		.is_first_recommended = true,
		.question = question(report->request, &cli->arena),
		.words = buf_text(&words),
		.yaml = buf_text(&yaml),
		.version = lamina_version(),
		.command = result_page_command(cli, experiment_path),
	};
	int status = result_page_write(&plans->page, path);
	buf_release(&words);
	buf_release(&yaml);
	return status;
}
