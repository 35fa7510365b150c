#include "cli/plan_report.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/json.h"
#include "base/version.h"
#include "cli/experiment_options.h"
#include "plan/reason.h"
#include "report/advice.h"
#include "report/trust.h"

#define COLUMNS(array) (array), ARRAY_LEN(array)

static const struct table_column plan_columns[] = {
	{.name = "plan"},
	{.name = "images_per_record", .heading = "images", .align = TABLE_RIGHT},
	{.name = "schedule"},
	{.name = "parallel", .align = TABLE_RIGHT},
	{.name = "architecture", .is_data_only = true},
	{.name = "memory_mb", .heading = "memory MB"},
	{.name = "seconds", .heading = "time s", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "seconds_half_width_95", .heading = "± 95 %", .align = TABLE_RIGHT, .decimals = 2},
	{.name = "seconds_in_share", .heading = "time s, share", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "usd", .heading = "USD a run", .align = TABLE_RIGHT, .decimals = 6},
	{.name = "usd_half_width_95", .heading = "± 95 %", .align = TABLE_RIGHT, .decimals = 6},
	{.name = "seconds_against_plan", .heading = "time", .align = TABLE_RIGHT, .decimals = 3},
	{.name = "usd_against_plan", .heading = "cost", .align = TABLE_RIGHT, .decimals = 3},
	{.name = "failed_records", .heading = "failed", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "keeps_bounds", .heading = "allowed"},
	{.name = "toss_up", .heading = "toss-up"},
};

enum { PLAN_FIGURES = 8 }; /* from seconds to failed_records */

static const struct table_column decision_columns[] = {
	{.name = "what"},
	{.name = "value"},
	{.name = "reason"},
	{.name = "sentence"},
};

static const struct table_column sensitivity_columns[] = {
	{.name = "input"},
	{.name = "change", .align = TABLE_RIGHT, .decimals = 2},
	{.name = "images_per_record", .heading = "images", .align = TABLE_RIGHT},
	{.name = "parallel", .align = TABLE_RIGHT},
	{.name = "memory_mb", .heading = "best memory MB"},
	{.name = "regret", .align = TABLE_RIGHT, .decimals = 4},
	{.name = "still_fits", .heading = "fits"},
	{.name = "still_allowed", .heading = "allowed"},
	{.name = "basis", .heading = "why that much"},
};

const char *plan_report_memories(const struct setting *setting, struct arena *arena)
{
	struct buf text;
	buf_init(&text);
	for (size_t i = 0; i < setting->function_count; i++)
		buf_printf(&text, "%s%lld", i > 0 ? ", " : "", (long long)setting->functions[i].memory_mb);
	char *copy = arena_strdup(arena, buf_text(&text));
	buf_release(&text);
	return copy;
}

/* Requests that come over time may be served by any number of sandboxes. */
static void add_parallel(struct table *table, int64_t parallel)
{
	if (parallel < INT64_MAX)
		table_int(table, parallel);
	else
		table_missing(table);
}

/* Where nine tenths of runs are, in time and in cost. */
static struct trust_band time_band(const struct plan_report *report, const struct trial *trial)
{
	const double *seconds = trial->result.samples[report->plan->planner.control.seconds_metric];
	const struct trust_basis basis = trust_basis_of(trial->setting);
	return trust_band_of_time(report->trust, &basis, &trial->result,
				  trust_spread_of(seconds, trial->result.replications));
}

static struct trust_band cost_band(const struct plan_report *report, const struct trial *trial)
{
	const double *usd = trial->result.samples[METRIC_COST_USD];
	const struct trust_basis basis = trust_basis_of(trial->setting);
	return trust_band_of_cost(report->trust, &basis, &trial->result,
				  trust_spread_of(usd, trial->result.replications));
}

/* Two plans that lie in each other's band are told apart by nobody: in what. */
static const char *toss_up(const struct plan_report *report, const struct trial *other)
{
	const struct trial *best = &report->plan->best;
	bool is_same = other->seconds == best->seconds && other->usd == best->usd;
	if (!report->trust || is_same || other->is_stopped)
		return "";
	struct trust_band times[] = {time_band(report, best), time_band(report, other)};
	struct trust_band costs[] = {cost_band(report, best), cost_band(report, other)};
	bool in_time = trust_is_toss_up(&times[0], best->seconds, &times[1], other->seconds);
	bool in_cost = trust_is_toss_up(&costs[0], best->usd, &costs[1], other->usd);
	return in_time && in_cost ? "time and cost" : in_time ? "time" : in_cost ? "cost" : "";
}

