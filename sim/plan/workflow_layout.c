#include "plan/workflow_layout.h"

#include <string.h>

#include "base/num.h"

/* --- keys and values --- */

bool layout_keeps(const struct plan_request *request, const char *name)
{
	const struct bind_texts *keep = &request->experiment->plan.keep;
	for (size_t i = 0; i < keep->count; i++)
		if (strcmp(keep->values[i], name) == 0)
			return true;
	return false;
}

static struct knob *new_knob(struct knobs *knobs, const char *name, const char *label)
{
	struct knob *knob = &knobs->items[knobs->count++];
	*knob = (struct knob){.name = name, .label = label, .keys = {label}, .key_count = 1, .widened_by = -1};
	return knob;
}

static void add_value(struct knob *knob, const char *value)
{
	for (size_t i = 0; i < knob->value_count; i++)
		if (strcmp(knob->values[i], value) == 0)
			return;
	if (knob->value_count < KNOB_VALUES_MAX)
		knob->values[knob->value_count++] = value;
}

static void add_number(struct knob *knob, int64_t value, struct arena *arena)
{
	add_value(knob, arena_printf(arena, "%lld", (long long)value));
}

/* A knob with one value is none. */
static void drop_single(struct knobs *knobs)
{
	if (knobs->items[knobs->count - 1].value_count < 2)
		knobs->count--;
}

static bool has_room(const struct knobs *knobs)
{
	return knobs->count < KNOBS_MAX;
}

static void add_kind(struct knobs *knobs, const struct plan_request *request)
{
	const struct setting *setting = request->setting;
	if (!workflow_is_of_service(setting->graph->kind) || setting->platform->price.usd_per_million_express == 0)
		return;
	struct knob *knob = new_knob(knobs, "kind", "workflow.kind");
	add_value(knob, workflow_kind_names[setting->graph->kind]);
	add_value(knob, workflow_kind_names[WORKFLOW_STANDARD]);
	add_value(knob, workflow_kind_names[WORKFLOW_EXPRESS]);
}

/* As the functions have it, or one for all. */
static void add_architecture(struct knobs *knobs, const struct plan_request *request, struct arena *arena)
{
	static const char *const names[] = {"x86_64", "arm64"};
	const struct setting *setting = request->setting;
	const struct platform *platform = setting->platform;
	if (platform->cpu.arm64_speed == 0 || platform->price.usd_per_gb_second_arm64 == 0)
		return;
	struct knob *knob = new_knob(knobs, "architecture", "functions.*.architecture");
	size_t arm64 = 0;
	knob->key_count = setting->function_count;
	for (size_t f = 0; f < setting->function_count; f++) {
		knob->keys[f] = arena_printf(arena, "functions.%s.architecture", setting->functions[f].name);
		arm64 += setting->functions[f].sandbox.is_arm64;
	}
	add_value(knob, arm64 == 0 ? names[0] : arm64 == setting->function_count ? names[1] : "as stated");
	add_value(knob, names[0]);
	add_value(knob, names[1]);
}

/* Of all functions whose runtime is restored from snapshots: as they have it, or one for all. */
static void add_snapshot(struct knobs *knobs, const struct plan_request *request, struct arena *arena)
{
	const struct setting *setting = request->setting;
	struct knob *knob = new_knob(knobs, "snapshot", "functions.*.snapshot");
	size_t stated = 0;
	knob->key_count = 0;
	for (size_t f = 0; f < setting->function_count; f++) {
		const struct sandbox_spec *sandbox = &setting->functions[f].sandbox;
		if (!sandbox->runtime || sandbox->runtime->snapshot == SNAPSHOT_NONE)
			continue;
		knob->keys[knob->key_count++] =
			arena_printf(arena, "functions.%s.snapshot", setting->functions[f].name);
		stated += sandbox->has_snapshot;
	}
	if (knob->key_count > 0) {
		add_value(knob, stated == 0 ? "false" : stated == knob->key_count ? "true" : "as stated");
		add_value(knob, "false");
		add_value(knob, "true");
	}
	drop_single(knobs);
}

/* The fewest at once that end `all` in 1, 2, 3, 4, 6, 9, 13, ... rounds. */
static void add_rounds(struct knob *knob, int64_t all, int64_t from, int64_t to, struct arena *arena)
{
	for (int64_t rounds = 1; rounds <= all; rounds += max_int64(1, rounds / 2)) {
		int64_t at_once = div_ceil_int64(all, rounds);
		if (at_once >= from && at_once <= to)
			add_number(knob, at_once, arena);
	}
}

