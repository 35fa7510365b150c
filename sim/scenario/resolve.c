#include "scenario/resolve.h"

#include <string.h>

#include "base/file.h"
#include "base/num.h"
#include "scenario/function_name.h"
#include "scenario/function_work.h"
#include "scenario/pipeline_split.h"
#include "scenario/sandbox_choice.h"
#include "scenario/trace_file.h"
#include "scenario/unknown.h"
#include "scenario/workflow_column.h"

/* More requests than any simulation gets through: where only time ends the arrivals. */
#define WORKLOAD_REQUESTS_MAX 1000000000000LL

/* What the parts of one resolution share. */
struct resolution {
	const struct experiment *experiment;
	const struct platform *platform;
	const struct profile *profile; /* NULL where no function needs one */
	struct arena *arena;
	struct diag *diag;
	struct setting *setting;
	struct layer_range *layers; /* of each function, where it states no work */
	size_t layers_used;         /* of the profile, from the front */
	bool is_order_lost;         /* a function's layers are not known: a mistake, or its work is stated */
};

static const struct yaml_node *section(const struct resolution *resolution, const char *key)
{
	return yaml_get(resolution->experiment->root, key);
}

static struct diag_place place_of(const struct resolution *resolution, const char *part, const char *key)
{
	const struct yaml_node *node = section(resolution, part);
	return node ? bind_place(node, key) : resolution->experiment->root->place;
}

/* Every function of the profile, for an experiment that lists none. */
static void entries_from_profile(const struct profile *profile, struct arena *arena, struct bind_structs *out)
{
	struct function_entry *entries = ARENA_ARRAY(arena, struct function_entry, profile->function_count);
	for (size_t i = 0; i < profile->function_count; i++)
		entries[i].name = profile->functions[i].name;
	*out = (struct bind_structs){.items = entries, .count = profile->function_count};
}

static void unknown_layer(const struct resolution *resolution, const struct function_entry *entry, const char *name)
{
	const struct profile *profile = resolution->profile;
	const char **names = ARENA_ARRAY(resolution->arena, const char *, profile->layer_count);
	for (size_t i = 0; i < profile->layer_count; i++)
		names[i] = profile->layers[i].name;
	const char *meant = did_you_mean(name, names, profile->layer_count);
	struct diag_place place = bind_place(entry->node, "layers");
	if (meant)
		diag_error(resolution->diag, place, "model '%s' has no layer '%s'; did you mean '%s'?", profile->model,
			   name, meant);
	else
		diag_error(resolution->diag, place, "model '%s' has no layer '%s'", profile->model, name);
}

static void unknown_function(const struct resolution *resolution, const struct function_entry *entry)
{
	const struct profile *profile = resolution->profile;
	const char **names = ARENA_ARRAY(resolution->arena, const char *, profile->function_count);
	for (size_t i = 0; i < profile->function_count; i++)
		names[i] = profile->functions[i].name;
	const char *meant = did_you_mean(entry->name, names, profile->function_count);
	if (meant)
		diag_error(resolution->diag, entry->place,
			   "profile of model '%s' has no function '%s'; did you mean '%s'?", profile->model,
			   entry->name, meant);
	else
		diag_error(resolution->diag, entry->place,
			   "profile of model '%s' has no function '%s'; name its 'layers' or state its 'work'",
			   profile->model, entry->name);
}

/* The layers that an entry names, or those measured in the profile's function of its name; they must be contiguous. */
static bool find_layers(const struct resolution *resolution, const struct function_entry *entry,
			struct layer_range *out)
{
	const struct profile *profile = resolution->profile;
	*out = (struct layer_range){0};
	if (entry->layers.count == 0) {
		for (size_t i = 0; i < profile->layer_count; i++) {
			if (strcmp(profile->layers[i].function, entry->name) != 0)
				continue;
			if (out->end == 0)
				out->first = i;
			out->end = i + 1;
		}
		if (out->end == 0)
			unknown_function(resolution, entry);
		return out->end > 0;
	}
	bool ok = true;
	for (size_t i = 0; i < entry->layers.count; i++) {
		int layer = profile_find_layer(profile, entry->layers.values[i]);
		if (layer < 0) {
			unknown_layer(resolution, entry, entry->layers.values[i]);
			ok = false;
		} else if (i == 0) {
			out->first = (size_t)layer;
			out->end = (size_t)layer + 1;
		} else if (ok && (size_t)layer != out->end) {
			diag_error(resolution->diag, bind_place(entry->node, "layers"),
				   "layer '%s' does not follow layer '%s' in model '%s'", entry->layers.values[i],
				   entry->layers.values[i - 1], profile->model);
			ok = false;
		} else {
			out->end = (size_t)layer + 1;
		}
	}
	return ok;
}