static void add_plan(struct table *table, const struct plan_report *report, const char *name, const struct trial *trial)
{
	const struct trial *best = &report->plan->best;
	const struct run_result *result = &trial->result;
	table_text(table, name);
	table_int(table, trial->setting->images_per_record);
	table_text(table, schedule_names[trial->setting->schedule]);
	add_parallel(table, trial->setting->parallel);
	table_text(table, trial->setting->functions[0].sandbox.is_arm64 ? "arm64" : "x86_64");
	table_numbers(table, plan_report_memories(trial->setting, &report->cli->arena));
	if (trial->is_stopped) {
		for (int i = 0; i < PLAN_FIGURES; i++)
			table_missing(table);
	} else {
		table_double(table, trial->seconds);
		table_double(table, result->metrics[report->plan->planner.control.seconds_metric].half_width);
		table_double(table, trial->seconds_at);
		table_double(table, trial->usd);
		table_double(table, run_result_metric(result, METRIC_COST_USD)->half_width);
		table_double(table, trial->seconds / best->seconds);
		table_double(table, trial->usd / best->usd);
		table_double(table, trial->failed);
	}
	table_bool(table, planner_is_allowed(&report->plan->goal, trial));
	if (toss_up(report, trial)[0])
		table_text(table, toss_up(report, trial));
	else
		table_missing(table);
	table_end_row(table);
}

/* People are told what of the current plan no file of --current has said. */
static const char *name_of(const struct plan_report *report, enum known_plan plan)
{
	bool is_marked = plan == KNOWN_CURRENT && report->stated[0] && cli_format(report->cli) == TABLE_TEXT;
	return is_marked ? arena_printf(&report->cli->arena, "current (%s as in the experiment)", report->stated)
			 : known_plan_names[plan];
}

static void fill_plans(struct table *table, const struct plan_report *report, bool with_neighbours)
{
	struct arena *arena = &report->cli->arena;
	table_init(table, COLUMNS(plan_columns));
	add_plan(table, report, "recommended", &report->plan->best);
	for (int i = 0; i < KNOWN_PLANS; i++) {
		if (report->plan->known[i].setting)
			add_plan(table, report, name_of(report, (enum known_plan)i), &report->plan->known[i]);
	}
	for (int i = 0; i < KNOWN_PLANS && with_neighbours; i++) {
		if (report->plan->dominators[i].has_cheaper)
			add_plan(table, report, arena_printf(arena, "cheapest no slower than %s", known_plan_names[i]),
				 &report->plan->dominators[i].cheaper);
		if (report->plan->dominators[i].has_faster)
			add_plan(table, report, arena_printf(arena, "fastest no dearer than %s", known_plan_names[i]),
				 &report->plan->dominators[i].faster);
	}
	for (size_t i = 0; i < report->plan->rivals.count; i++) {
		if (with_neighbours || report->plan->rivals.items[i].kind != RIVAL_MEMORY)
			add_plan(table, report, report->plan->rivals.items[i].what,
				 &report->plan->rivals.items[i].trial);
	}
}

static void add_decision(struct table *table, const char *what, const char *value, enum reason_kind reason,
			 struct buf *sentence)
{
	table_text(table, what);
	/* "3008 MB" is text for people; a count alone is a number. */
	if (value[strspn(value, "0123456789, ")] == '\0')
		table_numbers(table, value);
	else
		table_text(table, value);
	table_text(table, reason_names[reason]);
	table_text(table, buf_text(sentence));
	table_end_row(table);
	buf_clear(sentence);
}

/* "yes" of all functions, "none", or the names of those that have them. */
static const char *snapshot_names(const struct setting *setting, struct arena *arena)
{
	const char *names = NULL;
	size_t count = 0;
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct setting_function *function = &setting->functions[i];
		if (!function->sandbox.has_snapshot)
			continue;
		names = names ? arena_printf(arena, "%s, %s", names, function->name) : function->name;
		count++;
	}
	return count == 0 ? "none" : count == setting->function_count ? "yes" : arena_printf(arena, "of %s", names);
}

