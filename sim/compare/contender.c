/* Enters a platform into a comparison, and finds the best setting of the experiment there. */
#include "compare/steps.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "compare/measurement.h"
#include "plan/reason.h"
#include "plan/shared_plan.h"
#include "scenario/pipeline_split.h"

/* What entering consists of. */
struct entering {
	const struct compare_request *request;
	struct library *library;
	struct arena *arena;
	struct contender *contender;
	struct buf notes;
};

static const char *errors_of(const struct diag *diag, struct arena *arena)
{
	struct buf text;
	buf_init(&text);
	for (size_t i = 0; i < diag->count; i++)
		if (!diag->entries[i].is_warning)
			buf_printf(&text, "%s%s", text.length > 0 ? "; " : "", diag->entries[i].text);
	const char *errors = arena_strdup(arena, buf_text(&text));
	buf_release(&text);
	return errors;
}

static bool refuse(struct contender *contender, const char *reason)
{
	contender->end = CONTENDER_REFUSED;
	contender->reason = reason;
	return false;
}

static bool refuse_for(struct entering *entering, const struct diag *diag)
{
	return refuse(entering->contender, errors_of(diag, entering->arena));
}

static bool is_own(const struct entering *entering)
{
	return strcmp(entering->contender->name, entering->request->experiment->platform) == 0;
}

/* What compare.values states of a platform, by its name; --set makes a map of each part of a name with dots. */
static const struct yaml_node *values_of(const struct yaml_node *values, const char *name)
{
	const struct yaml_node *whole = yaml_get(values, name);
	const char *dot = strchr(name, '.');
	for (; !whole && dot; dot = strchr(dot + 1, '.')) {
		struct arena arena;
		arena_init(&arena);
		whole = values_of(yaml_get(values, arena_strndup(&arena, name, (size_t)(dot - name))), dot + 1);
		arena_release(&arena);
	}
	return whole;
}

/* The experiment's tree with this platform, a path from where the experiment names its own, and what is said of it. */
static bool name_platform(struct entering *entering, struct diag *diag)
{
	struct contender *contender = entering->contender;
	const struct experiment *experiment = entering->request->experiment;
	contender->root = yaml_copy(entering->request->root, entering->arena);
	struct yaml_node *platform = yaml_get(contender->root, "platform");
	platform->text = contender->name;
	platform->quoted = true;
	if (!is_own(entering))
		yaml_remove(contender->root, "platform_values");
	const struct yaml_node *values = values_of(experiment->compare.values, contender->name);
	return !values ||
	       yaml_set_node(contender->root, "platform_values", values, values->place, entering->arena, diag);
}

static void leave_out(struct entering *entering, struct yaml_node *map, const char *key)
{
	if (!map || !yaml_get(map, key))
		return;
	yaml_remove(map, key);
	const char *noted = arena_printf(entering->arena, "'%s'", key);
	if (!strstr(buf_text(&entering->notes), noted))
		buf_printf(&entering->notes, "%s%s", entering->notes.length > 0 ? ", " : "", noted);
}

static bool knows_region(const struct platform *platform, const char *region)
{
	return strcmp(platform->price_region, region) == 0 || yaml_get(platform->regions, region);
}

static bool sells(const struct platform *platform, double usd, const char *key)
{
	return usd > 0 || platform_is_unknown(platform, key);
}

/* What a map of memory, of a function or the defaults, asks for that is not sold; a search chooses anyway. */
static void adapt_memory(struct entering *entering, struct yaml_node *map)
{
	const struct yaml_node *memory = yaml_get(map, "memory_mb");
	double mb = 0;
	int64_t nearest_mb;
	bool is_number = memory && memory->kind == YAML_SCALAR && num_parse_double(memory->text, &mb);
	if (is_number && !platform_sells_memory(entering->contender->platform, (int64_t)mb, &nearest_mb))
		leave_out(entering, map, "memory_mb");
}

/* What is said for platforms whose sandboxes are shared or burst; the experiment's own may do without. */
static void adapt_sharing(struct entering *entering, struct yaml_node *function)
{
	const struct platform_sandbox *sandbox = &entering->contender->platform->sandbox;
	if (sandbox->burst_times <= 1)
		leave_out(entering, function, "burst");
	if (sandbox->requests_max == 1)
		leave_out(entering, function, "instances_of");
	const struct yaml_node *requests = yaml_get(function, "requests_per_instance");
	double number = 0;
	bool is_asked = requests && num_parse_double(requests->text, &number);
	if (is_asked && number > (double)sandbox->requests_max && (sandbox->requests_max == 1 || !is_own(entering)))
		leave_out(entering, function, "requests_per_instance");
	if (sandbox->starts != STARTS_BY_TARGET)
		leave_out(entering, function, "instances_min");
}

