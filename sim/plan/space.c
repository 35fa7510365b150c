#include "plan/space.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "scenario/pipeline_split.h"

static double expected_requests(const struct setting *setting)
{
	const struct arrival_process *arrivals = &setting->arrivals;
	double seconds = seconds_from_ns(arrivals->duration_ns);
	double rate = arrivals->rate_per_second;
	if (arrivals->kind == ARRIVALS_BURSTS) {
		double cycle = arrivals->calm_seconds + arrivals->burst_seconds;
		rate = (arrivals->calm_seconds * rate + arrivals->burst_seconds * arrivals->burst_rate_per_second) /
		       cycle;
	} else if (arrivals->kind == ARRIVALS_DAILY) {
		rate = 0;
		for (size_t i = 0; i < arrivals->daily_rate_count; i++)
			rate += arrivals->daily_rates_per_second[i] / (double)arrivals->daily_rate_count;
	}
	double records = (double)setting->records;
	bool is_timed = arrivals->kind != ARRIVALS_ALL_AT_ONCE && arrivals->kind != ARRIVALS_TRACE && seconds > 0;
	return is_timed ? fmin(records, rate * seconds) : records;
}

static bool beats(const struct stage_figures *a, const struct stage_figures *b)
{
	static const size_t figures[] = {
		offsetof(struct stage_figures, cold_seconds),      offsetof(struct stage_figures, warm_seconds),
		offsetof(struct stage_figures, last_cold_seconds), offsetof(struct stage_figures, last_warm_seconds),
		offsetof(struct stage_figures, kept_seconds),      offsetof(struct stage_figures, cold_usd),
		offsetof(struct stage_figures, warm_usd),          offsetof(struct stage_figures, last_cold_usd),
		offsetof(struct stage_figures, last_warm_usd),     offsetof(struct stage_figures, kept_usd),
		offsetof(struct stage_figures, kept_warm_usd),     offsetof(struct stage_figures, step_usd),
		offsetof(struct stage_figures, clock_usd),
	};
	bool is_no_worse = true;
	for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
		const double *x = (const double *)(const void *)((const char *)a + figures[i]);
		const double *y = (const double *)(const void *)((const char *)b + figures[i]);
		is_no_worse = is_no_worse && *x <= *y;
	}
	return is_no_worse;
}

static int64_t first_size_mb(const struct plan_memory *memory, double least_mb)
{
	if (least_mb <= (double)memory->from_mb)
		return memory->from_mb;
	if (least_mb > (double)memory->to_mb)
		return 0;
	int64_t steps = (int64_t)ceil((least_mb - (double)memory->from_mb) / (double)memory->step_mb);
	int64_t size_mb = memory->from_mb + steps * memory->step_mb;
	return size_mb <= memory->to_mb ? size_mb : 0;
}

/* Of figures by ascending memory, which ones something with less memory (above the knees) or the next beats. */
static void keep_unbeaten(struct space_table *table, const struct stage_figures *figures, const int64_t *sizes_mb,
			  size_t count)
{
	struct stage_figures cheapest = {.cold_seconds = HUGE_VAL};
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		bool is_last = i + 1 == count;
		bool is_beaten = (kept > 0 && beats(&cheapest, &figures[i])) ||
				 (!is_last && beats(&figures[i + 1], &figures[i]));
		if (is_beaten)
			continue;
		table->memory_mb[kept] = sizes_mb[i];
		table->figures[kept++] = figures[i];
		if (kept == 1 || figures[i].warm_seconds < cheapest.warm_seconds ||
		    figures[i].cold_seconds < cheapest.cold_seconds)
			cheapest = figures[i];
	}
	table->count = kept;
}