static void fill_decisions(struct table *table, const struct plan_report *report)
{
	const struct planner *planner = &report->plan->planner;
	const struct trial *best = &report->plan->best;
	struct arena *arena = &report->cli->arena;
	struct buf sentence;
	buf_init(&sentence);
	table_init(table, COLUMNS(decision_columns));
	if (report->request->wants_split) {
		split_words(&report->plan->split, &sentence);
		add_decision(table, "functions", arena_printf(arena, "%lld", (long long)best->setting->function_count),
			     REASON_BALANCE, &sentence);
	}
	for (size_t i = 0; i < best->setting->function_count; i++) {
		const struct setting_function *function = &best->setting->functions[i];
		enum reason_kind reason = reason_memory(planner, best, i, &sentence);
		add_decision(table, function->name, arena_printf(arena, "%lld MB", (long long)function->memory_mb),
			     reason, &sentence);
		if (reason_tmp(best, i, &sentence))
			add_decision(table, arena_printf(arena, "/tmp of %s", function->name),
				     arena_printf(arena, "%lld MB", (long long)function->tmp_mb), REASON_TMP,
				     &sentence);
	}
	enum reason_kind reason = reason_images(planner, best, &sentence);
	add_decision(table, "images per record",
		     arena_printf(arena, "%lld", (long long)best->setting->images_per_record), reason, &sentence);
	if (!report->plan->planner.control.space->is_served) {
		reason = reason_parallel(planner, best, &sentence);
		add_decision(table, "parallel",
			     arena_printf(arena, "%lld %s", (long long)best->setting->parallel,
					  schedule_names[best->setting->schedule]),
			     reason, &sentence);
	}
	if (report->plan->provision.is_offered) {
		struct buf numbers;
		buf_init(&numbers);
		buf_clear(&sentence);
		provision_numbers(best->setting, &numbers);
		provision_words(&report->plan->provision, &report->plan->goal, best, &sentence);
		add_decision(table, "provisioned", arena_strdup(arena, buf_text(&numbers)), REASON_BALANCE, &sentence);
		buf_release(&numbers);
	}
	if (reason_snapshot(planner, best, &sentence))
		add_decision(table, "snapshots", snapshot_names(best->setting, arena), REASON_BALANCE, &sentence);
	if (reason_architecture(planner, best, &sentence))
		add_decision(table, "architecture", best->setting->functions[0].sandbox.is_arm64 ? "arm64" : "x86_64",
			     REASON_BALANCE, &sentence);
	buf_release(&sentence);
}

static void fill_sensitivity(struct table *table, const struct plan_report *report)
{
	table_init(table, COLUMNS(sensitivity_columns));
	for (size_t i = 0; i < report->plan->sensitivity_count; i++) {
		const struct sensitivity_row *row = &report->plan->sensitivity[i];
		table_text(table, row->input);
		table_double(table, row->change);
		if (row->has_plan) {
			table_int(table, row->images_per_record);
			add_parallel(table, row->choice.shape.parallel);
			table_numbers(table, row->memories);
		} else {
			table_missing(table);
			table_missing(table);
			table_missing(table);
		}
		table_double(table, row->still_fits ? row->regret : (double)NAN);
		table_bool(table, row->still_fits);
		table_bool(table, row->still_allowed);
		table_text(table, row->basis);
		table_end_row(table);
	}
}

static void say_toss_up(const char *in, struct buf *out)
{
	if (in[0])
		buf_printf(out, " (a toss-up in %s: each is in the other's band)", in);
}

static void say_band(const struct plan_report *report, struct buf *out)
{
	const struct trial *best = &report->plan->best;
	if (!report->trust)
		return;
	struct trust_band band = time_band(report, best);
	buf_printf(out, ", 90 %% of runs %.4g to %.4g s (", band.low, band.high);
	trust_describe(&band, out);
	buf_add_char(out, ')');
}