/* Where the function's memory is stated: a template, an overlay or the experiment itself. */
static struct diag_place memory_place(const struct resolution *resolution, const struct function_entry *entry)
{
	return entry->memory_mb > 0 ? bind_place(entry->node, "memory_mb")
				    : place_of(resolution, "defaults", "memory_mb");
}

static bool resolve_memory(const struct resolution *resolution, const struct function_entry *entry,
			   struct setting_function *out)
{
	const struct function_defaults *defaults = &resolution->experiment->defaults;
	const struct platform *platform = resolution->platform;
	out->memory_mb = entry->memory_mb > 0 ? entry->memory_mb : defaults->memory_mb;
	if (out->memory_mb == 0)
		out->memory_mb = platform->memory.max_mb;
	int64_t nearest_mb;
	if (platform_sells_memory(platform, out->memory_mb, &nearest_mb))
		return true;
	diag_error(resolution->diag, memory_place(resolution, entry),
		   "%s does not sell 'memory_mb' %lld (%lld to %lld in steps of %lld); the nearest size is %lld",
		   platform->name, (long long)out->memory_mb, (long long)platform->memory.min_mb,
		   (long long)platform->memory.max_mb, (long long)platform->memory.step_mb, (long long)nearest_mb);
	return false;
}

static bool resolve_timeout(const struct resolution *resolution, const struct function_entry *entry,
			    struct setting_function *out)
{
	const struct function_defaults *defaults = &resolution->experiment->defaults;
	double longest = resolution->platform->limits.timeout_seconds;
	bool is_own = entry->timeout_seconds > 0;
	double seconds = is_own ? entry->timeout_seconds : defaults->timeout_seconds;
	if (seconds > longest) {
		diag_error(resolution->diag,
			   is_own ? bind_place(entry->node, "timeout_seconds")
				  : place_of(resolution, "defaults", "timeout_seconds"),
			   "'timeout_seconds' is %g; %s allows at most %g", seconds, resolution->platform->name,
			   longest);
		return false;
	}
	out->timeout_ns = ns_from_seconds(seconds > 0 ? seconds : longest);
	return true;
}

/* A record must fit where it is put; whether the whole function fits is for the simulation to show. */
static bool check_record_fits(const struct resolution *resolution, const struct function_entry *entry,
			      const struct setting_function *function)
{
	const struct phase *get = &function->work.phases[WORK_RECORD_GET];
	const struct phase *put = &function->work.phases[WORK_RECORD_PUT];
	double record_mb = (double)(get->bytes > put->bytes ? get->bytes : put->bytes) / (1024.0 * 1024.0);
	bool in_tmp = resolution->experiment->framework.record_in == RECORD_IN_TMP;
	double room_mb = in_tmp ? (double)function->tmp_mb : setting_room_mb(function);
	struct diag_place place = place_of(resolution, "workload", "images_per_record");
	if (record_mb > room_mb && !function->work.is_streamed) {
		diag_error(
			resolution->diag, place,
			"a record of %lld images takes %.0f MB in '%s', more than its %s of %.0f MB; use fewer images "
			"per record%s",
			(long long)function->work.images, record_mb, entry->name, in_tmp ? "/tmp" : "memory", room_mb,
			entry->has_work ? ", or state 'streamed: true' where it passes through without being held"
					: "");
		return false;
	}
	if (function->work.peak_memory_mb > setting_room_mb(function))
		diag_warning(resolution->diag, memory_place(resolution, entry),
			     "'%s' needs %.0f MB for %lld image%s and has %lld MB: it will run out of memory",
			     entry->name, function->work.peak_memory_mb, (long long)function->work.images,
			     function->work.images == 1 ? "" : "s", (long long)function->memory_mb);
	return true;
}

