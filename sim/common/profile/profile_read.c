/*
 * Reads a profile: the tables below bind the keys, the checks below say what no single key can: that points are
 * sorted and unique, that layers and functions name each other, that a function's layers follow each other.
 */
#include <string.h>

#include "doc/bind.h"
#include "profile/profile.h"

enum { IMAGES_MAX = 1000000, COUNT_MAX = 10000, NAMES_MAX = 1000 };
#define SECONDS_MAX 1e6
#define BYTES_MAX 1e15
#define MAC_MAX 1e18

/* The file's shape where it differs from struct profile: lists are bound untyped, then given their types. */
struct layer_row {
	const char *name;
	const char *kind;
	const char *function;
	double mac_per_image;
	int64_t parameter_bytes;
	int64_t input_bytes_per_image;
	int64_t output_bytes_per_image;
	bool in_place;
	const char *fused;
	int64_t live_bytes_per_image;
	struct bind_texts crossing;
	int64_t crossing_bytes_per_image;
	bool cannot_be_cut;
	struct bind_structs times;
};

struct function_row {
	const char *name;
	struct bind_structs read;
	struct bind_structs decode;
	struct bind_structs load_weights;
	struct bind_structs serialise;
	struct bind_structs memory;
};

struct profile_row {
	int64_t lamina_profile;
	const char *model;
	const char *lamina_version;
	const char *date;
	int64_t record_input_bytes_per_image;
	struct profile_host host;
	struct profile_measurement measurement;
	struct bind_structs layers;
	struct bind_structs functions;
};

static const struct bind_field point_fields[] = {
	BIND_FIELD(struct profile_point, images, BIND_INT, .required = true, .min = 1, .max = IMAGES_MAX,
		   .help = "images in the record"),
	BIND_FIELD(struct profile_point, threads, BIND_INT, .min = 1, .max = PROFILE_THREADS_MAX, .fallback = "1",
		   .help = "threads that computed"),
	BIND_FIELD(struct profile_point, seconds, BIND_DOUBLE, .required = true, .min = 0, .max = SECONDS_MAX,
		   .help = "thread time over threads, the least of all repeats"),
	BIND_FIELD(struct profile_point, spread_seconds, BIND_DOUBLE, .min = 0, .max = SECONDS_MAX, .fallback = "0",
		   .help = "how much longer the median of the repeats is"),
	BIND_END,
};

static const struct bind_schema point_schema = {
	.title = "a measured time",
	.bytes = sizeof(struct profile_point),
	.fields = point_fields,
};

static const struct bind_field memory_fields[] = {
	BIND_FIELD(struct profile_memory_point, images, BIND_INT, .required = true, .min = 1, .max = IMAGES_MAX,
		   .help = "images in the record"),
	BIND_FIELD(struct profile_memory_point, peak_bytes, BIND_INT, .required = true, .min = 1, .max = BYTES_MAX,
		   .help = "largest resident memory of the function's process"),
	BIND_FIELD(struct profile_memory_point, planned_bytes, BIND_INT, .min = 0, .max = BYTES_MAX, .fallback = "0",
		   .help = "what the plan by its tensors' lives says; 0: unknown"),
	BIND_END,
};

static const struct bind_schema memory_schema = {
	.title = "a measured peak memory",
	.bytes = sizeof(struct profile_memory_point),
	.fields = memory_fields,
};

static const char *threads_word(int64_t threads)
{
	return threads == 1 ? "thread" : "threads";
}

