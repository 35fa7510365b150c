#include "experiment/sweep.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/num.h"
#include "scenario/function_name.h"

enum { AXES_MAX = SWEEP_KEYS_MAX, AXIS_VALUES_MAX = 100000 };

/* Of a range's values: as many as people write, so that 0.1 and two steps of 0.1 are 0.3. */
enum { RANGE_DIGITS = 12 };

struct expansion {
	const struct experiment *experiment;
	struct arena *arena;
	struct diag *diag;
	struct sweep *sweep;
};

static bool find_key(const struct expansion *expansion, const char *key, size_t *index)
{
	for (size_t i = 0; i < expansion->sweep->key_count; i++) {
		if (strcmp(expansion->sweep->keys[i], key) == 0) {
			*index = i;
			return true;
		}
	}
	return false;
}

/* As for --set: a profile's own functions are not known here. */
static bool check_function(const struct expansion *expansion, const struct yaml_node *entry)
{
	const struct bind_structs *functions = &expansion->experiment->functions;
	const struct function_entry *entries = functions->items;
	if (expansion->experiment->profile[0] != '\0' || functions->count == 0)
		return true;
	const char **names = ARENA_ARRAY(expansion->arena, const char *, functions->count);
	for (size_t i = 0; i < functions->count; i++)
		names[i] = entries[i].name;
	return function_name_check_key(entry->key, names, functions->count, entry->key_place, expansion->diag);
}

/* The key's column, made where it is new; false when it is wrong. */
static bool add_key(struct expansion *expansion, const struct yaml_node *entry, size_t *index)
{
	if (find_key(expansion, entry->key, index))
		return true;
	if (!bind_check_key(&experiment_schema, entry->key, entry->key_place, expansion->diag) ||
	    !check_function(expansion, entry))
		return false;
	if (strncmp(entry->key, "sweep", 5) == 0) {
		diag_error(expansion->diag, entry->key_place, "a sweep cannot sweep itself");
		return false;
	}
	if (expansion->sweep->key_count == SWEEP_KEYS_MAX) {
		diag_error(expansion->diag, entry->key_place, "a sweep has at most %d keys", SWEEP_KEYS_MAX);
		return false;
	}
	*index = expansion->sweep->key_count++;
	expansion->sweep->keys[*index] = entry->key;
	return true;
}

static const struct yaml_node **new_values(struct expansion *expansion, size_t count)
{
	return (const struct yaml_node **)arena_alloc_array(expansion->arena, count, sizeof(void *));
}

static struct yaml_node *number_node(struct arena *arena, double value, struct diag_place place)
{
	char text[NUM_TEXT_BYTES];
	struct yaml_node *node = ARENA_NEW(arena, struct yaml_node);
	if (value == floor(value) && fabs(value) < 9e15)
		node->text = arena_printf(arena, "%lld", (long long)value);
	else
		node->text = arena_strdup(arena, num_format_double(value, text));
	node->kind = YAML_SCALAR;
	node->place = place;
	return node;
}

struct range {
	double from;
	double to;
	double step;
	double factor;
};

static const struct bind_field range_fields[] = {
	BIND_FIELD(struct range, from, BIND_DOUBLE, .required = true, .min = -1e15, .max = 1e15, .help = "first value"),
	BIND_FIELD(struct range, to, BIND_DOUBLE, .required = true, .min = -1e15, .max = 1e15, .help = "last value"),
	BIND_FIELD(struct range, step, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e15, .help = "added each time"),
	BIND_FIELD(struct range, factor, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e6,
		   .help = "multiplied each time"),
	BIND_END,
};

static void check_range(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct range *range = value;
	if ((range->step > 0) == (range->factor > 0))
		diag_error(diag, node->place, "a range needs either 'step' or 'factor', above 0");
	else if (range->factor > 0 && (range->factor <= 1 || range->from <= 0))
		diag_error(diag, node->place, "a range by 'factor' needs 'from' above 0 and 'factor' above 1");
	else if (range->to < range->from)
		diag_error(diag, node->place, "'to' is below 'from' (%g)", range->from);
}

static const struct bind_schema range_schema = {
	.title = "a range", .bytes = sizeof(struct range), .fields = range_fields, .check = check_range};

/* The values from `from` to `to`. */
static double range_count(const struct range *range)
{
	/* A little slack so that 0.1 + 0.1 + ... still reaches its end. */
	double end = range->to + 1e-9 * fabs(range->to);
	double steps =
		range->step > 0 ? (end - range->from) / range->step : log(end / range->from) / log(range->factor);
	return floor(steps) + 1;
}