static bool check_coverage(const struct resolution *resolution, int64_t images)
{
	int64_t min;
	int64_t max;
	if (profile_covers(resolution->profile, images, &min, &max))
		return true;
	diag_error(resolution->diag, place_of(resolution, "workload", "images_per_record"),
		   "profile '%s' was measured for records of %lld to %lld images and is not extrapolated to %lld%s",
		   resolution->profile->path, (long long)min, (long long)max, (long long)images,
		   images == resolution->setting->images_per_record ? "" : ", which some records hold");
	return false;
}

/* Every layer is run once, and in order. */
static void check_order(struct resolution *resolution, const struct function_entry *entry, struct layer_range layers)
{
	const struct profile_layer *all = resolution->profile->layers;
	size_t next = resolution->layers_used;
	resolution->layers_used = layers.end;
	if (resolution->is_order_lost || layers.first == next)
		return;
	if (layers.first > next)
		diag_error(resolution->diag, entry->place,
			   "function '%s' begins at layer '%s', but no function runs '%s' before it", entry->name,
			   all[layers.first].name, all[next].name);
	else
		diag_error(resolution->diag, entry->place,
			   "function '%s' begins at layer '%s', which a function before it has run", entry->name,
			   all[layers.first].name);
}

/* Part of a network can be meant, but it can also be a function that was forgotten. */
static void warn_of_unused_layers(const struct resolution *resolution, struct diag_place place)
{
	const struct profile *profile = resolution->profile;
	size_t used = resolution->layers_used;
	if (profile && !resolution->is_order_lost && used > 0 && used < profile->layer_count)
		diag_warning(resolution->diag, place, "no function runs layer '%s' of model '%s', nor any after it",
			     profile->layers[used].name, profile->model);
}

/* What a function hands on must be one piece for each image, or no record can hold it. */
static bool check_cut(const struct resolution *resolution, const struct function_entry *entry,
		      struct layer_range layers)
{
	const struct profile *profile = resolution->profile;
	const struct profile_layer *last = &profile->layers[layers.end - 1];
	if (layers.end == profile->layer_count || !last->cannot_be_cut)
		return true;
	diag_error(resolution->diag, entry->place,
		   "function '%s' cannot end at layer '%s': what model '%s' carries on from there is not one piece for "
		   "each image",
		   entry->name, last->name, profile->model);
	return false;
}

/* The layers of an entry without stated work, which must go on where the functions before it end. */
static bool resolve_layers(struct resolution *resolution, const struct function_entry *entry, struct layer_range *out)
{
	const struct profile *profile = resolution->profile;
	if (!profile) {
		const struct bind_structs *functions = &resolution->experiment->functions;
		const struct function_entry *entries = functions->items;
		const char **names = ARENA_ARRAY(resolution->arena, const char *, functions->count);
		size_t count = 0;
		for (size_t i = 0; i < functions->count; i++)
			if (&entries[i] != entry)
				names[count++] = entries[i].name;
		const char *meant = did_you_mean(entry->name, names, count);
		diag_error(resolution->diag, entry->place,
			   "function '%s' states no 'work', so the experiment needs a 'profile'%s", entry->name,
			   meant ? function_name_advice(entry->name, names, count, resolution->arena) : "");
		return false;
	}
	if (!find_layers(resolution, entry, out)) {
		resolution->is_order_lost = true;
		return false;
	}
	check_order(resolution, entry, *out);
	return check_cut(resolution, entry, *out);
}

static bool resolve_work(const struct resolution *resolution, const struct function_entry *entry,
			 struct layer_range layers, int64_t images, int64_t records, struct work *out)
{
	if (!entry->has_work && !check_coverage(resolution, images))
		return false;
	if (entry->has_work)
		function_work_from_stated(&entry->work, resolution->platform, images, out);
	else
		function_work_from_layers(resolution->experiment, resolution->platform, resolution->profile, layers,
					  images, out);
	function_work_part(entry->has_work ? &entry->work : NULL, records, out);
	source_section_stream(resolution->setting, entry == resolution->experiment->functions.items, out);
	function_work_set_client(&resolution->experiment->framework, out);
	return true;
}