/* Sorted by threads, then images, without doubles, and with times for one thread, which every lookup falls back to. */
static void check_points(const struct bind_structs *list, const struct yaml_node *map, const char *key,
			 struct diag *diag)
{
	const struct profile_point *points = list->items;
	const struct yaml_node *list_node = yaml_get(map, key);
	const struct yaml_node *node = list_node ? list_node->first : NULL;
	for (size_t i = 0; i < list->count; i++, node = node ? node->next : NULL) {
		const struct profile_point *point = &points[i];
		const struct profile_point *before = i ? &points[i - 1] : NULL;
		struct diag_place place = node ? node->place : map->place;
		if (!before)
			continue;
		if (point->threads == before->threads && point->images == before->images)
			diag_error(diag, place, "'%s' has two times for %lld images with %lld %s; keep one", key,
				   (long long)point->images, (long long)point->threads, threads_word(point->threads));
		else if (point->threads < before->threads ||
			 (point->threads == before->threads && point->images < before->images))
			diag_error(diag, place,
				   "'%s' is not sorted: %lld images with %lld %s come after %lld images with %lld; "
				   "sort by threads, then images",
				   key, (long long)point->images, (long long)point->threads,
				   threads_word(point->threads), (long long)before->images, (long long)before->threads);
	}
	if (list->count > 0 && points[0].threads != 1)
		diag_error(diag, list_node ? list_node->place : map->place,
			   "'%s' lacks times for 1 thread; they are needed at every thread count", key);
}

static void check_layer(void *value, const struct yaml_node *map, struct diag *diag)
{
	const struct layer_row *layer = value;
	const struct profile_point *points = layer->times.items;
	const struct yaml_node *list_node = yaml_get(map, "times");
	if (layer->times.count == 0)
		diag_error(diag, bind_place(map, "times"), "layer '%s' has no times; give at least one", layer->name);
	const struct yaml_node *node = list_node ? list_node->first : NULL;
	for (size_t i = 0; i < layer->times.count; i++, node = node ? node->next : NULL)
		if (points[i].seconds <= 0)
			diag_error(diag, bind_place(node ? node : map, "seconds"),
				   "'seconds' of layer '%s' must be positive", layer->name);
	check_points(&layer->times, map, "times", diag);
}

static const struct bind_field layer_fields[] = {
	BIND_FIELD(struct layer_row, name, BIND_TEXT, .required = true, .help = "unique name"),
	BIND_FIELD(struct layer_row, kind, BIND_TEXT, .required = true, .help = "conv, maxpool, relu, fc, ..."),
	BIND_FIELD(struct layer_row, function, BIND_TEXT, .required = true,
		   .help = "the function that ran it in the measured pipeline"),
	BIND_FIELD(struct layer_row, mac_per_image, BIND_DOUBLE, .min = 0, .max = MAC_MAX, .fallback = "0",
		   .help = "multiply-accumulates per image"),
	BIND_FIELD(struct layer_row, parameter_bytes, BIND_INT, .min = 0, .max = BYTES_MAX, .fallback = "0",
		   .help = "bytes of weights and biases"),
	BIND_FIELD(struct layer_row, input_bytes_per_image, BIND_INT, .required = true, .min = 1, .max = BYTES_MAX,
		   .help = "bytes of the input activations of one image"),
	BIND_FIELD(struct layer_row, output_bytes_per_image, BIND_INT, .required = true, .min = 1, .max = BYTES_MAX,
		   .help = "bytes of the output activations of one image"),
	BIND_FIELD(struct layer_row, in_place, BIND_BOOL, .fallback = "false",
		   .help = "whether the output overwrites the input"),
	BIND_FIELD(struct layer_row, fused, BIND_TEXT, .help = "names of what was fused into it"),
	BIND_FIELD(struct layer_row, live_bytes_per_image, BIND_INT, .min = 0, .max = BYTES_MAX, .fallback = "0",
		   .help = "bytes alive while it runs, in a network with branches; 0: its input and output"),
	BIND_FIELD(struct layer_row, crossing, BIND_TEXT_LIST, .count_max = COUNT_MAX,
		   .help = "tensors that a cut after it would carry over, in a network with branches"),
	BIND_FIELD(struct layer_row, crossing_bytes_per_image, BIND_INT, .min = 0, .max = BYTES_MAX, .fallback = "0",
		   .help = "bytes of these for one image; 0: its output"),
	BIND_FIELD(struct layer_row, cannot_be_cut, BIND_BOOL, .fallback = "false",
		   .help = "whether the network cannot be cut after it"),
	BIND_FIELD(struct layer_row, times, BIND_STRUCT_LIST, .required = true, .schema = &point_schema,
		   .count_max = COUNT_MAX, .help = "measured times"),
	BIND_END,
};