static void fill_table(struct space_table *table, const struct stage *stage, const struct plan_memory *memory,
		       double headroom, bool keeps_all, struct arena *arena)
{
	int64_t from_mb = first_size_mb(memory, stage->memory_floor_mb * (1 + headroom));
	size_t capacity = from_mb > 0 ? (size_t)((memory->to_mb - from_mb) / memory->step_mb + 1) : 0;
	*table = (struct space_table){
		.memory_mb = ARENA_ARRAY(arena, int64_t, capacity),
		.figures = ARENA_ARRAY(arena, struct stage_figures, capacity),
		.floor_mb = from_mb,
	};
	struct arena scratch;
	arena_init(&scratch);
	struct stage_figures *figures = ARENA_ARRAY(&scratch, struct stage_figures, capacity);
	int64_t *sizes_mb = ARENA_ARRAY(&scratch, int64_t, capacity);
	size_t count = 0;
	for (size_t i = 0; i < capacity; i++) {
		int64_t memory_mb = from_mb + (int64_t)i * memory->step_mb;
		stage_at(stage, memory_mb, &figures[count]);
		sizes_mb[count] = memory_mb;
		count += figures[count].handler_seconds <= stage->timeout_seconds;
		if (stage_is_flat_from(stage, memory_mb, memory->to_mb))
			break;
	}
	if (keeps_all) {
		memcpy(table->figures, figures, count * sizeof *figures);
		memcpy(table->memory_mb, sizes_mb, count * sizeof *sizes_mb);
		table->count = count;
	} else {
		keep_unbeaten(table, figures, sizes_mb, count);
	}
	arena_release(&scratch);
}

static void rule_out(struct space_table *table, double handler_max_seconds)
{
	while (table->first < table->count && table->figures[table->first].handler_seconds > handler_max_seconds)
		table->first++;
}

/* A space whose sizes and tables are its own; settings, stages, options and figures are the older one's. */
static struct space *copy_space(const struct space *space, struct arena *arena)
{
	struct space *copy = ARENA_NEW(arena, struct space);
	*copy = *space;
	copy->sizes = ARENA_ARRAY(arena, struct space_size, space->size_count);
	for (size_t i = 0; i < space->size_count; i++) {
		copy->sizes[i] = space->sizes[i];
		copy->sizes[i].tables = ARENA_ARRAY(arena, struct space_table, space->function_count);
		memcpy(copy->sizes[i].tables, space->sizes[i].tables,
		       space->function_count * sizeof(struct space_table));
	}
	return copy;
}

const struct space *space_ruled(const struct space *space, const struct rulings *rulings, struct arena *arena)
{
	struct space *ruled = copy_space(space, arena);
	ruled->rulings = *rulings;
	for (size_t i = 0; i < ruled->size_count; i++) {
		struct space_size *size = &ruled->sizes[i];
		for (size_t k = 0; k < ruled->function_count; k++) {
			rule_out(&size->tables[k], rulings->handler_max_seconds[k]);
			size->is_feasible = size->is_feasible && size->tables[k].first < size->tables[k].count;
		}
	}
	return ruled;
}

bool space_function_is_provisionable(const struct setting *setting, size_t function)
{
	return !setting->functions[function].sandbox.has_snapshot || setting->platform->limits.snapshot_provisioned;
}

bool space_size_is_provisionable(const struct space_size *size)
{
	bool is_provisionable = false;
	for (size_t i = 0; i < size->setting->function_count; i++)
		is_provisionable = is_provisionable || space_function_is_provisionable(size->setting, i);
	return is_provisionable;
}

const struct space *space_provisionable(const struct space *space, struct arena *arena)
{
	struct space *copy = copy_space(space, arena);
	for (size_t i = 0; i < copy->size_count; i++)
		copy->sizes[i].is_feasible = copy->sizes[i].is_feasible && space_size_is_provisionable(&copy->sizes[i]);
	return copy;
}

static uint64_t snapshots_of(const struct setting *setting)
{
	uint64_t snapshots = 0;
	for (size_t i = 0; i < setting->function_count; i++)
		snapshots |= (uint64_t)setting->functions[i].sandbox.has_snapshot << i;
	return snapshots;
}

