#include "results/merge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "results/columns.h"
#include "results/results_struct.h"

struct merge {
	struct results *into;
	struct results *part;
	bool keeps_places; /* the part's sweep is that of `into` */
	bool is_tolerant;  /* what cannot be read is left out */
	struct merge_counts *counts;
	struct arena arena; /* of one point */
};

static bool is_equal(double a, double b)
{
	return a == b || (a != a && b != b);
}

/* Whether two files say the same of a replication. */
static bool is_same_sample(struct sample *a, struct sample *b, size_t function_count)
{
	bool same = a->end == b->end;
	for (int i = 0; i < RUN_COLUMNS; i++)
		same = same && is_equal(*run_column(a, i), *run_column(b, i));
	for (size_t f = 0; f < function_count; f++)
		for (int i = 0; i < FUNCTION_COLUMNS; i++)
			same = same &&
			       is_equal(*function_column(&a->functions[f], i), *function_column(&b->functions[f], i));
	for (int i = 0; i < BILL_ITEMS; i++)
		same = same && is_equal(a->bill.lines[i].quantity, b->bill.lines[i].quantity) &&
		       is_equal(a->bill.lines[i].usd, b->bill.lines[i].usd);
	return same;
}

/* The part's values under the keys of `into`. */
static const struct swept_value *values_by_key(struct merge *merge, const struct results_point *point)
{
	const struct results_experiment *from = &merge->part->experiment;
	const struct results_experiment *to = &merge->into->experiment;
	struct swept_value *values = ARENA_ARRAY(&merge->arena, struct swept_value, to->key_count);
	for (size_t i = 0; i < to->key_count; i++)
		for (size_t k = 0; k < from->key_count; k++)
			if (strcmp(to->keys[i], from->keys[k]) == 0)
				values[i] = point->values[k];
	return values;
}

static bool put_new_point(struct merge *merge, const struct results_content *from, struct results_point *point,
			  struct err *err)
{
	*point = from->point;
	point->values = values_by_key(merge, &from->point);
	if (!merge->keeps_places)
		point->ordinal = -1;
	return results_put_point(merge->into, point, err);
}

static bool refuse_difference(const struct merge *merge, const struct results_content *from, int64_t replication,
			      struct err *err)
{
	return err_set(err, "'%s' and '%s' differ in replication %lld of point %lld: they cannot be of one program",
		       merge->part->sql.path, merge->into->sql.path, (long long)replication,
		       (long long)from->point.ordinal + 1);
}

/* What both have, in one list. */
static bool unite(struct merge *merge, struct results_content *from, struct results_content *to,
		  struct results_point *point, struct results_content *both, struct err *err)
{
	*both = *to;
	both->point = *point;
	both->count = from->count > to->count ? from->count : to->count;
	both->finished = 0;
	both->samples = ARENA_ARRAY(&merge->arena, struct sample, (size_t)both->count);
	for (int64_t i = 0; i < both->count; i++) {
		struct sample *old = i < to->count && to->samples[i].is_finished ? &to->samples[i] : NULL;
		struct sample *new = i < from->count && from->samples[i].is_finished ? &from->samples[i] : NULL;
		if (old && new && !is_same_sample(old, new, point->function_count))
			return refuse_difference(merge, from, i, err);
		if (!old && !new)
			continue;
		both->samples[i] = old ? *old : *new;
		both->finished++;
		if (old)
			continue;
		if (!results_put_sample(merge->into, point, i, new, from->versions[i], from->seconds[i], err))
			return false;
		merge->counts->replications++;
	}
	return true;
}

/* A replication that one file has is no failure, whatever became of it in the other. */
static bool put_failures(struct merge *merge, const struct results_content *from, const struct results_content *to,
			 const struct results_content *both, struct err *err)
{
	const struct results_content *contents[] = {to, from};
	if (!results_drop_failures(merge->into, both->point.id, err))
		return false;
	for (int c = 0; c < 2; c++) {
		for (size_t i = 0; i < contents[c]->failure_count; i++) {
			const struct results_failure *failure = &contents[c]->failures[i];
			bool is_mended =
				failure->replication < both->count && both->samples[failure->replication].is_finished;
			if (!is_mended && !results_put_failure(merge->into, both->point.id, failure->replication,
							       failure->reason, err))
				return false;
		}
	}
	return true;
}

static bool put_summary(struct merge *merge, const struct results_content *both, struct err *err)
{
	struct run_result result;
	if (both->finished != both->count || both->count < both->point.replications)
		return true;
	samples_gather(both->samples, both->count, both->point.functions, both->point.function_count, &merge->arena,
		       &result);
	return results_put_summary(merge->into, both->point.id, &result, err);
}

static bool is_damaged(const struct results_content *content)
{
	return content->is_point_damaged || content->damaged > 0;
}

static bool merge_point(struct merge *merge, int64_t id, struct err *err)
{
	struct results_content from;
	struct results_content to = {0};
	struct results_content both;
	struct results_point point;
	int64_t old_id;
	struct err unread;
	if (!results_read(merge->part, id, &merge->arena, &from, merge->is_tolerant ? &unread : err))
		return merge->is_tolerant;
	if (is_damaged(&from) && !merge->is_tolerant)
		return err_set(err, "'%s' is damaged: lamina sweep mends it", merge->part->sql.path);
	if (from.is_point_damaged)
		return true;
	if (!results_find(merge->into, &from.point.identity, &old_id, err) ||
	    (old_id > 0 && !results_read(merge->into, old_id, &merge->arena, &to, err)))
		return false;
	if (is_damaged(&to))
		return err_set(err, "'%s' is damaged: lamina sweep mends it", merge->into->sql.path);
	point = to.point;
	if ((old_id == 0 || (to.point.ordinal < 0 && merge->keeps_places)) && !put_new_point(merge, &from, &point, err))
		return false;
	merge->counts->points++;
	return unite(merge, &from, &to, &point, &both, err) && put_failures(merge, &from, &to, &both, err) &&
	       put_summary(merge, &both, err);
}

