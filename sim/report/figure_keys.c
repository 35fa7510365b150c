#include "report/figure_keys.h"

#include <math.h>
#include <string.h>

#include "report/figure_axis.h"

const struct swept_value *figure_key_value(const struct figure_keys *keys, const struct figure_key *key, size_t point)
{
	return &keys->data->points[point].values[key->index];
}

static void number_values(const struct figure_keys *keys, struct figure_key *key)
{
	size_t points = keys->data->point_count;
	key->is_ordered = true;
	for (size_t i = 0; i < points; i++) {
		const struct swept_value *value = figure_key_value(keys, key, i);
		size_t number = 0;
		while (number < key->count &&
		       !swept_value_equal(figure_key_value(keys, key, key->firsts[number]), value))
			number++;
		if (number == key->count)
			key->firsts[key->count++] = i;
		key->numbers[i] = number;
		key->is_ordered = key->is_ordered && !isnan(swept_value_number(value));
	}
}

static void find_places(const struct figure_keys *keys, struct figure_key *key)
{
	for (size_t i = 0; i < key->count; i++) {
		key->places[i] = 1;
		double value = swept_value_number(figure_key_value(keys, key, key->firsts[i]));
		for (size_t k = 0; k < key->count; k++) {
			double other = swept_value_number(figure_key_value(keys, key, key->firsts[k]));
			key->places[i] += key->is_ordered ? other < value : k < i;
		}
	}
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
		key->places = ARENA_ARRAY(&keys->arena, size_t, key->count);
		find_places(keys, key);
		keys->count += key->count > 1;
	}
}

void figure_keys_release(struct figure_keys *keys)
{
	arena_release(&keys->arena);
}

bool figure_key_is_told_by(const struct figure_keys *keys, const struct figure_key *key, const struct figure_key *by)
{
	for (size_t i = 0; i < keys->data->point_count; i++)
		if (key->numbers[i] != key->numbers[by->firsts[by->numbers[i]]])
			return false;
	return true;
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