static void adapt_function(struct entering *entering, struct yaml_node *function)
{
	const struct platform *platform = entering->contender->platform;
	const struct platform_price *price = &platform->price;
	bool is_arm64 = sells(platform, price->usd_per_gb_second_arm64, "price.usd_per_gb_second_arm64");
	bool is_provisioned =
		sells(platform, price->usd_per_provisioned_gb_second, "price.usd_per_provisioned_gb_second");
	adapt_memory(entering, function);
	if (!is_arm64)
		leave_out(entering, function, "architecture");
	if (!is_provisioned)
		leave_out(entering, function, "provisioned_concurrency");
	if (platform->sandbox.restore_seconds.table.count == 0)
		leave_out(entering, function, "snapshot");
}

/* Leaves out what this platform has no word for. */
static void adapt(struct entering *entering)
{
	struct contender *contender = entering->contender;
	const struct experiment *experiment = entering->request->experiment;
	const struct platform *platform = contender->platform;
	struct yaml_node *functions = yaml_get(contender->root, "functions");
	struct yaml_node *first = functions && platform->kind == PLATFORM_FUNCTIONS ? functions->first : NULL;
	for (struct yaml_node *function = first; function; function = function->next)
		adapt_sharing(entering, function);
	if (is_own(entering))
		return;
	if (experiment->region[0] != '\0' && !knows_region(platform, experiment->region))
		leave_out(entering, contender->root, "region");
	if (platform->kind != PLATFORM_FUNCTIONS)
		return;
	if (experiment->framework.runtime[0] != '\0' && !platform_find_runtime(platform, experiment->framework.runtime))
		leave_out(entering, yaml_get(contender->root, "framework"), "runtime");
	adapt_memory(entering, yaml_get(contender->root, "defaults"));
	for (struct yaml_node *function = first; function; function = function->next)
		adapt_function(entering, function);
}

/* The platform as its file has it, without the experiment's changes: what it knows. */
static bool look_up(struct entering *entering, struct diag *diag)
{
	struct contender *contender = entering->contender;
	struct diag_place place = bind_place(entering->request->root, "platform");
	contender->platform = library_platform(entering->library, contender->name, NULL, place, diag);
	return contender->platform != NULL;
}

static bool resolve(struct entering *entering, struct diag *diag)
{
	struct contender *contender = entering->contender;
	const char *path = entering->request->experiment->path;
	contender->experiment = (struct experiment){0};
	contender->setting = ARENA_NEW(entering->arena, struct setting);
	if (!experiment_bind(contender->root, path, entering->arena, diag, &contender->experiment) ||
	    !experiment_resolve(&contender->experiment, entering->library, entering->arena, diag, contender->setting))
		return false;
	contender->platform = contender->setting->platform;
	return true;
}

/* Puts the best value of whatever nobody has published in its place. False where there is no saying what is best. */
static bool suppose_the_best(struct entering *entering, struct diag *diag)
{
	struct contender *contender = entering->contender;
	struct bind_texts keys;
	struct diag_place place = contender->root->place;
	experiment_unknown(&contender->experiment, contender->setting, entering->arena, &keys);
	bool is_known = true;
	for (size_t i = 0; i < keys.count; i++) {
		struct unknown_value *unknown = &contender->unknowns[contender->unknown_count];
		const char *best = contender->unknown_count < COMPARE_UNKNOWNS_MAX
					   ? unknown_value_init(unknown, keys.values[i], &contender->platform->price)
					   : NULL;
		contender->unknown_count += best != NULL;
		const char *key = arena_printf(entering->arena, "platform_values.%s", keys.values[i]);
		if (!best)
			diag_error(diag, place, "nobody has published '%s'; state it in compare.values.%s",
				   keys.values[i], contender->name);
		is_known = is_known && best && yaml_set(contender->root, key, best, place, entering->arena, diag);
	}
	if (!is_known || keys.count == 0)
		return is_known;
	contender->end = CONTENDER_AT_BEST;
	return resolve(entering, diag);
}

static const char *device_of(const struct contender *contender)
{
	return contender->platform->device.name;
}

/* A function whose time on the device is not known would compute on the CPU beside a device that is paid for. */
static const char *undeviced_function(const struct contender *contender)
{
	const struct function_entry *entries = contender->experiment.functions.items;
	for (size_t i = 0; i < contender->setting->function_count; i++) {
		bool computes = contender->setting->functions[i].work.phases[WORK_COMPUTE].cpu_ns > 0;
		bool is_on_device = contender->setting->functions[i].work.phases[WORK_DEVICE].device_ns > 0;
		if (computes && !is_on_device)
			return i < contender->experiment.functions.count ? entries[i].name
									 : contender->setting->functions[i].name;
	}
	return NULL;
}