/* At middling memories, which the shares hardly depend on. */
static void measure_served(struct space_size *size)
{
	struct setting setting = *size->setting;
	struct setting_function functions[SETTING_FUNCTIONS_MAX];
	setting.functions = functions;
	for (size_t i = 0; i < setting.function_count; i++) {
		const struct space_table *table = &size->tables[i];
		functions[i] = size->setting->functions[i];
		functions[i].memory_mb = table->memory_mb[table->first + (table->count - table->first) / 2];
	}
	served_measure(&setting, size->requests, &size->served);
}

/* At memories that grow by the same factor, from the least that works to the largest that makes a difference. */
static void measure_lateness(const struct space *space, struct space_size *size)
{
	const struct setting *setting = size->setting;
	struct lateness_steps *steps = ARENA_ARRAY(space->arena, struct lateness_steps, setting->function_count);
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct space_table *table = &size->tables[i];
		double least_mb = (double)table->memory_mb[table->first];
		double most_mb = (double)table->memory_mb[table->count - 1];
		for (int s = 0; s < LATENESS_STEPS; s++) {
			double wanted_mb = least_mb * pow(most_mb / least_mb, (double)s / (LATENESS_STEPS - 1));
			size_t option = space_find_option(table, (int64_t)wanted_mb);
			steps[i].memory_mb[s] = table->memory_mb[option];
			steps[i].cold_seconds[s] = table->figures[option].cold_seconds;
		}
	}
	lateness_measure(setting, size->stages, steps, space->parallel_to, space->arena, &size->lateness);
}

void space_add_setting(struct space *space, struct setting *setting)
{
	struct arena *arena = space->arena;
	struct space_size *size = &space->sizes[space->size_count++];
	*size = (struct space_size){
		.images_per_record = setting->images_per_record,
		.is_arm64 = setting->functions[0].sandbox.is_arm64,
		.snapshots = snapshots_of(setting),
		.setting = setting,
		.stages = ARENA_ARRAY(arena, struct stage, setting->function_count),
		.tables = ARENA_ARRAY(arena, struct space_table, setting->function_count),
		.requests = expected_requests(setting),
		.is_feasible = space_buy_tmp(setting),
	};
	for (size_t i = 0; i < setting->function_count; i++) {
		stage_init(&size->stages[i], setting, i);
		/* What provisioned sandboxes cost may change: then it is not known yet which options others beat. */
		fill_table(&size->tables[i], &size->stages[i], &space->memory, space->headroom, space->is_served,
			   arena);
		rule_out(&size->tables[i], space->rulings.handler_max_seconds[i]);
		size->is_feasible = size->is_feasible && size->tables[i].first < size->tables[i].count;
	}
	space->function_count = setting->function_count;
	if (space->is_served && size->is_feasible)
		measure_served(size);
	if (!space->is_served && size->is_feasible)
		measure_lateness(space, size);
}

static void provision(struct space_size *size, const struct setting *from, struct arena *arena)
{
	struct setting *setting = setting_copy(size->setting, arena);
	struct stage *stages = ARENA_ARRAY(arena, struct stage, setting->function_count);
	for (size_t i = 0; i < setting->function_count; i++) {
		struct sandbox_spec *spec = &setting->functions[i].sandbox;
		struct space_table *table = &size->tables[i];
		spec->provisioned = from && !spec->has_snapshot ? from->functions[i].sandbox.provisioned : 0;
		stages[i] = size->stages[i];
		stages[i].function = &setting->functions[i];
		table->figures = ARENA_ARRAY(arena, struct stage_figures, table->count);
		for (size_t o = 0; o < table->count; o++)
			stage_at(&stages[i], table->memory_mb[o], &table->figures[o]);
	}
	size->setting = setting;
	size->stages = stages;
}

const struct space *space_provisioned(const struct space *space, const struct setting *from, struct arena *arena)
{
	struct space *copy = copy_space(space, arena);
	for (size_t i = 0; i < copy->size_count; i++) {
		provision(&copy->sizes[i], from, arena);
		if (copy->is_served && copy->sizes[i].is_feasible)
			measure_served(&copy->sizes[i]);
	}
	return copy;
}