static void say_against(const struct plan_report *report, const struct trial *other, const char *name, struct buf *out)
{
	const struct trial *best = &report->plan->best;
	double usd = 100 * (best->usd / other->usd - 1);
	double seconds = 100 * (best->seconds / other->seconds - 1);
	if (other->is_stopped) {
		buf_printf(out, "%s does not work: a bound of 'limits' ends its simulation\n", name);
		return;
	}
	if (other->failed > 0) {
		buf_printf(out, "%s does not work: %.4g records fail: ", name, other->failed);
		failures_describe(other->setting, &other->result, out);
		buf_add_char(out, '\n');
		return;
	}
	buf_printf(out, "%.1f %% %s and %.1f %% %s than %s", fabs(usd), usd <= 0 ? "cheaper" : "dearer", fabs(seconds),
		   seconds <= 0 ? "faster" : "slower", name);
	say_toss_up(toss_up(report, other), out);
	buf_add_char(out, '\n');
}

static void say_better(const struct plan_report *report, const struct trial *better, struct buf *out)
{
	const struct setting *setting = better->setting;
	buf_printf(out, " (%.4g s, %.4g USD: %s MB, %lld images", better->seconds, better->usd,
		   plan_report_memories(setting, &report->cli->arena), (long long)setting->images_per_record);
	if (!report->plan->planner.control.space->is_served)
		buf_printf(out, ", %s x %lld", schedule_names[setting->schedule], (long long)setting->parallel);
	buf_add(out, ")\n");
}

/* What beats a plan that people know in one thing without being worse in the other, whatever the goal. */
static void say_dominators(const struct plan_report *report, int i, struct buf *out)
{
	const struct trial *known = &report->plan->known[i];
	const struct dominators *better = &report->plan->dominators[i];
	if (better->has_cheaper && better->cheaper.usd < known->usd) {
		buf_printf(out, "No slower than %s and cheapest: %.1f %% cheaper", known_plan_names[i],
			   100 * (1 - better->cheaper.usd / known->usd));
		say_better(report, &better->cheaper, out);
	}
	if (better->has_faster && better->faster.seconds < known->seconds) {
		buf_printf(out, "No dearer than %s and fastest: %.1f %% faster", known_plan_names[i],
			   100 * (1 - better->faster.seconds / known->seconds));
		say_better(report, &better->faster, out);
	}
}

/* Keeping the plan costs more than a little, or does not work, when an input moves. */
static bool is_shaken(const struct sensitivity_row *row)
{
	return !row->still_fits || !row->still_allowed || row->regret > SENSITIVITY_REGRET;
}

static const char *verdict(const struct plan_report *report)
{
	return report->plan->best_share >= 0.95 ? "robust" : report->plan->best_share >= 0.8 ? "likely" : "coin toss";
}

static void say_choice(const struct plan_report *report, const struct sensitivity_row *row, struct buf *out)
{
	buf_printf(out, " (then: %s MB", row->memories);
	if (!report->plan->planner.control.space->is_served)
		buf_printf(out, ", %lld images, %lld at once", (long long)row->images_per_record,
			   (long long)row->choice.shape.parallel);
	buf_add_char(out, ')');
}

bool plan_report_doubt(const struct plan_report *report, struct buf *out)
{
	struct planner_deviation deviation = planner_deviation_of(&report->plan->best);
	if (deviation.is_large)
		buf_printf(out,
			   "not proven optimal: the simulation takes %+.1f %% time and %+.1f %% cost against the "
			   "planner's model, so that the model's proof is none for this plan",
			   100 * deviation.seconds, 100 * deviation.usd);
	return deviation.is_large;
}

static void say_excerpt(const struct plan_report *report, struct buf *out)
{
	const struct trial *best = &report->plan->best;
	const struct trial *whole = &report->plan->whole;
	if (best->excerpt.shorter == 0)
		return;
	buf_printf(
		out,
		"Simulated in part: %lld and %lld of %lld records in %lld replications, carried on by their difference "
		"(--replications N simulates all)",
		(long long)best->excerpt.shorter, (long long)best->excerpt.longer, (long long)best->setting->records,
		(long long)best->result.replications);
	if (whole->setting)
		buf_printf(out, "; one whole run takes %.4g s and %.4g USD", whole->seconds, whole->usd);
	buf_add(out, "\n");
}