static const struct bind_schema layer_schema = {
	.title = "a layer",
	.bytes = sizeof(struct layer_row),
	.fields = layer_fields,
	.check = check_layer,
};

static const struct bind_structs *phase_of(const struct function_row *row, enum profile_phase phase)
{
	static const size_t offsets[PROFILE_PHASES] = {
		[PROFILE_READ] = offsetof(struct function_row, read),
		[PROFILE_DECODE] = offsetof(struct function_row, decode),
		[PROFILE_LOAD_WEIGHTS] = offsetof(struct function_row, load_weights),
		[PROFILE_SERIALISE] = offsetof(struct function_row, serialise),
	};
	return (const struct bind_structs *)(const void *)((const char *)row + offsets[phase]);
}

static void check_memory(const struct function_row *function, const struct yaml_node *map, struct diag *diag)
{
	const struct profile_memory_point *points = function->memory.items;
	const struct yaml_node *list = yaml_get(map, "memory");
	const struct yaml_node *node = list ? list->first : NULL;
	for (size_t i = 0; i < function->memory.count; i++, node = node ? node->next : NULL)
		if (i && points[i].images <= points[i - 1].images)
			diag_error(diag, node ? node->place : map->place,
				   "'memory' is not sorted: %lld images come after %lld; each number of images once, "
				   "the smallest first",
				   (long long)points[i].images, (long long)points[i - 1].images);
}

static void check_function(void *value, const struct yaml_node *map, struct diag *diag)
{
	const struct function_row *function = value;
	for (int phase = 0; phase < PROFILE_PHASES; phase++)
		check_points(phase_of(function, phase), map, profile_phase_names[phase], diag);
	check_memory(function, map, diag);
}

#define PHASE_FIELD(member, text) \
	BIND_FIELD(struct function_row, member, BIND_STRUCT_LIST, .schema = &point_schema, .count_max = COUNT_MAX, \
		   .help = (text))

static const struct bind_field function_fields[] = {
	BIND_FIELD(struct function_row, name, BIND_TEXT, .required = true, .help = "unique name"),
	PHASE_FIELD(read, "record bytes from storage into memory"),
	PHASE_FIELD(decode, "record bytes to tensors"),
	PHASE_FIELD(load_weights, "weight bytes to tensors"),
	PHASE_FIELD(serialise, "output tensors to record bytes"),
	BIND_FIELD(struct function_row, memory, BIND_STRUCT_LIST, .schema = &memory_schema, .count_max = COUNT_MAX,
		   .help = "measured peak memory"),
	BIND_END,
};

static const struct bind_schema function_schema = {
	.title = "a function",
	.bytes = sizeof(struct function_row),
	.fields = function_fields,
	.check = check_function,
};