/* Bytes are moved by a client whose CPU has not been measured. */
static void warn_of_client(const struct resolution *resolution, const struct setting_function *function)
{
	const char *known = resolution->platform->network.cpu_runtime;
	const struct platform_runtime *runtime = function->sandbox.runtime;
	bool moves = false;
	for (int i = 0; i < WORK_PHASES; i++) {
		const struct phase *phase = &function->work.phases[i];
		moves = moves || (phase->bytes > 0 && !phase->has_client_cpu);
	}
	if (!moves || !runtime || known[0] == '\0' || strncmp(runtime->name, known, strlen(known)) == 0)
		return;
	diag_warning(resolution->diag, place_of(resolution, "framework", "runtime"),
		     "the CPU of moving bytes is that of a client in %s; nobody has published that of one in %s: state "
		     "'framework.store_cpu_seconds_per_mb' and 'store_cpu_seconds_per_put_mb'",
		     known, runtime->name);
}

/* Work for every number of images that a request of the trace holds, or messages that are called together. */
static bool resolve_sized_works(const struct resolution *resolution, const struct function_entry *entry,
				struct layer_range layers, struct setting_function *out)
{
	const struct setting *setting = resolution->setting;
	const struct trace *trace = setting->arrivals.trace;
	bool is_polled = setting_is_polled(setting);
	size_t count = is_polled ? (size_t)setting->source.batch_max : trace ? trace->size_count : 0;
	struct work *works = ARENA_ARRAY(resolution->arena, struct work, count);
	for (size_t i = 0; i < count; i++) {
		int64_t records = is_polled ? (int64_t)(i + 1) : 1;
		int64_t images = is_polled ? records * setting->images_per_record : trace->sizes[i];
		if (!resolve_work(resolution, entry, layers, images, records, &works[i]))
			return false;
	}
	out->sized_works = count > 0 ? works : NULL;
	/* What a function is said to need is what the largest batch does. */
	if (is_polled)
		out->work = out->last_work = works[count - 1];
	return true;
}

static int64_t last_record_images(const struct setting *setting)
{
	int64_t left = setting->images - (setting->records - 1) * setting->images_per_record;
	return setting->images > 0 && left < setting->images_per_record ? left : setting->images_per_record;
}

static bool resolve_function(struct resolution *resolution, const struct function_entry *entry,
			     struct layer_range *layers, struct setting_function *out)
{
	const struct setting *setting = resolution->setting;
	out->name = entry->name;
	out->resource = entry->resource;
	out->provisioned_resource = entry->provisioned_resource;
	out->deployed_name = entry->deployed_name;
	bool ok = resolve_memory(resolution, entry, out);
	ok = resolve_timeout(resolution, entry, out) && ok;
	ok = sandbox_choice_resolve(resolution->experiment, resolution->platform, entry, resolution->arena,
				    resolution->diag, out) &&
	     ok;
	resolution->is_order_lost = resolution->is_order_lost || entry->has_work;
	return (entry->has_work || resolve_layers(resolution, entry, layers)) &&
	       resolve_work(resolution, entry, *layers, setting->images_per_record, 1, &out->work) &&
	       resolve_work(resolution, entry, *layers, last_record_images(setting), 1, &out->last_work) &&
	       resolve_sized_works(resolution, entry, *layers, out) && check_record_fits(resolution, entry, out) && ok;
}

/* Work for every number of items that a batch can have: any up to a full one's. */
static void resolve_batches(const struct resolution *resolution, const struct function_entry *entries,
			    const struct graph *graph)
{
	for (size_t i = 0; i < graph->step_count; i++) {
		struct step *step = &graph->steps[i];
		int64_t batch = step->kind == STEP_TASK ? graph_batch_of(graph, step) : 1;
		if (batch == 1)
			continue;
		struct work *works = ARENA_ARRAY(resolution->arena, struct work, (size_t)batch);
		for (int64_t items = 1; items <= batch; items++)
			if (!resolve_work(resolution, &entries[step->function], resolution->layers[step->function],
					  items * resolution->setting->images_per_record, items, &works[items - 1]))
				return;
		step->works = works;
		step->work_count = (size_t)batch;
	}
}