/* Whole numbers are exact, however many digits they have. */
static double as_written(double value)
{
	return value == floor(value) ? value : num_rounded(value, RANGE_DIGITS);
}

static const struct yaml_node **range_values(struct expansion *expansion, const struct yaml_node *node, size_t *count)
{
	struct range range;
	size_t errors_before = expansion->diag->error_count;
	bind_map(&range_schema, node, &range, expansion->arena, expansion->diag);
	if (expansion->diag->error_count != errors_before)
		return NULL;
	double values_wanted = range_count(&range);
	if (values_wanted > AXIS_VALUES_MAX) {
		diag_error(expansion->diag, node->place, "this range has %.15g values; at most %d are allowed",
			   values_wanted, AXIS_VALUES_MAX);
		return NULL;
	}
	*count = (size_t)values_wanted;
	const struct yaml_node **values = new_values(expansion, *count);
	double value = range.from;
	for (size_t i = 0; i < *count; i++) {
		values[i] = number_node(expansion->arena, as_written(value), node->place);
		value = range.step > 0 ? range.from + range.step * (double)(i + 1) : value * range.factor;
	}
	return values;
}

/* The values of a key, from a list or a range; NULL with a diag otherwise. */
static const struct yaml_node **key_values(struct expansion *expansion, const struct yaml_node *node, size_t *count)
{
	if (node->kind == YAML_MAP)
		return range_values(expansion, node, count);
	if (node->kind != YAML_LIST) {
		diag_error(expansion->diag, node->place, "'%s' must be a list of values or {from, to, step}, not %s",
			   node->key, yaml_describe(node, expansion->arena));
		return NULL;
	}
	if (node->count == 0) {
		diag_error(expansion->diag, node->place, "'%s' has no values", node->key);
		return NULL;
	}
	*count = node->count;
	const struct yaml_node **values = new_values(expansion, *count);
	const struct yaml_node *child = node->first;
	for (size_t i = 0; i < *count; i++, child = child->next)
		values[i] = child;
	return values;
}

/* One axis from the entries of a map: each a key of its own for `matrix`, all together for a group of `zip`. */
static void add_axis(struct expansion *expansion, const struct yaml_node *first, size_t entries)
{
	if (expansion->sweep->axis_count == AXES_MAX) {
		diag_error(expansion->diag, first->key_place, "a sweep has at most %d axes", AXES_MAX);
		return;
	}
	struct sweep_axis axis = {0};
	const struct yaml_node *entry = first;
	for (size_t i = 0; i < entries; i++, entry = entry->next) {
		size_t key;
		size_t count = 0;
		const struct yaml_node **values = key_values(expansion, entry, &count);
		if (find_key(expansion, entry->key, &key)) {
			diag_error(expansion->diag, entry->key_place, "'%s' is swept twice", entry->key);
			return;
		}
		if (!add_key(expansion, entry, &key) || !values)
			return;
		if (axis.key_count > 0 && count != axis.length) {
			diag_error(expansion->diag, entry->place, "'%s' has %zu values, but '%s' beside it has %zu",
				   entry->key, count, first->key, axis.length);
			return;
		}
		axis.length = count;
		axis.keys[axis.key_count] = key;
		axis.values[axis.key_count++] = values;
	}
	expansion->sweep->axes[expansion->sweep->axis_count++] = axis;
}

static const struct yaml_node *expect(struct expansion *expansion, const struct yaml_node *node, enum yaml_kind kind)
{
	if (!node || node->kind == kind)
		return node;
	diag_error(expansion->diag, node->place, "'%s' must be %s, not %s", node->key,
		   kind == YAML_MAP ? "a mapping" : "a list", yaml_describe(node, expansion->arena));
	return NULL;
}

static bool matches(const struct expansion *expansion, size_t point, const struct yaml_node *pattern)
{
	for (const struct yaml_node *entry = pattern->first; entry; entry = entry->next) {
		size_t key;
		const struct yaml_node *value =
			find_key(expansion, entry->key, &key) ? sweep_value(expansion->sweep, point, key) : NULL;
		if (!value || !yaml_equal(value, entry))
			return false;
	}
	return true;
}

static bool is_excluded(const struct expansion *expansion, size_t point, const struct yaml_node *exclude)
{
	for (const struct yaml_node *pattern = exclude->first; pattern; pattern = pattern->next) {
		if (matches(expansion, point, pattern))
			return true;
	}
	return false;
}

