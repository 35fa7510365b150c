#include "report/figure_data.h"

#include <string.h>

#include "base/diag.h"
#include "base/num.h"

enum { READ_AT_ONCE = 256 };

/* --- which points ----------------------------------------------------------------------------------------------- */

enum { KEY_UNKNOWN = -1, KEY_AMBIGUOUS = -2 };

bool figure_key_is_meant(const char *key, const char *name)
{
	size_t key_length = strlen(key);
	size_t length = strlen(name);
	if (length > key_length || strcmp(key + key_length - length, name) != 0)
		return false;
	return length == key_length || key[key_length - length - 1] == '.';
}

static int find_key(const char *const *keys, size_t key_count, const char *name)
{
	int found = KEY_UNKNOWN;
	for (size_t i = 0; i < key_count; i++) {
		if (strcmp(keys[i], name) == 0)
			return (int)i;
		if (figure_key_is_meant(keys[i], name))
			found = found == KEY_UNKNOWN ? (int)i : KEY_AMBIGUOUS;
	}
	return found;
}

/* The key of "key=value", and where its value begins; KEY_UNKNOWN, with err, for anything else. */
static int pair_key(const char *pair, const char *const *keys, size_t key_count, const char **value, struct err *err)
{
	struct arena arena;
	arena_init(&arena);
	const char *equals = strchr(pair, '=');
	CHECK(equals);
	*value = equals + 1;
	const char *name = arena_strndup(&arena, pair, (size_t)(equals - pair));
	int key = find_key(keys, key_count, name);
	if (key < 0)
		err_set(err,
			key == KEY_AMBIGUOUS ? "--only: several swept keys end in '%s'" : "--only: '%s' is not swept",
			diag_excerpt(name, &arena));
	arena_release(&arena);
	return key < 0 ? KEY_UNKNOWN : key;
}

bool figure_only_check(const struct figure_only *only, const char *const *keys, size_t key_count, struct err *err)
{
	const char *value;
	for (size_t i = 0; i < only->count; i++)
		if (pair_key(only->pairs[i], keys, key_count, &value, err) < 0)
			return false;
	return true;
}

static bool is_meant(const struct swept_value *value, const char *text)
{
	double number;
	struct arena arena;
	if (num_parse_double(text, &number))
		return swept_value_number(value) == number;
	arena_init(&arena);
	bool is_same = strcmp(swept_value_text(value, &arena), text) == 0;
	arena_release(&arena);
	return is_same;
}

/* Of a key that is given twice, either value will do. */
bool figure_only_has(const struct figure_only *only, const char *const *keys, size_t key_count,
		     const struct swept_value *values)
{
	for (size_t i = 0; i < only->count; i++) {
		struct err err;
		const char *text;
		int key = pair_key(only->pairs[i], keys, key_count, &text, &err);
		bool any = false;
		for (size_t k = 0; k < only->count && !any; k++)
			any = pair_key(only->pairs[k], keys, key_count, &text, &err) == key &&
			      is_meant(&values[key], text);
		if (!any)
			return false;
	}
	return true;
}

/* --- points ------------------------------------------------------------------------------------------------------ */

static void copy_result(const struct run_result *from, struct arena *arena, struct run_result *out)
{
	*out = *from;
	memset(out->samples, 0, sizeof out->samples);
	out->functions = ARENA_ARRAY(arena, struct function_result, from->function_count);
	memcpy(out->functions, from->functions, from->function_count * sizeof out->functions[0]);
	for (size_t i = 0; i < from->function_count; i++)
		out->functions[i].name = arena_strdup(arena, from->functions[i].name);
	out->steps = ARENA_ARRAY(arena, struct step_result, from->step_count);
	for (size_t i = 0; i < from->step_count; i++) {
		struct step *step = ARENA_NEW(arena, struct step);
		*step = (struct step){.kind = from->steps[i].step->kind,
				      .name = arena_strdup(arena, from->steps[i].step->name)};
		out->steps[i] = from->steps[i];
		out->steps[i].step = step;
	}
}

void figure_data_begin(struct figure_data *data, const struct study *study, size_t points_max, struct arena *arena)
{
	*data = (struct figure_data){
		.name = study->experiment.name,
		.keys = study->sweep.keys,
		.key_count = study->sweep.key_count,
		.points = ARENA_ARRAY(arena, struct figure_point, points_max),
		.is_batch = true,
	};
}

const struct swept_value *figure_values_of(const struct study *study, size_t point, struct arena *arena)
{
	const struct sweep *sweep = &study->sweep;
	struct swept_value *values = ARENA_ARRAY(arena, struct swept_value, sweep->key_count);
	for (size_t i = 0; i < sweep->key_count; i++)
		values[i] = swept_value_of(sweep_value(sweep, point, i), arena);
	return values;
}