/* What a chain's keys say of the whole, a workflow's steps say each for itself. */
static void refuse_chain_keys(const struct resolution *resolution)
{
	static const struct {
		const char *key;
		const char *instead;
	} keys[] = {
		{"orchestrator", "'workflow.kind' says who calls the functions"},
		{"distributed_map", "say so at the step: 'map: {distributed: true}'"},
		{"map_children", "say so at the step: 'map: {distributed: true, children: express}'"},
		{"retries", "say so at the step: 'retry: {attempts: 3}'"},
		{"invocation", "its tasks wait for what they call"},
	};
	const struct yaml_node *pipeline = section(resolution, "pipeline");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (yaml_get(pipeline, keys[i].key))
			diag_error(resolution->diag, bind_place(pipeline, keys[i].key),
				   "'%s' is of a chain, and this experiment has a workflow: %s", keys[i].key,
				   keys[i].instead);
}

/* Makes the steps a graph, where there are any. */
static void resolve_workflow(const struct resolution *resolution, const struct function_entry *entries)
{
	const struct workflow_section *workflow = &resolution->experiment->workflow;
	struct setting *setting = resolution->setting;
	if (!workflow->steps)
		return;
	const char **names = ARENA_ARRAY(resolution->arena, const char *, setting->function_count);
	for (size_t i = 0; i < setting->function_count; i++)
		names[i] = entries[i].name;
	struct workflow_surroundings surroundings = {
		.platform = resolution->platform,
		.functions = names,
		.function_count = setting->function_count,
		.messages_max = setting_is_polled(setting) ? setting->source.batch_max : 0,
		.trace = setting->arrivals.trace,
	};
	struct graph *graph = ARENA_NEW(resolution->arena, struct graph);
	size_t errors_before = resolution->diag->error_count;
	refuse_chain_keys(resolution);
	if (workflow->kind == WORKFLOW_EXPRESS && resolution->platform->price.usd_per_million_express == 0)
		diag_error(resolution->diag, place_of(resolution, "workflow", "kind"),
			   "%s says nothing of express workflows", resolution->platform->name);
	if (workflow->kind == WORKFLOW_DURABLE && resolution->platform->price.usd_per_million_durable == 0)
		diag_error(resolution->diag, place_of(resolution, "workflow", "kind"),
			   "%s says nothing of durable functions", resolution->platform->name);
	if (workflow_compile(workflow, &surroundings, resolution->arena, resolution->diag, graph) &&
	    resolution->diag->error_count == errors_before)
		resolve_batches(resolution, entries, graph);
	setting->graph = graph;
}

static bool resolve_functions(struct resolution *resolution)
{
	struct bind_structs entries = resolution->experiment->functions;
	struct setting *setting = resolution->setting;
	if (entries.count == 0) {
		if (!resolution->profile) {
			diag_error(resolution->diag, resolution->experiment->root->place,
				   "an experiment needs 'functions' with stated work, or a 'profile'");
			return false;
		}
		entries_from_profile(resolution->profile, resolution->arena, &entries);
	}
	const struct function_entry *items = entries.items;
	setting->functions = ARENA_ARRAY(resolution->arena, struct setting_function, entries.count);
	setting->function_count = entries.count;
	resolution->layers = ARENA_ARRAY(resolution->arena, struct layer_range, entries.count);
	size_t errors_before = resolution->diag->error_count;
	for (size_t i = 0; i < entries.count; i++)
		resolve_function(resolution, &items[i], &resolution->layers[i], &setting->functions[i]);
	sandbox_choice_seat_guests(resolution->experiment, resolution->arena, resolution->diag, setting);
	resolve_workflow(resolution, items);
	warn_of_client(resolution, &setting->functions[0]);
	warn_of_unused_layers(resolution, items[entries.count - 1].place);
	sandbox_choice_check_reservations(resolution->experiment, setting, resolution->diag);
	return resolution->diag->error_count == errors_before;
}