static void say_certainty(const struct plan_report *report, struct buf *out)
{
	const struct planner_answer *answer = &report->plan->answer;
	const struct rival *closest = planner_closest(&report->plan->goal, &report->plan->rivals);
	say_excerpt(report, out);
	struct planner_deviation deviation = planner_deviation_of(&report->plan->best);
	if (deviation.is_large)
		buf_printf(out, "The best of the plans that were simulated, among %zu shapes of the model\n",
			   answer->shape_count);
	else
		buf_printf(out,
			   "Optimal among all plans of the model: proven gap %.2g %% over %zu shapes; against it the "
			   "simulation takes %+.1f %% time and %+.1f %% cost\n",
			   100 * answer->model_gap, answer->shape_count, 100 * deviation.seconds, 100 * deviation.usd);
	if (report->plan->exhaustive.is_complete)
		buf_printf(out, "Best of an exhaustive simulation: of %zu plans the model left %zu, all simulated\n",
			   report->plan->exhaustive.choices, report->plan->exhaustive.simulated);
	if (report->plan->best_share >= 0.8 || !closest)
		buf_printf(out, "%s: the best in %.0f %% of %lld replications on the same luck\n",
			   report->plan->best_share >= 0.95 ? "Robust" : "Likely", 100 * report->plan->best_share,
			   (long long)report->plan->best.result.replications);
	else
		buf_printf(out, "A coin toss between this plan (the best in %.0f %% of replications) and %s\n",
			   100 * report->plan->best_share, closest->what);
	if (report->plan->goal.seconds_max < HUGE_VAL)
		buf_printf(out, "Within %.6g s in %.1f %% of replications\n", report->plan->goal.seconds_max,
			   100 * trial_share_within(&report->plan->best, &report->plan->planner.control,
						    report->plan->goal.seconds_max));
	for (size_t i = 0; i < report->plan->sensitivity_count; i++) {
		const struct sensitivity_row *row = &report->plan->sensitivity[i];
		if (!is_shaken(row))
			continue;
		buf_printf(out, "Check %s: %+.0f %% and ", row->input, 100 * row->change);
		if (!row->still_fits)
			buf_add(out, "a record no longer fits");
		else if (!row->still_allowed)
			buf_add(out, "a bound is missed");
		else
			buf_printf(out, "keeping this plan is %.1f %% worse than the best", 100 * row->regret);
		if (row->has_plan)
			say_choice(report, row, out);
		buf_add_char(out, '\n');
	}
}

/* With the month's volume prices; 0 where nobody asked. */
static double month_usd(const struct trial *trial)
{
	bool is_asked = trial->setting->runs_per_month > 0;
	return is_asked ? run_result_metric(&trial->result, METRIC_MONTH_USD)->mean : 0;
}

static void say_month(const struct plan_report *report, struct buf *out)
{
	const struct trial *best = &report->plan->best;
	const struct trial *current = &report->plan->known[KNOWN_CURRENT];
	if (best->setting->runs_per_month == 0)
		return;
	buf_printf(out, ", %.4g USD a month of %.6g runs", month_usd(best), best->setting->runs_per_month);
	if (current->setting)
		buf_printf(out, " (now %.4g)", month_usd(current));
}

/* The first line, where there is something to doubt. */
static void say_doubt(const struct plan_report *report, struct buf *out)
{
	struct buf doubt;
	buf_init(&doubt);
	if (plan_report_doubt(report, &doubt))
		buf_printf(out, "This plan is %s.\n", buf_text(&doubt));
	buf_release(&doubt);
}

void plan_report_text(const struct plan_report *report, struct buf *out)
{
	const struct trial *best = &report->plan->best;
	struct table decisions;
	struct table plans;
	struct table sensitivity;
	say_doubt(report, out);
	experiment_options_describe(report->study, best->setting, out);
	buf_printf(out, "strategy %s, %lld replications, seed %llu, lamina %s\n\n",
		   plan_strategy_names[report->request->strategy], (long long)best->result.replications,
		   (unsigned long long)report->plan->planner.control.seed, lamina_version());
	fill_decisions(&decisions, report);
	for (size_t i = 0; i < table_row_count(&decisions); i++) {
		const struct table_cell *row = &decisions.cells[i * decisions.column_count];
		buf_printf(out, "%s %s: %s.\n", row[0].text, row[1].text, row[3].text);
	}
	table_release(&decisions);
	buf_printf(out, "\n%.4g s and %.4g USD a run", best->seconds, best->usd);
	say_month(report, out);
	say_band(report, out);
	buf_add(out, "\n");
	for (int i = 0; i < KNOWN_PLANS; i++) {
		if (report->plan->known[i].setting)
			say_against(report, &report->plan->known[i], known_plan_names[i], out);
	}
	for (int i = 0; i < KNOWN_PLANS; i++)
		say_dominators(report, i, out);
	say_certainty(report, out);
	buf_add(out, "\nPlans, all on the same luck; time and cost as multiples of the recommended plan's\n");
	fill_plans(&plans, report, false);
	table_render(&plans, TABLE_TEXT, out);
	table_release(&plans);
	if (report->plan->sensitivity_count == 0)
		return;
	buf_add(out, "\nThe best plan where an input is a little different; regret: what keeping the recommended one "
		     "costs\n");
	fill_sensitivity(&sensitivity, report);
	table_render(&sensitivity, TABLE_TEXT, out);
	table_release(&sensitivity);
}