static void add_parallel(struct knobs *knobs, const struct plan_request *request, struct arena *arena)
{
	const struct setting *setting = request->setting;
	const struct plan_parallel *wanted = &request->experiment->plan.parallel;
	if (setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE || setting->source.kind != SOURCE_DIRECT)
		return;
	int64_t most = wanted->to > 0 ? wanted->to : setting_parallel_max(setting);
	struct knob *knob = new_knob(knobs, "parallel", "pipeline.parallel");
	add_number(knob, setting->parallel, arena);
	add_rounds(knob, setting->records, wanted->from, min_int64(most, setting->records), arena);
	drop_single(knobs);
}

/* Messages of a batch, and how long one is gathered. */
static void add_source(struct knobs *knobs, const struct plan_request *request, struct arena *arena)
{
	static const int64_t sizes[] = {1, 2, 5, 10, 20, 50, 100};
	static const char *const windows[] = {"0", "1", "2", "5", "10", "20"};
	const struct setting_source *source = &request->setting->source;
	if (!setting_is_polled(request->setting))
		return;
	if (!layout_keeps(request, "batch_size")) {
		struct knob *knob = new_knob(knobs, "batch_size", "source.batch_size");
		add_number(knob, source->batch_max, arena);
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
			add_number(knob, sizes[i], arena);
	}
	if (!layout_keeps(request, "window")) {
		struct knob *knob = new_knob(knobs, "window", "source.window_seconds");
		add_value(knob, arena_printf(arena, "%g", seconds_from_ns(source->window_ns)));
		for (size_t i = 0; i < ARRAY_LEN(windows); i++)
			add_value(knob, windows[i]);
	}
}

/* --- maps, where they stand --- */

struct walk {
	const struct plan_request *request;
	struct knobs *knobs;
	struct arena *arena;
	size_t next_step; /* of the graph */
};

static void walk_steps(struct walk *walk, const struct yaml_node *list, const char *path);

static void walk_part(struct walk *walk, const struct yaml_node *step, const char *path, const char *key)
{
	const struct yaml_node *part = yaml_get(step, key);
	const struct yaml_node *steps = yaml_get(part, "steps");
	if (steps)
		walk_steps(walk, steps, arena_printf(walk->arena, "%s.%s.steps", path, key));
}

static void walk_branches(struct walk *walk, const struct yaml_node *step, const char *path, const char *key)
{
	const struct yaml_node *list = yaml_get(step, key);
	int number = 0;
	for (const struct yaml_node *branch = list ? list->first : NULL; branch; branch = branch->next, number++) {
		const struct yaml_node *steps = branch->kind == YAML_LIST ? branch : yaml_get(branch, "steps");
		const char *below = branch->kind == YAML_LIST ? "" : ".steps";
		if (steps)
			walk_steps(walk, steps, arena_printf(walk->arena, "%s.%s.%d%s", path, key, number, below));
	}
}

static const struct step *next_map(struct walk *walk)
{
	const struct graph *graph = walk->request->setting->graph;
	while (walk->next_step < graph->step_count && graph->steps[walk->next_step].kind != STEP_MAP)
		walk->next_step++;
	return walk->next_step < graph->step_count ? &graph->steps[walk->next_step++] : NULL;
}

/* The number that is most, 0 being as many as there may be. */
static size_t widest_of(const struct knob *knob)
{
	size_t widest = 0;
	int64_t most = 0;
	for (size_t i = 0; i < knob->value_count; i++) {
		int64_t number = 0;
		bool is_all = num_parse_int64(knob->values[i], &number) && number == 0;
		if (is_all || number > most) {
			widest = i;
			most = is_all ? INT64_MAX : number;
		}
	}
	return widest;
}

static void add_map(struct walk *walk, const struct step *step, const char *path)
{
	const struct setting *setting = walk->request->setting;
	const struct platform_workflow *limits = &setting->platform->workflow;
	int64_t most = step->is_distributed ? limits->distributed_map_limit : limits->inline_map_limit;
	int64_t items = item_count_max(step->writer >= 0 ? &setting->graph->steps[step->writer].writes : &step->items);
	if (!workflow_is_of_service(setting->graph->kind) || most == 0)
		most = INT64_MAX;
	int concurrency = -1;
	if (has_room(walk->knobs) && !layout_keeps(walk->request, "concurrency")) {
		struct knob *knob =
			new_knob(walk->knobs, "concurrency", arena_printf(walk->arena, "%s.map.concurrency", path));
		int64_t batches = div_ceil_int64(items, step->batch);
		add_number(knob, step->concurrency == INT64_MAX ? 0 : step->concurrency, walk->arena);
		if (most < batches)
			add_number(knob, most, walk->arena);
		if (step->batch > 1)
			add_number(knob, min_int64(items, most), walk->arena);
		add_rounds(knob, batches, 1, most, walk->arena);
		knob->widest = widest_of(knob);
		concurrency = knob->value_count < 2 ? -1 : (int)walk->knobs->count - 1;
		drop_single(walk->knobs);
	}
	if (step->is_distributed && has_room(walk->knobs) && !layout_keeps(walk->request, "batch")) {
		struct knob *knob = new_knob(walk->knobs, "batch", arena_printf(walk->arena, "%s.map.batch", path));
		static const int64_t sizes[] = {1, 2, 5, 10, 20, 50, 100};
		knob->widened_by = concurrency;
		add_number(knob, step->batch, walk->arena);
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
			if (sizes[i] <= items)
				add_number(knob, sizes[i], walk->arena);
		drop_single(walk->knobs);
	}
}