void space_perturbed(const struct space *space, space_perturbation *perturb, const void *context, struct arena *arena,
		     struct space *out)
{
	*out = *space;
	out->arena = arena;
	out->size_count = 0;
	out->sizes = ARENA_ARRAY(arena, struct space_size, space->size_count);
	for (size_t i = 0; i < space->size_count; i++) {
		struct setting *setting = setting_copy(space->sizes[i].setting, arena);
		perturb(setting, arena, context);
		space_add_setting(out, setting);
	}
}

int64_t space_tmp_needed_mb(const struct setting_function *function)
{
	return (int64_t)ceil(fmax(function->work.tmp_mb, function->last_work.tmp_mb));
}

bool space_buy_tmp(struct setting *setting)
{
	int64_t most_mb = limits_tmp_most_mb(&setting->platform->limits);
	bool has_all = true;
	for (size_t i = 0; i < setting->function_count; i++) {
		struct setting_function *function = &setting->functions[i];
		int64_t needed_mb = space_tmp_needed_mb(function);
		if (needed_mb > function->tmp_mb && needed_mb <= most_mb)
			function->tmp_mb = needed_mb;
		has_all = has_all && needed_mb <= function->tmp_mb;
	}
	return has_all;
}

/* Until a simulation knows better, what takes as long as the time-out in the mean may still work. */
static struct rulings no_rulings(void)
{
	struct rulings rulings = {.allows_refusals = false};
	for (size_t i = 0; i < SETTING_FUNCTIONS_MAX; i++)
		rulings.handler_max_seconds[i] = HUGE_VAL;
	return rulings;
}

void space_init_of_setting(struct space *space, struct setting *setting, const struct plan_memory *memory,
			   double headroom, struct arena *arena)
{
	*space = (struct space){
		.arena = arena,
		.sizes = ARENA_ARRAY(arena, struct space_size, SPACE_SIZES_MAX),
		.memory = *memory,
		.parallel_from = 1,
		.parallel_to = setting->platform->limits.concurrency,
		.schedules = {true, true},
		.headroom = headroom,
		.is_served = setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE,
		.quantile = 0.95,
		.rulings = no_rulings(),
	};
	space_add_setting(space, setting);
}

static struct diag_place place_in_plan(const struct experiment *experiment, const char *key)
{
	const struct yaml_node *plan = yaml_get(experiment->root, "plan");
	return plan ? bind_place(plan, key) : experiment->root->place;
}

/* The sizes of `plan.memory` where it has any, else all that the platform sells. */
static bool choose_memory(struct space *space, const struct platform *platform, struct diag *diag)
{
	const struct plan_memory *wanted = &space->experiment->plan.memory;
	const struct platform_memory *sold = &platform->memory;
	struct diag_place place = place_in_plan(space->experiment, "memory");
	space->memory = (struct plan_memory){
		.from_mb = wanted->from_mb > 0 ? wanted->from_mb : sold->min_mb,
		.to_mb = wanted->to_mb > 0 ? wanted->to_mb : sold->max_mb,
		.step_mb = wanted->step_mb > 0 ? wanted->step_mb : sold->step_mb,
	};
	int64_t nearest_mb;
	const int64_t ends[] = {space->memory.from_mb, space->memory.to_mb};
	for (size_t i = 0; i < 2; i++) {
		if (platform_sells_memory(platform, ends[i], &nearest_mb))
			continue;
		diag_error(diag, place, "%s does not sell %lld MB; the nearest size is %lld MB", platform->name,
			   (long long)ends[i], (long long)nearest_mb);
		return false;
	}
	if (space->memory.step_mb % sold->step_mb == 0)
		return true;
	diag_error(diag, place, "%s sells memory in steps of %lld MB; 'step_mb' %lld is no multiple of that",
		   platform->name, (long long)sold->step_mb, (long long)space->memory.step_mb);
	return false;
}

/* How a record size is served, beside what the experiment says. */
struct variant {
	int64_t images;
	int64_t tmp_mb;               /* of every function; 0: the experiment's */
	const struct setting *bought; /* functions with more /tmp than comes with them have as much as these; or NULL */
	bool has_own_snapshots;       /* not the experiment's, but ... */
	uint64_t snapshots;           /* ... a bit for each function that has them */
};

