/* The swept keys that vary among a figure's points: which lies along an axis, which make lines. */
#ifndef LAMINA_FIGURE_KEYS_H
#define LAMINA_FIGURE_KEYS_H /* private to report */

#include "report/figure.h"

/* A key whose value differs between points. */
struct figure_key {
	const char *name;
	const char *title; /* with its unit, for an axis */
	size_t index;      /* in the data's keys */
	size_t count;      /* of different values, in the order in which they come: */
	size_t *numbers;   /* the number of its value, by point */
	size_t *firsts;    /* a point that has it, by number */
	size_t *places;    /* from 1 on, by number: in the order of the numbers that they are, else of the sweep */
	bool is_ordered;   /* every value is a number */
};

struct figure_keys {
	const struct figure_data *data;
	struct arena arena;
	struct figure_key *keys;
	size_t count;
	bool *told; /* [key * count + by]: by tells key's value */
};

void figure_keys_init(struct figure_keys *keys, const struct figure_data *data);
void figure_keys_release(struct figure_keys *keys);

/*
 * The one that a name or the end of a name means. Of several that end so, the first will do where it tells the others'
 * values, as in `zip`. NULL, with words, where none is meant, it does not vary, or it is not clear which.
 */
const struct figure_key *figure_keys_find(const struct figure_keys *keys, const char *name, struct buf *why);

/* The one with the most values, numbers before texts, but not `other` (may be NULL); NULL where there is none. */
const struct figure_key *figure_keys_longest(const struct figure_keys *keys, const struct figure_key *other);

/* Place of a point's value among the key's. */
size_t figure_key_place(const struct figure_key *key, size_t point);

/* The values as texts, in the order of their places; in the arena of the keys. */
const char **figure_key_texts(struct figure_keys *keys, const struct figure_key *key);

/* Whether `key` has one value for each value of `by`. */
bool figure_key_is_told_by(const struct figure_keys *keys, const struct figure_key *key, const struct figure_key *by);

/* The value at a point. */
const struct swept_value *figure_key_value(const struct figure_keys *keys, const struct figure_key *key, size_t point);

/*
 * A point's values of all keys that x and y (may be NULL) do not tell: "parallel 4, memory of resize 512 MB"; "" where
 * there are none. In the arena of the keys.
 */
const char *figure_keys_label(struct figure_keys *keys, size_t point, const struct figure_key *x,
			      const struct figure_key *y);

/* The keys that no other tells, and a point's values of them: "memory of resize, MB · parallel" and "512 · 4". */
const char *figure_keys_title(struct figure_keys *keys);
const char *figure_keys_values(struct figure_keys *keys, size_t point);

/*
 * Points that x and y do not tell apart, as lines: labels in their order, and each point's line. Returns how many
 * there are, at most LINES_MAX; 0, with words, where there are more.
 */
enum { FIGURE_LINES_MAX = 8 };
size_t figure_keys_lines(struct figure_keys *keys, const struct figure_key *x, const struct figure_key *y,
			 const char *labels[FIGURE_LINES_MAX], size_t *line_of_point, struct buf *why);

#endif