/* In the order in which the graph's steps were made. */
static void walk_steps(struct walk *walk, const struct yaml_node *list, const char *path)
{
	int number = 0;
	for (const struct yaml_node *step = list->first; step; step = step->next, number++) {
		const struct yaml_node *name = yaml_get(step, "name");
		bool is_by_name = name && name->kind == YAML_SCALAR && !strchr(name->text, '.');
		const char *at = is_by_name ? arena_printf(walk->arena, "%s.%s", path, name->text)
					    : arena_printf(walk->arena, "%s.%d", path, number);
		const struct step *map = yaml_get(step, "map") ? next_map(walk) : NULL;
		if (map)
			add_map(walk, map, at);
		walk_part(walk, step, at, "map");
		walk_part(walk, step, at, "loop");
		walk_branches(walk, step, at, "parallel");
		walk_branches(walk, step, at, "choice");
		const struct yaml_node *caught = yaml_get(step, "catch");
		if (caught)
			walk_steps(walk, caught, arena_printf(walk->arena, "%s.catch", at));
	}
}

void knobs_init(struct knobs *knobs, const struct plan_request *request, struct arena *arena)
{
	*knobs = (struct knobs){.count = 0};
	if (!layout_keeps(request, "kind"))
		add_kind(knobs, request);
	if (!layout_keeps(request, "architecture"))
		add_architecture(knobs, request, arena);
	if (!layout_keeps(request, "snapshot"))
		add_snapshot(knobs, request, arena);
	if (!layout_keeps(request, "parallel"))
		add_parallel(knobs, request, arena);
	add_source(knobs, request, arena);
	struct walk walk = {.request = request, .knobs = knobs, .arena = arena};
	walk_steps(&walk, request->experiment->workflow.steps, "workflow.steps");
}

/* --- layouts --- */

int64_t knobs_product(const struct knobs *knobs, int64_t most)
{
	int64_t product = 1;
	for (size_t i = 0; i < knobs->count && product < most; i++)
		product *= (int64_t)knobs->items[i].value_count;
	return min_int64(product, most);
}

bool layout_next(const struct knobs *knobs, struct layout *layout)
{
	for (size_t i = 0; i < knobs->count; i++) {
		if (++layout->at[i] < knobs->items[i].value_count)
			return true;
		layout->at[i] = 0;
	}
	return false;
}

bool layout_equal(const struct knobs *knobs, const struct layout *a, const struct layout *b)
{
	return memcmp(a->at, b->at, knobs->count * sizeof a->at[0]) == 0;
}

static bool set_knob(struct yaml_node *root, const struct knob *knob, const char *value, struct arena *arena,
		     struct diag *diag)
{
	bool ok = true;
	for (size_t k = 0; k < knob->key_count; k++)
		ok = yaml_set(root, knob->keys[k], value, root->place, arena, diag) && ok;
	return ok;
}

const struct setting *layout_resolve(const struct plan_request *request, const struct knobs *knobs,
				     const struct layout *layout, struct arena *arena)
{
	struct experiment *experiment = ARENA_NEW(arena, struct experiment);
	struct setting *setting = ARENA_NEW(arena, struct setting);
	struct yaml_node *root = yaml_copy(request->experiment->root, arena);
	struct diag unsaid;
	bool is_changed = false;
	bool ok = true;
	diag_init(&unsaid);
	for (size_t i = 0; i < knobs->count; i++) {
		const struct knob *knob = &knobs->items[i];
		if (layout->at[i] == 0)
			continue;
		is_changed = true;
		ok = set_knob(root, knob, knob->values[layout->at[i]], arena, &unsaid) && ok;
	}
	ok = ok && (!is_changed || (experiment_bind(root, request->experiment->path, arena, &unsaid, experiment) &&
				    experiment_resolve(experiment, request->library, arena, &unsaid, setting)));
	diag_release(&unsaid);
	if (!ok)
		return NULL;
	return is_changed ? setting : request->setting;
}