/* A distributed map starts a workflow for each record. */
static bool resolve_map(const struct resolution *resolution)
{
	const struct pipeline *pipeline = &resolution->experiment->pipeline;
	const struct platform *platform = resolution->platform;
	bool is_express = pipeline->map_children == MAP_CHILDREN_EXPRESS;
	bool is_distributed = pipeline->orchestrator == ORCHESTRATOR_WORKFLOW && pipeline->distributed_map;
	if (is_express && !is_distributed) {
		diag_error(resolution->diag, place_of(resolution, "pipeline", "map_children"),
			   "only a distributed map of a workflow has children: 'orchestrator: workflow' and "
			   "'distributed_map: true'");
		return false;
	}
	if (is_express && platform->price.usd_per_million_express == 0) {
		diag_error(resolution->diag, place_of(resolution, "pipeline", "map_children"),
			   "%s says nothing of express workflows", platform->name);
		return false;
	}
	if (is_distributed)
		resolution->setting->map = is_express ? MAP_OF_EXPRESS_CHILDREN : MAP_OF_STANDARD_CHILDREN;
	return true;
}

/* Resolves who passes records on, and how many that bounds at once. */
static bool resolve_orchestrator(const struct resolution *resolution)
{
	const struct pipeline *pipeline = &resolution->experiment->pipeline;
	const struct platform *platform = resolution->platform;
	const struct platform_workflow *workflow = &platform->workflow;
	struct setting *setting = resolution->setting;
	bool is_offered[] = {
		[ORCHESTRATOR_DRIVER] = true,
		[ORCHESTRATOR_STORE_EVENTS] = platform->store.event_seconds.table.count > 0,
		[ORCHESTRATOR_WORKFLOW] = workflow->hop_seconds.table.count > 0,
	};
	setting->orchestrator = pipeline->orchestrator;
	if (!is_offered[pipeline->orchestrator]) {
		bool is_graph = resolution->experiment->workflow.steps;
		diag_error(resolution->diag,
			   is_graph ? place_of(resolution, "workflow", "kind")
				    : place_of(resolution, "pipeline", "orchestrator"),
			   "%s says nothing of '%s'", platform->name, orchestrator_names[pipeline->orchestrator]);
		return false;
	}
	setting->has_hosts = pipeline->shared_hosts;
	if (!resolve_map(resolution))
		return false;
	if (pipeline->shared_hosts && platform->hosts.memory_mb == 0) {
		diag_error(resolution->diag, place_of(resolution, "pipeline", "shared_hosts"),
			   "%s says nothing of its hosts", platform->name);
		return false;
	}
	bool is_waited_for = pipeline->orchestrator == ORCHESTRATOR_DRIVER && setting->invocation == INVOCATION_SYNC;
	const char *waits = pipeline->client_seconds > 0 ? "client_seconds" : "answer_seconds";
	if (pipeline->client_seconds + pipeline->answer_seconds > 0 && !is_waited_for) {
		diag_error(resolution->diag, place_of(resolution, "pipeline", waits),
			   "'%s' is a caller's who waits; nobody does with orchestrator '%s' and '%s' calls", waits,
			   orchestrator_names[pipeline->orchestrator], invocation_type_names[setting->invocation]);
		return false;
	}
	setting->answer_ns = ns_from_seconds(pipeline->answer_seconds);
	setting->client_ns = ns_from_seconds(pipeline->client_seconds / 2);
	if (pipeline->orchestrator == ORCHESTRATOR_STORE_EVENTS)
		setting->invocation = INVOCATION_ASYNC;
	bool is_queued = setting->invocation == INVOCATION_ASYNC && platform->kind == PLATFORM_FUNCTIONS;
	if (is_queued && platform->limits.async_age_seconds == 0) {
		bool is_asked = pipeline->invocation == INVOCATION_ASYNC;
		const struct yaml_node *source = section(resolution, "source");
		diag_error(resolution->diag,
			   source ? source->place
				  : place_of(resolution, "pipeline", is_asked ? "invocation" : "orchestrator"),
			   "%s says nothing of asynchronous calls ('limits.async_age_seconds')", platform->name);
		return false;
	}
	if (!resolution->experiment->workflow.steps && setting->parallel > setting_parallel_max(setting))
		setting->parallel = setting_parallel_max(setting);
	return true;
}