void plan_report_csv(const struct plan_report *report, struct buf *out)
{
	struct table plans;
	fill_plans(&plans, report, true);
	table_render(&plans, TABLE_CSV, out);
	table_release(&plans);
}

static void write_table(struct json *json, const char *key, struct table *table)
{
	json_key(json, key);
	table_write_json(table, json);
	table_release(table);
}

/* Whether the proof is one comes before anything else. */
static void write_doubt(struct json *json, const struct plan_report *report)
{
	struct buf doubt;
	buf_init(&doubt);
	bool is_doubted = plan_report_doubt(report, &doubt);
	struct planner_deviation deviation = planner_deviation_of(&report->plan->best);
	json_key(json, "is_optimal_in_model");
	json_bool(json, !is_doubted);
	if (is_doubted)
		json_field_text(json, "doubt", buf_text(&doubt));
	json_field_double(json, "optimality_gap", is_doubted ? (double)NAN : report->plan->answer.model_gap);
	json_field_double(json, "seconds_over_model", deviation.seconds);
	json_field_double(json, "usd_over_model", deviation.usd);
	buf_release(&doubt);
}

static void write_bands(struct json *json, const struct plan_report *report)
{
	struct buf rests_on;
	if (!report->trust)
		return;
	struct trust_band time = time_band(report, &report->plan->best);
	struct trust_band cost = cost_band(report, &report->plan->best);
	buf_init(&rests_on);
	trust_describe(&time, &rests_on);
	json_field_double(json, "seconds_low_90", time.low);
	json_field_double(json, "seconds_high_90", time.high);
	json_field_double(json, "usd_low_90", cost.low);
	json_field_double(json, "usd_high_90", cost.high);
	json_field_text(json, "bands_rest_on", buf_text(&rests_on));
	buf_release(&rests_on);
}

void plan_report_json(const struct plan_report *report, struct buf *out)
{
	const struct trial *best = &report->plan->best;
	struct json json;
	struct table table;
	json_document_begin(&json, out);
	write_doubt(&json, report);
	if (best->excerpt.shorter > 0) {
		json_field_int(&json, "simulated_records", best->excerpt.longer);
		if (report->plan->whole.setting) {
			json_field_double(&json, "whole_run_seconds", report->plan->whole.seconds);
			json_field_double(&json, "whole_run_usd", report->plan->whole.usd);
		}
	}
	experiment_options_write_head(report->study->experiment.name, best->setting->platform->name, &json);
	json_field_text(&json, "strategy", plan_strategy_names[report->request->strategy]);
	json_field_int(&json, "seed", (int64_t)report->plan->planner.control.seed);
	json_field_int(&json, "replications", best->result.replications);
	json_field_int(&json, "shapes", (int64_t)report->plan->answer.shape_count);
	json_field_double(&json, "model_seconds", best->choice.seconds);
	json_field_double(&json, "model_usd", best->choice.usd);
	json_field_double(&json, "best_share", report->plan->best_share);
	json_field_text(&json, "verdict", verdict(report));
	write_bands(&json, report);
	if (best->setting->runs_per_month > 0)
		json_field_double(&json, "usd_per_month", month_usd(best));
	fill_decisions(&table, report);
	write_table(&json, "decisions", &table);
	fill_plans(&table, report, true);
	write_table(&json, "plans", &table);
	fill_sensitivity(&table, report);
	write_table(&json, "sensitivity", &table);
	json_document_end(&json);
}