static const struct bind_field host_fields[] = {
	BIND_FIELD(struct profile_host, cpu, BIND_TEXT, .required = true, .help = "processor name"),
	BIND_FIELD(struct profile_host, cores, BIND_INT, .required = true, .min = 1, .max = 4096,
		   .help = "cores of the host"),
	BIND_FIELD(struct profile_host, sgemm_gflop_per_second_per_core, BIND_DOUBLE, .required = true, .min = 1e-3,
		   .max = 1e6, .help = "float32 matrix product of large square matrices, one thread, GFLOP/s"),
	BIND_FIELD(struct profile_host, sgemm_parallel_speedup, BIND_DOUBLE, .min = 1e-3, .max = 4096, .fallback = "1",
		   .help = "the same with all measured threads against one"),
	BIND_FIELD(struct profile_host, memory_gb_per_second, BIND_DOUBLE, .required = true, .min = 1e-3, .max = 1e6,
		   .help = "copy bandwidth of one thread, 10^9 bytes read and written per second"),
	BIND_FIELD(struct profile_host, memory_parallel_speedup, BIND_DOUBLE, .min = 0, .max = 4096, .fallback = "0",
		   .help = "copy bandwidth of memory_parallel_threads threads at once against one; 0: not measured"),
	BIND_FIELD(struct profile_host, memory_parallel_threads, BIND_INT, .min = 1, .max = 4096, .fallback = "1",
		   .help = "threads that copied at once"),
	BIND_FIELD(struct profile_host, sgemm_spread_share, BIND_DOUBLE, .min = 0, .max = 1e3, .fallback = "0",
		   .help = "spread of the matrix product's speed over repeats, part of the speed"),
	BIND_FIELD(struct profile_host, memory_spread_share, BIND_DOUBLE, .min = 0, .max = 1e3, .fallback = "0",
		   .help = "the same of the copy bandwidth"),
	BIND_FIELD(struct profile_host, first_touch_seconds_per_gb, BIND_DOUBLE, .min = 0, .max = 1e4, .fallback = "0",
		   .help = "touching 10^9 bytes for the first time; 0: not measured, and part of the times"),
	BIND_FIELD(struct profile_host, first_touch_spread_seconds_per_gb, BIND_DOUBLE, .min = 0, .max = 1e4,
		   .fallback = "0", .help = "its spread over repeats"),
	BIND_FIELD(struct profile_host, blas, BIND_TEXT, .fallback = "unknown", .help = "library and version"),
	BIND_FIELD(struct profile_host, blas_core_type, BIND_TEXT, .fallback = "unknown",
		   .help = "kernel set that the library chose"),
	BIND_FIELD(struct profile_host, blas_threads, BIND_INT, .min = 1, .max = 4096, .fallback = "1",
		   .help = "most threads used"),
	BIND_FIELD(struct profile_host, convolutions, BIND_TEXT, .fallback = "openblas",
		   .help = "kernels that computed convolutions"),
	BIND_END,
};

static const struct bind_schema host_schema = {
	.title = "the host",
	.bytes = sizeof(struct profile_host),
	.fields = host_fields,
};

static const struct bind_field measurement_fields[] = {
	BIND_FIELD(struct profile_measurement, repeats, BIND_INT, .min = 0, .max = 1000000, .fallback = "0",
		   .help = "fewest repeats of any time; 0: unknown"),
	BIND_FIELD(struct profile_measurement, runs, BIND_INT, .min = 0, .max = 1000000000, .fallback = "0",
		   .help = "of the network, over all record sizes and threads; 0: unknown"),
	BIND_FIELD(struct profile_measurement, outliers, BIND_INT, .min = 0, .max = 1000000000, .fallback = "0",
		   .help = "of these, far from the others; they are among the repeats"),
	BIND_FIELD(struct profile_measurement, interval_share, BIND_DOUBLE, .min = 0, .max = 1e3, .fallback = "0",
		   .help = "half the widest 95 % interval of a median of the network's time, over it"),
	BIND_FIELD(struct profile_measurement, other_programs_cores, BIND_DOUBLE, .min = 0, .max = 4096,
		   .fallback = "0", .help = "cores that other programs kept busy meanwhile, on average"),
	BIND_FIELD(struct profile_measurement, steal_cores, BIND_DOUBLE, .min = 0, .max = 4096, .fallback = "0",
		   .help = "cores that the hypervisor took away meanwhile, on average"),
	BIND_END,
};

static const struct bind_schema measurement_schema = {
	.title = "the measurement",
	.bytes = sizeof(struct profile_measurement),
	.fields = measurement_fields,
};

/* The text of map's key; NULL where there is none: the table has then said so. */
static const char *text_of(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);
	return node && node->kind == YAML_SCALAR ? node->text : NULL;
}

/* A list of named mappings: the layers or the functions. */
struct names {
	const struct yaml_node *first;
	const char *text[NAMES_MAX]; /* never NULL */
	size_t count;
};

static bool collect_names(const struct yaml_node *root, const char *key, const char *what, struct diag *diag,
			  struct names *names)
{
	const struct yaml_node *list = yaml_get(root, key);
	*names = (struct names){.first = NULL};
	if (!list || list->kind != YAML_LIST || list->count > NAMES_MAX)
		return false;
	names->first = list->first;
	for (const struct yaml_node *node = list->first; node; node = node->next) {
		const char *name = text_of(node, "name");
		names->text[names->count++] = name ? name : "";
	}
	if (names->count == 0)
		diag_error(diag, list->place, "a profile needs at least one %s", what);
	return names->count > 0;
}