/* The experiment with its framework's preset beneath what it states; NULL with diag errors. */
static const struct experiment *with_preset(const struct experiment *experiment, struct library *library,
					    struct arena *arena, struct diag *diag)
{
	const char *name = experiment->framework.preset;
	if (name[0] == '\0')
		return experiment;
	const struct yaml_node *stated = yaml_get(experiment->root, "framework");
	struct experiment *with = ARENA_NEW(arena, struct experiment);
	const struct framework_preset *preset = library_preset(library, name, bind_place(stated, "preset"), diag);
	*with = *experiment;
	return preset && framework_over_preset(preset, stated, arena, diag, &with->framework) ? with : NULL;
}

/* A workflow's kind says who passes records on. */
static const struct experiment *with_orchestrator(const struct experiment *experiment, struct arena *arena)
{
	if (!experiment || !experiment->workflow.steps)
		return experiment;
	struct experiment *with = ARENA_NEW(arena, struct experiment);
	*with = *experiment;
	with->pipeline.orchestrator =
		workflow_is_of_service(experiment->workflow.kind) ? ORCHESTRATOR_WORKFLOW : ORCHESTRATOR_DRIVER;
	with->pipeline.invocation = INVOCATION_SYNC;
	with->pipeline.retries = 0;
	with->pipeline.distributed_map = false;
	with->pipeline.map_children = MAP_CHILDREN_STANDARD;
	return with;
}

/* Warns where language and framework are taken to need nothing, which they seldom do. */
static void warn_of_no_framework(const struct resolution *resolution, struct library *library)
{
	const struct yaml_node *stated = section(resolution, "framework");
	const struct bind_structs *functions = &resolution->experiment->functions;
	const struct function_entry *entries = functions->items;
	bool has_memory = yaml_get(stated, "memory_mb") != NULL;
	bool has_import = yaml_get(stated, "import_cpu_seconds") != NULL;
	bool uses_layers = functions->count == 0;
	for (size_t i = 0; i < functions->count; i++)
		uses_layers = uses_layers || !entries[i].has_work;
	if (!resolution->profile || !uses_layers || yaml_get(stated, "preset") || (has_memory && has_import))
		return;
	diag_warning(resolution->diag, stated ? stated->place : bind_place(resolution->experiment->root, "profile"),
		     "%s%s%s assumed for language and framework, since 'framework' does not say; presets (framework: "
		     "{preset: NAME}): %s",
		     has_memory ? "" : "0 MB of memory", has_memory || has_import ? "" : " and ",
		     has_import ? " is" : "0 s of importing are", library_preset_names(library));
}

static int64_t requests_of(const struct workload *workload, const struct trace *trace)
{
	int64_t requests = WORKLOAD_REQUESTS_MAX;
	if (workload->images > 0)
		requests = div_ceil_int64(workload->images, workload->images_per_record);
	if (trace && trace->total < requests)
		requests = trace->total;
	return requests;
}

/* Images, records and arrivals; traces are read once per library. */
static bool resolve_workload(const struct experiment *experiment, struct library *library, struct diag *diag,
			     struct setting *out)
{
	const struct workload *workload = &experiment->workload;
	const struct arrivals_entry *entry = &workload->arrivals;
	const struct yaml_node *node = yaml_get(experiment->root, "workload");
	const struct trace *trace = NULL;
	if (entry->process.kind == ARRIVALS_TRACE) {
		struct trace_request request = {
			.path = entry->trace,
			.function = entry->function,
			.place = bind_place(yaml_get(node, "arrivals"), "trace"),
		};
		if (!workflow_columns_find(experiment->workflow.steps, diag, &request))
			return false;
		trace = library_trace(library, &request, diag);
		if (!trace)
			return false;
	}
	int64_t requests = requests_of(workload, trace);
	if (entry->process.kind == ARRIVALS_ALL_AT_ONCE && requests > SETTING_RECORDS_MAX) {
		diag_error(diag, bind_place(node, "images"),
			   "that makes %lld records, more than %d; use more images per record", (long long)requests,
			   SETTING_RECORDS_MAX);
		return false;
	}
	out->images = workload->images;
	out->images_per_record = workload->images_per_record;
	out->records = requests;
	out->arrivals = entry->process;
	out->arrivals.daily_rates_per_second = entry->daily_rates_per_second.values;
	out->arrivals.daily_rate_count = entry->daily_rates_per_second.count;
	out->arrivals.trace = trace;
	out->arrivals.duration_ns = ns_from_seconds(entry->duration_seconds);
	return true;
}