static void add_product(struct expansion *expansion, size_t total, const struct yaml_node *exclude)
{
	struct sweep *sweep = expansion->sweep;
	sweep->kept_count = total;
	if (!exclude || exclude->count == 0)
		return;
	uint32_t *kept = ARENA_ARRAY(expansion->arena, uint32_t, total);
	size_t count = 0;
	for (size_t number = 0; number < total; number++)
		if (!is_excluded(expansion, number, exclude))
			kept[count++] = (uint32_t)number;
	sweep->kept = kept;
	sweep->kept_count = count;
}

static void add_extra_points(struct expansion *expansion, const struct yaml_node *points)
{
	size_t count = 0;
	expansion->sweep->extra = new_values(expansion, points ? points->count : 0);
	for (const struct yaml_node *node = points ? points->first : NULL; node; node = node->next)
		expansion->sweep->extra[count++] = node;
	expansion->sweep->point_count = expansion->sweep->kept_count + count;
}

/* Keys that only extra points have; from here on the number of keys is that of all. */
static void add_extra_keys(struct expansion *expansion, const struct yaml_node *points)
{
	size_t key;
	for (const struct yaml_node *node = points ? points->first : NULL; node; node = node->next)
		for (const struct yaml_node *entry = node->first; entry; entry = entry->next)
			add_key(expansion, entry, &key);
}

/* exclude and points hold mappings; a key of exclude must be one that varies. */
static void check_patterns(struct expansion *expansion, const struct yaml_node *list, bool keys_must_vary)
{
	for (const struct yaml_node *pattern = list ? list->first : NULL; pattern; pattern = pattern->next) {
		size_t key;
		if (pattern->kind != YAML_MAP)
			diag_error(expansion->diag, pattern->place, "an entry of '%s' must be a mapping, not %s",
				   list->key, yaml_describe(pattern, expansion->arena));
		else
			for (const struct yaml_node *entry = pattern->first; keys_must_vary && entry;
			     entry = entry->next)
				if (!find_key(expansion, entry->key, &key))
					diag_error(expansion->diag, entry->key_place,
						   "'%s' does not vary in this sweep", entry->key);
	}
}

static const char *const parts[] = {"matrix", "zip", "exclude", "points"};

static void check_parts(struct expansion *expansion, const struct yaml_node *node)
{
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		bool known = false;
		for (size_t i = 0; i < ARRAY_LEN(parts); i++)
			known = known || strcmp(parts[i], child->key) == 0;
		if (known)
			continue;
		const char *meant = did_you_mean(child->key, parts, ARRAY_LEN(parts));
		if (meant)
			diag_error(expansion->diag, child->key_place, "unknown key '%s'; did you mean '%s'?",
				   child->key, meant);
		else
			diag_error(expansion->diag, child->key_place,
				   "unknown key '%s'; a sweep has 'matrix', 'zip', 'exclude', 'points'", child->key);
	}
}

static void add_axes(struct expansion *expansion, const struct yaml_node *node)
{
	const struct yaml_node *matrix = expect(expansion, yaml_get(node, "matrix"), YAML_MAP);
	for (const struct yaml_node *entry = matrix ? matrix->first : NULL; entry; entry = entry->next)
		add_axis(expansion, entry, 1);
	const struct yaml_node *zip = expect(expansion, yaml_get(node, "zip"), YAML_LIST);
	for (const struct yaml_node *group = zip ? zip->first : NULL; group; group = group->next) {
		if (group->kind != YAML_MAP || group->count == 0 || group->count > SWEEP_KEYS_MAX)
			diag_error(expansion->diag, group->place,
				   "a group of 'zip' must be a mapping of keys to lists");
		else
			add_axis(expansion, group->first, group->count);
	}
}

static bool product_size(struct expansion *expansion, const struct yaml_node *node, size_t extra, size_t *total)
{
	double points = expansion->sweep->axis_count > 0 || extra == 0 ? 1 : 0;
	for (size_t i = 0; i < expansion->sweep->axis_count; i++)
		points *= (double)expansion->sweep->axes[i].length;
	points += (double)extra;
	if (points > SWEEP_POINTS_MAX) {
		diag_error(expansion->diag, node->place, "this sweep has %.15g points; at most %d are simulated",
			   points, SWEEP_POINTS_MAX);
		return false;
	}
	*total = (size_t)points - extra;
	return true;
}