/* The experiment's functions, or the profile's where it lists none. */
static struct bind_structs copy_entries(const struct space_request *request, struct arena *arena)
{
	const struct bind_structs *stated = &request->experiment->functions;
	const struct setting *setting = request->setting;
	struct function_entry *entries = ARENA_ARRAY(arena, struct function_entry, setting->function_count);
	for (size_t i = 0; i < setting->function_count; i++) {
		if (i < stated->count)
			entries[i] = ((const struct function_entry *)stated->items)[i];
		else
			entries[i].name = setting->functions[i].name;
	}
	return (struct bind_structs){.items = entries, .count = setting->function_count};
}

/* The experiment with the variant and the largest memories; false where that does not go together. */
static bool resolve_variant(const struct space_request *request, const struct space *space,
			    const struct variant *variant, struct setting *out)
{
	const struct setting *setting = request->setting;
	struct experiment *experiment = ARENA_NEW(space->arena, struct experiment);
	*experiment = *request->experiment;
	experiment->workload.images_per_record = variant->images;
	experiment->defaults.memory_mb = space->memory.to_mb;
	experiment->functions = copy_entries(request, space->arena);
	struct function_entry *entries = experiment->functions.items;
	for (size_t i = 0; i < experiment->functions.count; i++) {
		const struct setting_function *bought = variant->bought ? &variant->bought->functions[i] : NULL;
		entries[i].memory_mb = space->memory.to_mb;
		if (bought && bought->tmp_mb > setting->platform->limits.tmp_mb)
			entries[i].tmp_mb = bought->tmp_mb;
		else if (variant->tmp_mb > 0)
			entries[i].tmp_mb = variant->tmp_mb;
		if (variant->has_own_snapshots)
			entries[i].snapshot = variant->snapshots >> i & 1;
	}
	struct diag unsaid;
	diag_init(&unsaid);
	bool ok = experiment_resolve(experiment, request->library, space->arena, &unsaid, out);
	diag_release(&unsaid);
	return ok;
}

/* The same on one architecture for all functions. */
static struct setting *on_architecture(const struct setting *setting, bool is_arm64, struct arena *arena)
{
	struct setting *copy = setting_copy(setting, arena);
	for (size_t i = 0; i < copy->function_count; i++)
		copy->functions[i].sandbox.is_arm64 = is_arm64;
	return copy;
}

/* Both architectures where the platform sells both, and how fast they are is known. */
static void add_architectures(struct space *space, struct setting *setting)
{
	const struct platform *platform = setting->platform;
	if (platform->cpu.arm64_speed == 0 || platform->price.usd_per_gb_second_arm64 == 0) {
		space_add_setting(space, setting);
		return;
	}
	space_add_setting(space, on_architecture(setting, false, space->arena));
	space_add_setting(space, on_architecture(setting, true, space->arena));
}

/* Where requests come over time, how many sandboxes are provisioned is decided later (provision.h). */
static void add_resolved(struct space *space, struct setting *setting)
{
	for (size_t i = 0; space->is_served && i < setting->function_count; i++)
		setting->functions[i].sandbox.provisioned = 0;
	add_architectures(space, setting);
}

/* The least /tmp that holds what is put there, where all that is sold does. */
static bool resolve_with_tmp(const struct space_request *request, const struct space *space, int64_t images,
			     struct setting *out)
{
	const struct platform_limits *limits = &request->setting->platform->limits;
	struct variant variant = {.images = images};
	if (resolve_variant(request, space, &variant, out))
		return true;
	variant.tmp_mb = limits->tmp_max_mb;
	if (variant.tmp_mb == 0 || !resolve_variant(request, space, &variant, out))
		return false;
	bool in_tmp = request->experiment->framework.record_in == RECORD_IN_TMP;
	for (size_t i = 0; i < out->function_count; i++) {
		struct setting_function *function = &out->functions[i];
		int64_t stated_mb = request->setting->functions[i].tmp_mb;
		int64_t record_mb = in_tmp ? (int64_t)ceil(stage_record_mb(&function->work)) : 0;
		function->tmp_mb = stated_mb > record_mb ? stated_mb : record_mb;
	}
	return true;
}