/* The first line that differs, without what it is indented by; "" where one text has ended. */
static void first_difference(const char *a, const char *b, struct arena *arena, const char *lines[2])
{
	enum { LINE_MAX_BYTES = 60 };
	size_t line = 0;
	for (size_t i = 0; a[i] == b[i] && a[i]; i++)
		line = a[i] == '\n' ? i + 1 : line;
	const char *texts[] = {a + line, b + line};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *text = texts[i] + strspn(texts[i], " ");
		char *copy = arena_strndup(arena, text, min_size(strcspn(text, "\n"), LINE_MAX_BYTES));
		printable_make(copy, "");
		lines[i] = copy;
	}
}

static bool refuse_experiment(const struct results *into, const struct results *part, struct err *err)
{
	const struct results_experiment *from = &part->experiment;
	const struct results_experiment *to = &into->experiment;
	struct arena arena;
	const char *lines[2];
	const char *differs = "a file that it stands on, such as its platform, is another";
	arena_init(&arena);
	if (strcmp(from->yaml, to->yaml) != 0) {
		first_difference(from->yaml, to->yaml, &arena, lines);
		differs = arena_printf(&arena, "'%s' is '%s' there", lines[0], lines[1]);
	}
	err_set(err,
		"'%s' is of another experiment ('%s', %lld points) than the rest ('%s', %lld points): %s; "
		"--any-experiment takes it in all the same",
		part->sql.path, from->name, (long long)from->points, to->name, (long long)to->points, differs);
	arena_release(&arena);
	return false;
}

/* Whether the part belongs to what is there; in a new file everything does. */
static bool check_origin(struct results *into, struct results *part, const struct merge_rules *rules, struct err *err)
{
	const struct results_experiment *from = &part->experiment;
	const struct results_experiment *to = &into->experiment;
	if (!from->name)
		return err_set(err, "'%s': no sweep has written anything into it", part->sql.path);
	if (!to->name)
		return results_put_experiment(into, from, part->version, err);
	if (!digest_equal(&from->digest, &to->digest) && !rules->any_experiment)
		return refuse_experiment(into, part, err);
	if (strcmp(part->version, into->version) != 0 && !rules->any_version)
		return err_set(
			err,
			"'%s' is of Lamina %s, the rest of %s: figures may differ; --any-version takes it in all "
			"the same",
			part->sql.path, part->version, into->version);
	return true;
}

bool merge_part(struct results *into, struct results *part, const struct merge_rules *rules,
		struct merge_counts *counts, struct err *err)
{
	struct merge merge = {.into = into, .part = part, .counts = counts};
	struct arena arena;
	int64_t *ids;
	size_t count;
	if (!check_origin(into, part, rules, err))
		return false;
	merge.keeps_places = digest_equal(&part->experiment.digest, &into->experiment.digest);
	arena_init(&arena);
	arena_init(&merge.arena);
	bool ok = results_list(part, true, &arena, &ids, &count, err);
	for (size_t i = 0; ok && i < count; i++) {
		ok = merge_point(&merge, ids[i], err);
		arena_release(&merge.arena);
	}
	arena_release(&arena);
	return ok;
}

/* With its journal, which would otherwise be taken for the new file's. */
static bool put_aside(const char *path, char *aside, size_t aside_bytes, struct err *err)
{
	char journal[2][4096];
	snprintf(aside, aside_bytes, "%s.damaged", path);
	snprintf(journal[0], sizeof journal[0], "%s-journal", path);
	snprintf(journal[1], sizeof journal[1], "%s-journal", aside);
	if (rename(path, aside) != 0)
		return err_set(err, "'%s' is damaged and cannot be put aside: %s", path, strerror(errno));
	if (rename(journal[0], journal[1]) != 0 && errno != ENOENT)
		return err_set(err, "'%s' cannot be put aside: %s", journal[0], strerror(errno));
	return true;
}

struct results *merge_what_is_whole(const char *path, int64_t points_max, struct merge_counts *counts, struct err *err)
{
	char aside[4096];
	struct err unread;
	if (!put_aside(path, aside, sizeof aside, err))
		return NULL;
	bool is_damaged;
	struct results *into = results_create(path, &is_damaged, err);
	struct results *part = results_open(aside, &unread);
	struct merge merge = {.into = into, .part = part, .keeps_places = true, .is_tolerant = true, .counts = counts};
	bool ok = into != NULL;
	if (ok && part && part->experiment.name) {
		arena_init(&merge.arena);
		ok = results_begin(into, err) && results_put_experiment(into, &part->experiment, part->version, err);
		for (int64_t id = 1; ok && id <= points_max; id++) {
			ok = merge_point(&merge, id, err);
			arena_release(&merge.arena);
		}
		ok = ok && results_end(into, err);
	}
	results_close(part);
	if (ok)
		return into;
	results_close(into);
	return NULL;
}
