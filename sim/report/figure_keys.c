#include "report/figure_keys.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/figure_axis.h"

const struct swept_value *figure_key_value(const struct figure_keys *keys, const struct figure_key *key, size_t point)
{
	return &keys->data->points[point].values[key->index];
}

/* A point's value, to be sorted. */
struct sorted_value {
	const struct swept_value *value;
	size_t point;
};

static int compare_values(const void *a, const void *b)
{
	const struct sorted_value *left = a;
	const struct sorted_value *right = b;
	double left_number = swept_value_number(left->value);
	double right_number = swept_value_number(right->value);
	int order = 0;
	if (isnan(left_number) != isnan(right_number))
		order = isnan(left_number) ? 1 : -1;
	else if (!isnan(left_number))
		order = left_number < right_number ? -1 : left_number > right_number;
	else if (left->value->kind != right->value->kind)
		order = left->value->kind < right->value->kind ? -1 : 1;
	else if (left->value->kind == VALUE_TEXT)
		order = strcmp(left->value->text, right->value->text);
	if (order != 0)
		return order;
	return left->point < right->point ? -1 : left->point > right->point;
}

/* Numbers the values in the order of the sweep, and finds their places. */
static void number_values(struct figure_keys *keys, struct figure_key *key)
{
	size_t points = keys->data->point_count;
	struct sorted_value *sorted = ARENA_ARRAY(&keys->arena, struct sorted_value, points);
	size_t *first_alike = ARENA_ARRAY(&keys->arena, size_t, points);
	key->is_ordered = true;
	for (size_t i = 0; i < points; i++) {
		sorted[i] = (struct sorted_value){figure_key_value(keys, key, i), i};
		key->is_ordered = key->is_ordered && !isnan(swept_value_number(sorted[i].value));
	}
	qsort(sorted, points, sizeof sorted[0], compare_values);
	for (size_t i = 0, first = 0; i < points; i++) {
		if (!swept_value_equal(sorted[i].value, sorted[first].value))
			first = i;
		first_alike[sorted[i].point] = sorted[first].point;
	}
	for (size_t i = 0; i < points; i++) {
		if (first_alike[i] == i)
			key->firsts[key->count++] = i;
		key->numbers[i] = first_alike[i] == i ? key->count - 1 : key->numbers[first_alike[i]];
	}
	key->places = ARENA_ARRAY(&keys->arena, size_t, key->count);
	for (size_t i = 0, place = 0; i < points; i++)
		if (first_alike[sorted[i].point] == sorted[i].point)
			key->places[key->numbers[sorted[i].point]] = ++place;
	for (size_t i = 0; i < key->count && !key->is_ordered; i++)
		key->places[i] = i + 1;
}

size_t figure_key_place(const struct figure_key *key, size_t point)
{
	return key->places[key->numbers[point]];
}

const char **figure_key_texts(struct figure_keys *keys, const struct figure_key *key)
{
	const char **texts = ARENA_ARRAY(&keys->arena, const char *, key->count);
	for (size_t i = 0; i < key->count; i++)
		texts[key->places[i] - 1] = swept_value_text(figure_key_value(keys, key, key->firsts[i]), &keys->arena);
	return texts;
}

static bool tells(const struct figure_keys *keys, const struct figure_key *by, const struct figure_key *key)
{
	for (size_t i = 0; i < keys->data->point_count; i++)
		if (key->numbers[i] != key->numbers[by->firsts[by->numbers[i]]])
			return false;
	return true;
}

void figure_keys_init(struct figure_keys *keys, const struct figure_data *data)
{
	*keys = (struct figure_keys){.data = data};
	arena_init(&keys->arena);
	keys->keys = ARENA_ARRAY(&keys->arena, struct figure_key, data->key_count);
	for (size_t i = 0; i < data->key_count; i++) {
		struct figure_key *key = &keys->keys[keys->count];
		*key = (struct figure_key){
			.name = data->keys[i],
			.title = figure_key_title(data->keys[i], &keys->arena),
			.index = i,
			.numbers = ARENA_ARRAY(&keys->arena, size_t, data->point_count),
			.firsts = ARENA_ARRAY(&keys->arena, size_t, data->point_count),
		};
		number_values(keys, key);
		keys->count += key->count > 1;
	}
	keys->told = ARENA_ARRAY(&keys->arena, bool, keys->count * keys->count);
	for (size_t i = 0; i < keys->count; i++)
		for (size_t k = 0; k < keys->count; k++)
			keys->told[i * keys->count + k] = tells(keys, &keys->keys[k], &keys->keys[i]);
}

void figure_keys_release(struct figure_keys *keys)
{
	arena_release(&keys->arena);
}

bool figure_key_is_told_by(const struct figure_keys *keys, const struct figure_key *key, const struct figure_key *by)
{
	return keys->told[(size_t)(key - keys->keys) * keys->count + (size_t)(by - keys->keys)];
}

/* --- which key is meant ------------------------------------------------------------------------------------------ */

static void say_keys(const struct figure_keys *keys, struct buf *why)
{
	for (size_t i = 0; i < keys->count; i++)
		buf_printf(why, "%s%s", i > 0 ? ", " : "", keys->keys[i].name);
}