bool sweep_expand(const struct experiment *experiment, struct arena *arena, struct diag *diag, struct sweep *out)
{
	static const struct yaml_node no_sweep = {.kind = YAML_MAP};
	const struct yaml_node *node = experiment->sweep ? experiment->sweep : &no_sweep;
	*out = (struct sweep){
		.keys = ARENA_ARRAY(arena, const char *, SWEEP_KEYS_MAX),
		.axes = ARENA_ARRAY(arena, struct sweep_axis, AXES_MAX),
	};
	struct expansion *expansion = ARENA_NEW(arena, struct expansion);
	*expansion = (struct expansion){.experiment = experiment, .arena = arena, .diag = diag, .sweep = out};
	size_t errors_before = diag->error_count;
	if (!expect(expansion, node, YAML_MAP))
		return false;
	check_parts(expansion, node);
	add_axes(expansion, node);
	const struct yaml_node *exclude = expect(expansion, yaml_get(node, "exclude"), YAML_LIST);
	const struct yaml_node *points = expect(expansion, yaml_get(node, "points"), YAML_LIST);
	check_patterns(expansion, exclude, true);
	check_patterns(expansion, points, false);
	size_t extra = points ? points->count : 0;
	size_t total;
	if (diag->error_count != errors_before || !product_size(expansion, node, extra, &total))
		return false;
	add_extra_keys(expansion, points);
	if (diag->error_count != errors_before)
		return false;
	add_product(expansion, total, exclude);
	add_extra_points(expansion, points);
	if (out->point_count == 0)
		diag_error(diag, exclude->place, "'exclude' leaves no point of the sweep");
	return diag->error_count == errors_before;
}

/* The last axis is the fastest. */
static const struct yaml_node *product_value(const struct sweep *sweep, size_t number, size_t key)
{
	for (size_t a = sweep->axis_count; a-- > 0;) {
		const struct sweep_axis *axis = &sweep->axes[a];
		for (size_t k = 0; k < axis->key_count; k++)
			if (axis->keys[k] == key)
				return axis->values[k][number % axis->length];
		number /= axis->length;
	}
	return NULL;
}

const struct yaml_node *sweep_value(const struct sweep *sweep, size_t point, size_t key)
{
	if (point >= sweep->kept_count)
		return yaml_get(sweep->extra[point - sweep->kept_count], sweep->keys[key]);
	return product_value(sweep, sweep->kept ? sweep->kept[point] : point, key);
}

static bool can_change(const struct sweep *sweep, const char *part)
{
	for (size_t key = 0; key < sweep->key_count; key++)
		if (strstr(sweep->keys[key], part))
			return true;
	return false;
}

/* The tree to put a point's values into: parts that no swept key names are the root's own. */
static struct yaml_node *copy_for_point(const struct sweep *sweep, const struct yaml_node *root, struct arena *arena)
{
	struct yaml_node *copy = ARENA_NEW(arena, struct yaml_node);
	*copy = *root;
	struct yaml_node **tail = &copy->first;
	for (const struct yaml_node *part = root->first; part; part = part->next) {
		if (can_change(sweep, part->key)) {
			*tail = yaml_copy(part, arena);
		} else {
			*tail = ARENA_NEW(arena, struct yaml_node);
			**tail = *part;
		}
		tail = &(*tail)->next;
	}
	*tail = NULL;
	return copy;
}

bool sweep_bind_point(const struct sweep *sweep, size_t point, const struct yaml_node *root, const char *path,
		      struct arena *arena, struct diag *diag, struct experiment *out)
{
	CHECK(point < sweep->point_count);
	struct yaml_node *copy = copy_for_point(sweep, root, arena);
	bool ok = true;
	for (size_t key = 0; key < sweep->key_count; key++) {
		const struct yaml_node *value = sweep_value(sweep, point, key);
		if (value)
			ok = yaml_set_node(copy, sweep->keys[key], value, value->place, arena, diag) && ok;
	}
	return ok && experiment_bind(copy, path, arena, diag, out);
}

const char *sweep_value_text(const struct yaml_node *value, struct arena *arena)
{
	if (!value)
		return "";
	if (value->kind == YAML_SCALAR)
		return value->text;
	struct buf buf;
	buf_init(&buf);
	yaml_write(value, &buf);
	char *text = arena_strndup(arena, buf_text(&buf), strcspn(buf_text(&buf), "\n"));
	buf_release(&buf);
	return text;
}