static bool has_profile(const struct experiment *experiment)
{
	return experiment->profile[0] != '\0' || experiment->pipeline.split;
}

void experiment_unknown(const struct experiment *experiment, const struct setting *setting, struct arena *arena,
			struct bind_texts *out)
{
	unknown_needed(setting, has_profile(experiment), arena, out);
}

bool experiment_resolve(const struct experiment *experiment, struct library *library, struct arena *arena,
			struct diag *diag, struct setting *out)
{
	*out = (struct setting){0};
	struct resolution resolution = {.experiment = experiment, .arena = arena, .diag = diag, .setting = out};
	struct diag_place at_platform = bind_place(experiment->root, "platform");
	struct platform_changes changes = {
		.region = experiment->region,
		.region_place = bind_place(experiment->root, "region"),
		.values = bill_section_values(&experiment->bill, experiment->platform_values, library->arena),
	};
	resolution.platform = library_platform(library, experiment->platform, &changes, at_platform, diag);
	resolution.profile = experiment_profile(experiment, library, diag);
	resolution.experiment = with_orchestrator(with_preset(experiment, library, arena, diag), arena);
	if (!resolution.platform || (has_profile(experiment) && !resolution.profile) || !resolution.experiment)
		return false;

	bool is_batch = experiment->workload.arrivals.process.kind == ARRIVALS_ALL_AT_ONCE;
	*out = (struct setting){
		.platform = resolution.platform,
		.schedule = experiment->pipeline.schedule,
		.parallel = experiment->pipeline.parallel,
		.warm_sandboxes = experiment->pipeline.warm_sandboxes,
		.dispatch_ns = ns_from_seconds(experiment->pipeline.dispatch_seconds),
		.pause_ns = ns_from_seconds(experiment->pipeline.pause_seconds),
		.invocation = experiment->pipeline.invocation,
		.retries = experiment->pipeline.retries,
		.framework_memory_mb = resolution.experiment->framework.memory_mb,
		.runs_per_month = experiment->traffic.runs_per_month,
		.has_free_tier = experiment->traffic.free_tier,
		.failures = experiment->failures,
		.event_budget = (uint64_t)experiment->limits.events,
		.horizon_ns = ns_from_seconds(experiment->limits.horizon_seconds),
		.in_flight_max = experiment->limits.in_flight,
	};
	if (out->parallel == 0)
		out->parallel = is_batch ? 1 : INT64_MAX;
	if (!resolve_workload(experiment, library, diag, out))
		return false;
	bool has_source = source_section_resolve(experiment, diag, out);
	if (!resolve_orchestrator(&resolution))
		return false;
	bool is_machine = resolution.platform->kind == PLATFORM_MACHINE;
	if (!is_machine)
		warn_of_no_framework(&resolution, library);
	if (is_machine && experiment->workflow.steps)
		diag_error(diag, bind_place(experiment->root, "workflow"), "'%s' is a machine: it runs no workflow",
			   resolution.platform->name);
	bool has_functions = is_machine ? !experiment->workflow.steps : resolve_functions(&resolution);
	bool has_bill = bill_section_resolve(&experiment->bill, diag, out);
	has_bill = has_source && source_section_check_functions(experiment, diag, out) && has_bill;
	bool is_known = has_functions &&
			(library->admits_unknown || unknown_check(out, has_profile(experiment), at_platform, diag));
	return is_known && has_bill;
}