const struct figure_key *figure_keys_find(const struct figure_keys *keys, const char *name, struct buf *why)
{
	const struct figure_key *found = NULL;
	for (size_t i = 0; i < keys->count; i++) {
		const struct figure_key *key = &keys->keys[i];
		if (strcmp(key->name, name) == 0)
			return key;
		if (!figure_key_is_meant(key->name, name))
			continue;
		if (found && !figure_key_is_told_by(keys, key, found)) {
			buf_printf(why, "%s and %s both vary: say which lies along", found->name, key->name);
			return NULL;
		}
		found = found ? found : key;
	}
	if (!found && keys->count == 0) {
		buf_add(why, "no key varies between the points");
	} else if (!found) {
		buf_printf(why, "'%s' does not vary between the points; there vary: ", name);
		say_keys(keys, why);
	}
	return found;
}

const struct figure_key *figure_keys_longest(const struct figure_keys *keys, const struct figure_key *other)
{
	const struct figure_key *best = NULL;
	for (size_t i = 0; i < keys->count; i++) {
		const struct figure_key *key = &keys->keys[i];
		if (key == other || (other && figure_key_is_told_by(keys, key, other)))
			continue;
		bool is_better = !best || (key->is_ordered && !best->is_ordered) ||
				 (key->is_ordered == best->is_ordered && key->count > best->count);
		best = is_better ? key : best;
	}
	return best;
}

/* --- lines ------------------------------------------------------------------------------------------------------- */

/* Whether x, y or an earlier one of the others tell it. */
static bool is_told(const struct figure_keys *keys, size_t index, const struct figure_key *x,
		    const struct figure_key *y)
{
	const struct figure_key *key = &keys->keys[index];
	if ((x && figure_key_is_told_by(keys, key, x)) || (y && figure_key_is_told_by(keys, key, y)))
		return true;
	for (size_t i = 0; i < index; i++)
		if (figure_key_is_told_by(keys, key, &keys->keys[i]) && &keys->keys[i] != x && &keys->keys[i] != y)
			return true;
	return false;
}

const char *figure_keys_label(struct figure_keys *keys, size_t point, const struct figure_key *x,
			      const struct figure_key *y)
{
	struct arena *arena = &keys->arena;
	const char *label = "";
	for (size_t i = 0; i < keys->count; i++) {
		const struct figure_key *key = &keys->keys[i];
		if (is_told(keys, i, x, y))
			continue;
		const char *text = swept_value_text(figure_key_value(keys, key, point), arena);
		const char *unit = strrchr(key->title, ',');
		bool is_text = !key->is_ordered;
		int words = (int)(unit ? unit - key->title : (long)strlen(key->title));
		label = arena_printf(arena, "%s%s%.*s%s%s%s%s", label, label[0] ? ", " : "", is_text ? 0 : words,
				     key->title, is_text ? "" : " ", text[0] ? text : "-", unit ? " " : "",
				     unit ? unit + 2 : "");
	}
	return label;
}

const char *figure_first_setting(const struct study *study, const size_t *points, size_t count, struct arena *arena)
{
	struct figure_data data;
	struct figure_keys keys;
	figure_data_begin(&data, study, count, arena);
	for (size_t i = 0; i < count; i++)
		data.points[i].values = figure_values_of(study, points[i], arena);
	data.point_count = count;
	figure_keys_init(&keys, &data);
	const char *label = arena_strdup(arena, figure_keys_label(&keys, 0, NULL, NULL));
	figure_keys_release(&keys);
	return label;
}

const char *figure_keys_title(struct figure_keys *keys)
{
	const char *title = "";
	for (size_t i = 0; i < keys->count; i++)
		if (!is_told(keys, i, NULL, NULL))
			title = arena_printf(&keys->arena, "%s%s%s", title, title[0] ? " · " : "", keys->keys[i].title);
	return title;
}

const char *figure_keys_values(struct figure_keys *keys, size_t point)
{
	const char *values = "";
	for (size_t i = 0; i < keys->count; i++)
		if (!is_told(keys, i, NULL, NULL))
			values = arena_printf(
				&keys->arena, "%s%s%s", values, values[0] ? " · " : "",
				swept_value_text(figure_key_value(keys, &keys->keys[i], point), &keys->arena));
	return values;
}

size_t figure_keys_lines(struct figure_keys *keys, const struct figure_key *x, const struct figure_key *y,
			 const char *labels[FIGURE_LINES_MAX], size_t *line_of_point, struct buf *why)
{
	size_t count = 0;
	for (size_t i = 0; i < keys->data->point_count; i++) {
		const char *label = figure_keys_label(keys, i, x, y);
		size_t line = 0;
		while (line < count && strcmp(labels[line], label) != 0)
			line++;
		if (line == FIGURE_LINES_MAX) {
			buf_printf(why, "more than %d lines: --only KEY=VALUE takes some; there vary, too: ",
				   FIGURE_LINES_MAX);
			const char *separator = "";
			for (size_t k = 0; k < keys->count; k++) {
				if (is_told(keys, k, x, y))
					continue;
				buf_printf(why, "%s%s", separator, keys->keys[k].name);
				separator = ", ";
			}
			return 0;
		}
		if (line == count)
			labels[count++] = label;
		line_of_point[i] = line;
	}
	return count;
}