static int index_of(const struct names *names, const char *name, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names->text[i], name) == 0)
			return (int)i;
	return -1;
}

static const struct yaml_node *node_at(const struct names *names, int index)
{
	const struct yaml_node *node = names->first;
	while (index-- > 0)
		node = node->next;
	return node;
}

static void check_unique(const struct names *names, const char *what, struct diag *diag)
{
	const struct yaml_node *node = names->first;
	for (size_t i = 0; i < names->count; i++, node = node->next) {
		int before = names->text[i][0] ? index_of(names, names->text[i], i) : -1;
		if (before >= 0)
			diag_error(diag, bind_place(node, "name"), "%s '%s' was already on line %d; names are unique",
				   what, names->text[i], bind_place(node_at(names, before), "name").line);
	}
}

static void report_unknown_function(const char *layer, const char *function, const struct names *functions,
				    struct diag_place place, struct diag *diag)
{
	const char *guess = did_you_mean(function, functions->text, functions->count);
	diag_error(diag, place, "layer '%s' names function '%s', which is not in 'functions'%s%s%s", layer, function,
		   guess ? "; did you mean '" : "", guess ? guess : "", guess ? "'?" : "");
}

/* Every layer's function exists and has not been left for a later one; every function has a layer. */
static void check_assignment(const struct names *layers, const struct names *functions, struct diag *diag)
{
	bool used[NAMES_MAX] = {false};
	int furthest = 0;
	const struct yaml_node *node = layers->first;
	for (size_t i = 0; i < layers->count; i++, node = node->next) {
		const char *function = text_of(node, "function");
		if (!function)
			continue;
		int index = index_of(functions, function, functions->count);
		if (index < 0) {
			report_unknown_function(layers->text[i], function, functions, bind_place(node, "function"),
						diag);
			continue;
		}
		used[index] = true;
		if (index < furthest)
			diag_error(diag, bind_place(node, "function"),
				   "layer '%s' belongs to function '%s' but comes after a layer of '%s'; layers are in "
				   "network order, functions in pipeline order",
				   layers->text[i], function, functions->text[furthest]);
		else
			furthest = index;
	}
	node = functions->first;
	for (size_t i = 0; i < functions->count; i++, node = node->next)
		if (!used[i] && functions->text[i][0])
			diag_error(diag, node->place, "function '%s' has no layers; no layer names it",
				   functions->text[i]);
}

/* On the tree, not on what was bound from it, so that a mistake elsewhere hides none of these. */
static void check_names(const struct yaml_node *root, struct diag *diag)
{
	struct names layers;
	struct names functions;
	bool has_layers = collect_names(root, "layers", "layer", diag, &layers);
	bool has_functions = collect_names(root, "functions", "function", diag, &functions);
	check_unique(&layers, "layer", diag);
	check_unique(&functions, "function", diag);
	if (has_layers && has_functions)
		check_assignment(&layers, &functions, diag);
}

static const struct bind_field profile_fields[] = {
	BIND_FIELD(struct profile_row, lamina_profile, BIND_INT, .required = true, .min = PROFILE_FORMAT,
		   .max = PROFILE_FORMAT, .help = "version of this format"),
	BIND_FIELD(struct profile_row, model, BIND_TEXT, .required = true, .help = "name of the measured model"),
	BIND_FIELD(struct profile_row, lamina_version, BIND_TEXT, .fallback = "unknown",
		   .help = "the program that measured"),
	BIND_FIELD(struct profile_row, date, BIND_TEXT, .fallback = "unknown", .help = "when, as ISO 8601 UTC"),
	BIND_FIELD(struct profile_row, record_input_bytes_per_image, BIND_INT, .required = true, .min = 1,
		   .max = BYTES_MAX, .help = "bytes of one image in the first function's input record"),
	BIND_FIELD(struct profile_row, host, BIND_STRUCT, .required = true, .schema = &host_schema,
		   .help = "the machine that measured"),
	BIND_FIELD(struct profile_row, measurement, BIND_STRUCT, .fallback = "{}", .schema = &measurement_schema,
		   .help = "how undisturbed that machine was"),
	BIND_FIELD(struct profile_row, layers, BIND_STRUCT_LIST, .required = true, .schema = &layer_schema,
		   .count_max = NAMES_MAX, .help = "the network's layers in order"),
	BIND_FIELD(struct profile_row, functions, BIND_STRUCT_LIST, .required = true, .schema = &function_schema,
		   .count_max = NAMES_MAX, .help = "the functions in pipeline order"),
	BIND_END,
};