/* The functions whose runtime the platform restores from snapshots. */
static uint64_t snapshots_sold(const struct setting *setting)
{
	uint64_t sold = 0;
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct platform_runtime *runtime = setting->functions[i].sandbox.runtime;
		sold |= (uint64_t)(runtime && runtime->snapshot != SNAPSHOT_NONE) << i;
	}
	return setting->platform->sandbox.restore_seconds.table.count > 0 ? sold : 0;
}

static int count_bits(uint64_t bits)
{
	int count = 0;
	for (; bits; bits &= bits - 1)
		count++;
	return count;
}

/*
 * A record size that cannot be served at all is no mistake here, but no candidate either. Where a runtime's snapshots
 * are sold, they are a choice for each of its functions, or for all at once where `one_by_one` is not; what does not go
 * with them the experiment's reader refuses.
 */
static void try_size(struct space *space, const struct space_request *request, int64_t images, bool one_by_one)
{
	struct setting *setting = ARENA_NEW(space->arena, struct setting);
	if (!resolve_with_tmp(request, space, images, setting))
		return;
	space_buy_tmp(setting);
	add_resolved(space, setting);
	uint64_t stated = snapshots_of(setting);
	uint64_t sold = snapshots_sold(setting) | stated;
	struct variant variant = {.images = images, .bought = setting, .has_own_snapshots = true};
	/* All subsets of the bits that are sold, downwards; the last one is that of none. */
	for (uint64_t subset = sold, last = 0; !last; last = subset == 0, subset = (subset - 1) & sold) {
		struct setting *other = ARENA_NEW(space->arena, struct setting);
		bool is_wanted = one_by_one || (stated ? subset == 0 : subset == sold);
		variant.snapshots = subset;
		if (is_wanted && subset != stated && resolve_variant(request, space, &variant, other))
			add_resolved(space, other);
	}
}

static struct plan_images choose_images(const struct space_request *request, const struct space *space)
{
	const struct experiment *experiment = request->experiment;
	struct plan_images images = experiment->plan.images_per_record;
	int64_t own = experiment->workload.images_per_record;
	if (images.from > 0)
		return images;
	if (space->is_served || experiment->profile[0] == '\0')
		return (struct plan_images){own, own, 1};
	struct diag unsaid;
	diag_init(&unsaid);
	const struct profile *profile = experiment_profile(experiment, request->library, &unsaid);
	diag_release(&unsaid);
	int64_t min = own;
	int64_t max = 2 * own;
	if (profile)
		profile_covers(profile, own, &min, &max);
	/* A profile holds for records up to twice the largest that was measured. */
	int64_t largest = max / 2 < experiment->workload.images ? max / 2 : experiment->workload.images;
	int64_t step = div_ceil_int64(largest, 20);
	return (struct plan_images){step > min ? step : min, largest, step};
}

static void choose_schedules(struct space *space)
{
	const struct bind_texts *named = &space->experiment->plan.schedules;
	for (int k = 0; schedule_names[k]; k++) {
		space->schedules[k] = named->count == 0;
		for (size_t i = 0; i < named->count; i++)
			space->schedules[k] = space->schedules[k] || strcmp(named->values[i], schedule_names[k]) == 0;
	}
}

/* Bounds hold for machines that are bought by memory, and for requests that have a sandbox and its network alone. */
static bool check_kind(const struct space_request *request, struct diag *diag)
{
	const struct experiment *experiment = request->experiment;
	const struct setting *setting = request->setting;
	const struct platform *platform = setting->platform;
	if (platform->kind != PLATFORM_FUNCTIONS) {
		diag_error(diag, bind_place(experiment->root, "platform"),
			   "'%s' is a machine: it has no memory sizes to choose from", platform->name);
		return false;
	}
	CHECK(!setting->graph); /* workflow_plan.h is for those */
	if (setting_is_polled(setting)) {
		diag_error(diag, bind_place(yaml_get(experiment->root, "source"), "kind"),
			   "a plan's bounds hold for records that are called one by one; compare sizes, batches and "
			   "windows of a source of kind '%s' with 'lamina sweep'",
			   source_names[setting->source.kind]);
		return false;
	}
	bool is_alone = !setting_has_instances(setting);
	if (!is_alone)
		diag_error(
			diag, bind_place(experiment->root, "platform"),
			"a plan's bounds hold where each request has a sandbox to itself, which is paid for while it "
			"works");
	return is_alone;
}