static bool states_work(const struct experiment *experiment)
{
	const struct function_entry *entries = experiment->functions.items;
	for (size_t i = 0; i < experiment->functions.count; i++)
		if (entries[i].has_work)
			return true;
	return false;
}

/* A machine's speeds are of one network. */
static bool is_machines_network(struct entering *entering, struct diag *diag)
{
	const struct contender *contender = entering->contender;
	const char *network = contender->platform->machine.network;
	const struct yaml_node *values = yaml_get(contender->root, "platform_values");
	if (yaml_get(yaml_get(values, "machine"), "device_images_per_second"))
		return true;
	const struct profile *profile = states_work(&contender->experiment)
						? NULL
						: experiment_profile(&contender->experiment, entering->library, diag);
	return profile && network[0] != '\0' && strncasecmp(profile->model, network, strlen(network)) == 0;
}

/* On a platform with a device, what it does there must be known. */
static bool check_device(struct entering *entering, struct diag *diag)
{
	struct contender *contender = entering->contender;
	const char *name = contender->name;
	if (contender->platform->kind == PLATFORM_MACHINE && !is_machines_network(entering, diag))
		return refuse(contender,
			      arena_printf(entering->arena,
					   "no device time: how fast this machine computes the experiment's network is "
					   "not known; time batches of it there once the card is warm, and the feeding "
					   "of a batch without it, and state machine.device_images_per_second and "
					   "feed_seconds_per_image in compare.values.%s",
					   name));
	const char *function = contender->platform->kind == PLATFORM_FUNCTIONS && device_of(contender)
				       ? undeviced_function(contender)
				       : NULL;
	if (!function)
		return true;
	return refuse(
		contender,
		states_work(&contender->experiment)
			? arena_printf(entering->arena,
				       "no device time: state in functions.%s.work.devices, under '%s', the mean "
				       "'seconds' of a request there once the model is loaded (100 requests one by "
				       "one, the device synchronised before the clock is read), and in "
				       "cpu_seconds_without_device what it takes on vCPUs alone",
				       function, device_of(contender))
			: arena_printf(entering->arena,
				       "no device time: state in framework.devices, under '%s', how many "
				       "'images_per_second' the whole network computes there at this record size",
				       device_of(contender)));
}

void contender_enter(const struct compare_request *request, struct library *library, const char *name,
		     struct arena *arena, struct contender *out)
{
	struct entering entering = {.request = request, .library = library, .arena = arena, .contender = out};
	struct diag diag;
	*out = (struct contender){.name = name, .reason = "", .notes = ""};
	diag_init(&diag);
	buf_init(&entering.notes);
	bool is_right = look_up(&entering, &diag) && name_platform(&entering, &diag);
	if (is_right)
		adapt(&entering);
	if (!is_right || !resolve(&entering, &diag))
		refuse_for(&entering, &diag);
	else if (check_device(&entering, &diag) && !suppose_the_best(&entering, &diag))
		refuse_for(&entering, &diag);
	out->notes = arena_strdup(arena, buf_text(&entering.notes));
	buf_release(&entering.notes);
	diag_release(&diag);
}

/* Steady traffic is planned for by as much of it as that takes. False with diag errors. */
static bool shorten(struct entering *entering, const struct effort *effort, struct diag *diag)
{
	struct contender *contender = entering->contender;
	struct arena *arena = entering->arena;
	const struct setting *shorter = measurement_setting(contender->setting, effort, arena);
	bool is_batch = shorter->arrivals.kind == ARRIVALS_ALL_AT_ONCE;
	if (is_batch || !measurement_scales(contender->setting))
		return true;
	yaml_remove(yaml_get(contender->root, "workload"), "images");
	const char *seconds = arena_printf(arena, "%.9g", seconds_from_ns(shorter->arrivals.duration_ns));
	return yaml_set(contender->root, "workload.arrivals.duration_seconds", seconds, contender->root->place, arena,
			diag) &&
	       resolve(entering, diag);
}

static bool has_no_setting(struct contender *contender, const char *reason)
{
	contender->end = CONTENDER_OVERLOADED;
	contender->reason = reason;
	return true;
}

static const char *in_one_line(struct buf *text, struct arena *arena)
{
	char *line = arena_strdup(arena, buf_text(text));
	for (char *c = line; *c; c++)
		if (*c == '\n')
			*c = ' ';
	/* The report ends the sentence itself. */
	for (size_t length = strlen(line); length > 0 && strchr(" .", line[length - 1]); length--)
		line[length - 1] = '\0';
	return line;
}