const struct bind_schema profile_schema = {
	.title = "a profile",
	.bytes = sizeof(struct profile_row),
	.fields = profile_fields,
};

static struct profile_points typed_points(const struct bind_structs *list)
{
	return (struct profile_points){.points = list->items, .count = list->count};
}

static void convert_layers(const struct profile_row *row, struct arena *arena, struct profile *out)
{
	const struct layer_row *rows = row->layers.items;
	out->layer_count = row->layers.count;
	out->layers = ARENA_ARRAY(arena, struct profile_layer, out->layer_count);
	for (size_t i = 0; i < out->layer_count; i++)
		out->layers[i] = (struct profile_layer){
			.name = rows[i].name,
			.kind = rows[i].kind,
			.function = rows[i].function,
			.mac_per_image = rows[i].mac_per_image,
			.parameter_bytes = rows[i].parameter_bytes,
			.input_bytes_per_image = rows[i].input_bytes_per_image,
			.output_bytes_per_image = rows[i].output_bytes_per_image,
			.in_place = rows[i].in_place,
			.fused = rows[i].fused,
			.live_bytes_per_image = rows[i].live_bytes_per_image,
			.crossing = rows[i].crossing.values,
			.crossing_count = rows[i].crossing.count,
			.crossing_bytes_per_image = rows[i].crossing_bytes_per_image,
			.cannot_be_cut = rows[i].cannot_be_cut,
			.times = typed_points(&rows[i].times),
		};
}

static void convert_functions(const struct profile_row *row, struct arena *arena, struct profile *out)
{
	const struct function_row *rows = row->functions.items;
	out->function_count = row->functions.count;
	out->functions = ARENA_ARRAY(arena, struct profile_function, out->function_count);
	for (size_t i = 0; i < out->function_count; i++) {
		struct profile_function *function = &out->functions[i];
		function->name = rows[i].name;
		for (int phase = 0; phase < PROFILE_PHASES; phase++)
			function->phases[phase] = typed_points(phase_of(&rows[i], phase));
		function->memory = rows[i].memory.items;
		function->memory_count = rows[i].memory.count;
	}
}

static bool convert(const struct yaml_node *root, const char *file, struct arena *arena, struct diag *diag,
		    struct profile *out)
{
	*out = (struct profile){.path = file};
	struct profile_row row;
	if (!root)
		return false;
	size_t errors_before = diag->error_count;
	bool is_bound = bind_map(&profile_schema, root, &row, arena, diag);
	check_names(root, diag);
	if (!is_bound || diag->error_count > errors_before)
		return false;
	out->model = row.model;
	out->lamina_version = row.lamina_version;
	out->date = row.date;
	out->record_input_bytes_per_image = row.record_input_bytes_per_image;
	out->host = row.host;
	out->measurement = row.measurement;
	convert_layers(&row, arena, out);
	convert_functions(&row, arena, out);
	return true;
}

bool profile_parse(const char *file, const char *text, size_t length, struct arena *arena, struct diag *diag,
		   struct profile *out)
{
	return convert(yaml_parse(file, text, length, arena, diag), file, arena, diag, out);
}

bool profile_read(const char *path, struct arena *arena, struct diag *diag, struct profile *out)
{
	return convert(yaml_read(path, arena, diag, NULL), path, arena, diag, out);
}