bool space_init(struct space *space, const struct space_request *request, struct arena *arena, struct diag *diag)
{
	const struct experiment *experiment = request->experiment;
	const struct platform *platform = request->setting->platform;
	*space = (struct space){
		.experiment = experiment,
		.arena = arena,
		.sizes = ARENA_ARRAY(arena, struct space_size, SPACE_SIZES_MAX),
		.parallel_from = experiment->plan.parallel.from,
		.parallel_to = experiment->plan.parallel.to,
		.headroom = request->headroom,
		.is_served = experiment->workload.arrivals.process.kind != ARRIVALS_ALL_AT_ONCE,
		.quantile = request->quantile,
		.rulings = no_rulings(),
	};
	if (!check_kind(request, diag))
		return false;
	if (space->parallel_to == 0)
		space->parallel_to = platform->limits.concurrency;
	if (space->parallel_to > setting_parallel_max(request->setting))
		space->parallel_to = setting_parallel_max(request->setting);
	if (!choose_memory(space, platform, diag))
		return false;
	choose_schedules(space);
	struct plan_images images = choose_images(request, space);
	int64_t own = experiment->workload.images_per_record;
	bool has_own = experiment->plan.images_per_record.from > 0;
	double subsets = exp2(count_bits(snapshots_sold(request->setting) | snapshots_of(request->setting)));
	double sizes = 2.0 * (double)((images.to - images.from) / images.step + 2);
	bool one_by_one = subsets * sizes <= SPACE_SNAPSHOT_SIZES_MAX;
	for (int64_t n = images.from; n <= images.to && space->size_count + 8 <= SPACE_SIZES_MAX; n += images.step) {
		if (!has_own && own < n) {
			try_size(space, request, own, one_by_one);
			has_own = true;
		}
		has_own = has_own || own == n;
		try_size(space, request, n, one_by_one);
	}
	if (!has_own)
		try_size(space, request, own, one_by_one);
	if (space->size_count == 0)
		diag_error(diag, place_in_plan(experiment, "images_per_record"),
			   "none of the record sizes from %lld to %lld can be served (profile range, /tmp, memory)",
			   (long long)images.from, (long long)images.to);
	return space->size_count > 0;
}

static size_t find_size(const struct space *space, int64_t images, bool is_arm64, uint64_t snapshots)
{
	for (size_t i = 0; i < space->size_count; i++) {
		const struct space_size *size = &space->sizes[i];
		if (size->images_per_record == images && size->is_arm64 == is_arm64 && size->snapshots == snapshots)
			return i;
	}
	return space->size_count;
}

size_t space_other_architecture(const struct space *space, size_t size)
{
	const struct space_size *own = &space->sizes[size];
	return find_size(space, own->images_per_record, !own->is_arm64, own->snapshots);
}

size_t space_other_snapshot(const struct space *space, size_t size)
{
	const struct space_size *own = &space->sizes[size];
	uint64_t most = 0;
	for (size_t i = 0; i < space->size_count && own->snapshots == 0; i++)
		most = space->sizes[i].snapshots > most ? space->sizes[i].snapshots : most;
	return most == own->snapshots ? space->size_count
				      : find_size(space, own->images_per_record, own->is_arm64, most);
}

size_t space_find_option(const struct space_table *table, int64_t memory_mb)
{
	CHECK(table->first < table->count);
	for (size_t i = table->first; i < table->count; i++) {
		if (table->memory_mb[i] >= memory_mb)
			return i;
	}
	return table->count - 1;
}