/* The bounds of a run, where a budget of traffic is a month's. */
static struct plan_request wanted_of_run(const struct compare_request *request, const struct contender *contender)
{
	struct plan_request wanted = request->wanted;
	if (contender->setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE)
		wanted.usd_max /= measurement_runs_per_month(contender->setting);
	return wanted;
}

static bool plan_alone(const struct compare_request *request, int64_t replications, struct library *library,
		       struct arena *arena, struct contender *contender)
{
	struct plan *plan = ARENA_NEW(arena, struct plan);
	struct plan_request own = wanted_of_run(request, contender);
	struct diag diag;
	own.experiment = &contender->experiment;
	own.setting = contender->setting;
	own.library = library;
	own.run = request->run;
	own.replications = replications;
	diag_init(&diag);
	enum plan_end end = plan_run(&own, arena, &diag, plan);
	contender->best = plan->best.setting;
	if (end == PLAN_REFUSED)
		refuse(contender, errors_of(&diag, arena));
	diag_release(&diag);
	if (end != PLAN_INFEASIBLE)
		return end != PLAN_INTERRUPTED;
	/* Trials are short and begin cold: what comes nearest is measured like all others, and judged by that. */
	const struct plan_nearest *nearest = &plan->nearest;
	contender->best = nearest->deadline.setting ? nearest->deadline.setting
			  : nearest->budget.setting ? nearest->budget.setting
						    : nearest->failing.setting;
	if (contender->best)
		return true;
	struct buf why;
	buf_init(&why);
	reason_infeasible(plan, &why);
	const char *reason = in_one_line(&why, arena);
	buf_release(&why);
	return has_no_setting(contender, reason[0] ? reason : "no setting keeps the bounds");
}

static struct search_goal goal_of(const struct plan_request *wanted)
{
	struct search_goal goal = wanted->strategy == STRATEGY_SPEED ? search_fastest() : search_cheapest();
	if (wanted->seconds_max > 0)
		goal.seconds_max = wanted->seconds_max;
	if (wanted->usd_max > 0)
		goal.usd_max = wanted->usd_max;
	return goal;
}

static bool plan_shared(const struct compare_request *request, int64_t replications, struct arena *arena,
			struct contender *contender)
{
	const struct plan_request own = wanted_of_run(request, contender);
	const struct plan_request *wanted = &own;
	const struct trial_control control = {
		.seconds_metric = outcome_find_metric(wanted->seconds_metric),
		.seed = wanted->seed,
		.replications = replications,
		.share = wanted->share,
		.failing_share = 1 - wanted->share,
		.run = request->run,
		.arena = arena,
	};
	struct search_goal goal = goal_of(wanted);
	struct shared_plan plan;
	double rate = measurement_load(contender->setting);
	if (!shared_plan_find(contender->setting, rate, &goal, &control, wanted->headroom, &plan))
		return false;
	contender->best = plan.best.setting;
	contender->tried = plan.tried;
	return plan.best.setting || has_no_setting(contender, "no size that is sold holds the work");
}

/* A load that not even the largest sizes, with as many requests at once as there may be, can carry. */
static const char *impossible_load(const struct contender *contender, struct arena *arena)
{
	const struct platform *platform = contender->platform;
	struct setting *largest = setting_copy(contender->setting, arena);
	for (size_t i = 0; i < largest->function_count; i++) {
		largest->functions[i].memory_mb = platform->memory.max_mb;
		largest->functions[i].sandbox.requests_max = platform->sandbox.requests_max;
	}
	const char *quota = measurement_quota_reason(largest, arena);
	return quota ? arena_printf(arena, "more requests come than it serves at any size: %s", quota) : NULL;
}

bool contender_plan(const struct compare_request *request, struct library *library, struct arena *arena,
		    struct contender *contender)
{
	if (request->is_stated || contender->platform->kind != PLATFORM_FUNCTIONS) {
		contender->best = contender->setting;
		return true;
	}
	const char *impossible = impossible_load(contender, arena);
	if (impossible)
		return has_no_setting(contender, impossible);
	struct entering entering = {.request = request, .library = library, .arena = arena, .contender = contender};
	struct effort effort = measurement_of_planning(request, contender->setting);
	struct diag diag;
	diag_init(&diag);
	bool is_short = shorten(&entering, &effort, &diag);
	if (!is_short)
		refuse_for(&entering, &diag);
	diag_release(&diag);
	if (!is_short)
		return true;
	/* Also where only larger sizes take several requests. */
	bool may_share = contender->platform->sandbox.requests_default > 1 || setting_has_instances(contender->setting);
	return may_share ? plan_shared(request, effort.replications, arena, contender)
			 : plan_alone(request, effort.replications, library, arena, contender);
}