void figure_data_add(struct figure_data *data, const struct study *study, size_t point, const struct run_job *job,
		     struct arena *arena)
{
	if (job->result.replications == 0) {
		data->left_out++;
		return;
	}
	struct figure_point *out = &data->points[data->point_count++];
	out->ordinal = (int64_t)point;
	out->values = figure_values_of(study, point, arena);
	copy_result(&job->result, arena, &out->result);
	if (job->setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE)
		data->is_batch = false;
}

/* --- from a file of results ------------------------------------------------------------------------------------- */

/* The kind of arrivals stands in the experiment, or is swept. */
static bool is_batch(const struct results_experiment *experiment)
{
	for (size_t i = 0; i < experiment->key_count; i++)
		if (strcmp(experiment->keys[i], "workload.arrivals.kind") == 0)
			return false;
	struct arena arena;
	struct diag diag;
	arena_init(&arena);
	diag_init(&diag);
	const struct yaml_node *root =
		yaml_parse("experiment", experiment->yaml, strlen(experiment->yaml), &arena, &diag);
	const struct yaml_node *kind = yaml_get(yaml_get(yaml_get(root, "workload"), "arrivals"), "kind");
	bool is = !kind || !kind->text || strcmp(kind->text, arrival_names[ARRIVALS_ALL_AT_ONCE]) == 0;
	diag_release(&diag);
	arena_release(&arena);
	return is;
}

static const struct swept_value *copy_values(const struct swept_value *values, size_t count, struct arena *arena)
{
	struct swept_value *out = ARENA_ARRAY(arena, struct swept_value, count);
	for (size_t i = 0; i < count; i++) {
		out[i] = values[i];
		if (values[i].kind == VALUE_TEXT)
			out[i].text = arena_strdup(arena, values[i].text);
	}
	return out;
}

static void add_content(struct figure_data *data, const struct results_content *content, struct arena *scratch,
			struct arena *arena)
{
	int64_t count = results_finished_prefix(content);
	if (content->failure_count > 0 || count == 0) {
		data->left_out++;
		return;
	}
	struct run_result result;
	samples_gather(content->samples, count, content->point.functions, content->point.function_count, scratch,
		       &result);
	struct figure_point *point = &data->points[data->point_count++];
	point->ordinal = content->point.ordinal;
	point->values = copy_values(content->point.values, data->key_count, arena);
	copy_result(&result, arena, &point->result);
}

static bool read_point(struct results *results, int64_t id, const struct figure_only *only, struct arena *arena,
		       struct figure_data *out, struct err *err)
{
	struct arena scratch;
	struct results_content content;
	arena_init(&scratch);
	bool ok = results_read(results, id, &scratch, &content, err);
	if (ok && (content.is_point_damaged || content.damaged > 0))
		ok = err_set(err, "the file is damaged at point %lld: lamina sweep simulates again what is lost",
			     (long long)content.point.ordinal + 1);
	if (ok && figure_only_has(only, out->keys, out->key_count, content.point.values)) {
		if (out->point_count == FIGURE_POINTS_MAX)
			ok = err_set(err, "more than %d points are too many for figures: --only KEY=VALUE takes some",
				     FIGURE_POINTS_MAX);
		else
			add_content(out, &content, &scratch, arena);
	}
	arena_release(&scratch);
	return ok;
}

bool figure_data_read(struct results *results, const struct figure_only *only, struct arena *arena,
		      struct figure_data *out, struct err *err)
{
	const struct results_experiment *experiment = results_experiment_of(results);
	int64_t *ids;
	size_t count;
	if (!experiment->name)
		return err_set(err, "no sweep has written anything into it");
	if (!results_list(results, false, arena, &ids, &count, err))
		return false;
	*out = (struct figure_data){
		.name = experiment->name,
		.keys = experiment->keys,
		.key_count = experiment->key_count,
		.points = ARENA_ARRAY(arena, struct figure_point, min_size(count, FIGURE_POINTS_MAX)),
		.is_batch = is_batch(experiment),
	};
	bool ok = true;
	for (size_t first = 0; ok && first < count; first += READ_AT_ONCE) {
		ok = results_begin_reading(results, err);
		for (size_t i = first; ok && i < count && i < first + READ_AT_ONCE; i++)
			ok = read_point(results, ids[i], only, arena, out, err);
		results_end_reading(results);
	}
	/* Points that were never begun are not listed. */
	if (ok && only->count == 0)
		out->left_out = max_int64(out->left_out, experiment->points - (int64_t)out->point_count);
	return ok;
}
