#include "deploy/terraform_function.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/num.h"
#include "deploy/terraform_expression.h"

enum {
	TEXT_BYTES_MAX = 1024 * 1024,
	ELEMENTS_MAX = 2000, /* of an argument: an experiment has fewer functions by far */
};

struct call {
	const struct yaml_node *const *arguments;
	size_t count;
	struct diag_place place;
	struct arena *arena;
};

static const struct yaml_node *new_number(const struct call *call, double number)
{
	char text[NUM_TEXT_BYTES];
	return terraform_new(YAML_SCALAR, arena_strdup(call->arena, num_format_double(number, text)), call->place,
			     call->arena);
}

static const struct yaml_node *new_text(const struct call *call, const char *text)
{
	struct yaml_node *node = terraform_new(YAML_SCALAR, text, call->place, call->arena);
	node->quoted = true;
	return node;
}

static const struct yaml_node *new_truth(const struct call *call, bool is_true)
{
	return terraform_new(YAML_SCALAR, is_true ? "true" : "false", call->place, call->arena);
}

static bool is_null(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR && !node->quoted && strcmp(node->text, "null") == 0;
}

static const char *text_at(const struct call *call, size_t index)
{
	const struct yaml_node *node = index < call->count ? call->arguments[index] : NULL;
	return node && node->kind == YAML_SCALAR ? node->text : NULL;
}

/* The largest, with sign -1 the least, of the arguments or of the elements of the only one, a list. */
static const struct yaml_node *extreme(const struct call *call, double sign)
{
	const struct yaml_node *list =
		call->count == 1 && call->arguments[0]->kind == YAML_LIST ? call->arguments[0] : NULL;
	const struct yaml_node *element = list ? list->first : NULL;
	double best = -HUGE_VAL;
	for (size_t i = 0; list ? element != NULL : i < call->count; i++) {
		double number;
		if (!terraform_number(list ? element : call->arguments[i], &number))
			return NULL;
		best = fmax(best, sign * number);
		element = list ? element->next : NULL;
	}
	return isfinite(best) ? new_number(call, sign * best) : NULL;
}

static const struct yaml_node *call_max(const struct call *call)
{
	return extreme(call, 1);
}

static const struct yaml_node *call_min(const struct call *call)
{
	return extreme(call, -1);
}

static const struct yaml_node *rounded(const struct call *call, double (*round)(double))
{
	double number;
	return terraform_number(call->arguments[0], &number) ? new_number(call, round(number)) : NULL;
}

static const struct yaml_node *call_ceil(const struct call *call)
{
	return rounded(call, ceil);
}

static const struct yaml_node *call_floor(const struct call *call)
{
	return rounded(call, floor);
}

static const struct yaml_node *call_abs(const struct call *call)
{
	return rounded(call, fabs);
}

/* lookup(MAP, KEY[, DEFAULT]) */
static const struct yaml_node *call_lookup(const struct call *call)
{
	const char *key = text_at(call, 1);
	const struct yaml_node *found = key ? yaml_get(call->arguments[0], key) : NULL;
	return found ? found : key && call->count > 2 ? call->arguments[2] : NULL;
}

static const struct yaml_node *call_merge(const struct call *call)
{
	struct yaml_node *out = terraform_new(YAML_MAP, NULL, call->place, call->arena);
	for (size_t i = 0; i < call->count; i++) {
		const struct yaml_node *map = call->arguments[i];
		if (map->kind != YAML_MAP)
			return NULL;
		for (const struct yaml_node *entry = map->first; entry; entry = entry->next) {
			bool is_replaced = false;
			for (size_t k = i + 1; k < call->count && !is_replaced; k++)
				is_replaced = yaml_get(call->arguments[k], entry->key) != NULL;
			if (!is_replaced)
				terraform_add(out, entry->key, entry, call->arena);
		}
	}
	return out;
}

static const struct yaml_node *call_concat(const struct call *call)
{
	struct yaml_node *out = terraform_new(YAML_LIST, NULL, call->place, call->arena);
	for (size_t i = 0; i < call->count; i++) {
		if (call->arguments[i]->kind != YAML_LIST)
			return NULL;
		for (const struct yaml_node *element = call->arguments[i]->first; element; element = element->next)
			terraform_add(out, NULL, element, call->arena);
	}
	return out;
}

static const struct yaml_node *call_keys(const struct call *call)
{
	struct yaml_node *out = terraform_new(YAML_LIST, NULL, call->place, call->arena);
	if (call->arguments[0]->kind != YAML_MAP)
		return NULL;
	for (const struct yaml_node *entry = call->arguments[0]->first; entry; entry = entry->next)
		terraform_add(out, NULL, new_text(call, entry->key), call->arena);
	return out;
}

static const struct yaml_node *call_values(const struct call *call)
{
	struct yaml_node *out = terraform_new(YAML_LIST, NULL, call->place, call->arena);
	if (call->arguments[0]->kind != YAML_MAP)
		return NULL;
	for (const struct yaml_node *entry = call->arguments[0]->first; entry; entry = entry->next)
		terraform_add(out, NULL, entry, call->arena);
	return out;
}

static const struct yaml_node *call_length(const struct call *call)
{
	const struct yaml_node *of = call->arguments[0];
	return new_number(call, of->kind == YAML_SCALAR ? (double)strlen(of->text) : (double)of->count);
}

/* Conversions of values that are what they should be, and jsonencode, which is told in terraform_expression.h. */
static const struct yaml_node *call_itself(const struct call *call)
{
	return call->arguments[0];
}

static const struct yaml_node *call_tonumber(const struct call *call)
{
	double number;
	return terraform_number(call->arguments[0], &number) ? new_number(call, number) : NULL;
}

static const struct yaml_node *call_tostring(const struct call *call)
{
	const char *text = text_at(call, 0);
	return text ? new_text(call, text) : NULL;
}

/* format("%s-%d", ...): without widths and flags. */
static const struct yaml_node *call_format(const struct call *call)
{
	const char *format = text_at(call, 0);
	size_t next = 1;
	struct buf out;
	bool is_known = format != NULL;
	buf_init(&out);
	for (const char *at = format; at && *at && is_known && out.length < TEXT_BYTES_MAX; at++) {
		if (at[0] != '%' || at[1] == '%') {
			buf_add_char(&out, at[0]);
			at += at[0] == '%';
			continue;
		}
		const char *value = text_at(call, next++);
		is_known = value && at[1] && strchr("sdvgqf", at[1]);
		if (is_known)
			buf_add(&out, value);
		at++;
	}
	const char *text = arena_strdup(call->arena, buf_text(&out));
	buf_release(&out);
	return is_known ? new_text(call, text) : NULL;
}

static const struct yaml_node *call_join(const struct call *call)
{
	const char *between = text_at(call, 0);
	const struct yaml_node *list = call->arguments[1];
	bool is_known = between && list->kind == YAML_LIST;
	struct buf out;
	buf_init(&out);
	for (const struct yaml_node *element = is_known ? list->first : NULL; element && is_known;
	     element = element->next) {
		is_known = element->kind == YAML_SCALAR && out.length < TEXT_BYTES_MAX;
		if (is_known)
			buf_printf(&out, "%s%s", element == list->first ? "" : between, element->text);
	}
	const char *text = arena_strdup(call->arena, buf_text(&out));
	buf_release(&out);
	return is_known ? new_text(call, text) : NULL;
}

static const struct yaml_node *cased(const struct call *call, int (*change)(int))
{
	const char *text = text_at(call, 0);
	char *out = text ? arena_strdup(call->arena, text) : NULL;
	for (char *p = out; p && *p; p++)
		*p = (char)change((unsigned char)*p);
	return out ? new_text(call, out) : NULL;
}

static const struct yaml_node *call_lower(const struct call *call)
{
	return cased(call, tolower);
}

static const struct yaml_node *call_upper(const struct call *call)
{
	return cased(call, toupper);
}

/* The first that is known, for try(); for coalesce() it is neither null nor empty. */
static const struct yaml_node *call_try(const struct call *call)
{
	for (size_t i = 0; i < call->count; i++)
		if (call->arguments[i])
			return call->arguments[i];
	return NULL;
}

static const struct yaml_node *call_coalesce(const struct call *call)
{
	for (size_t i = 0; i < call->count; i++) {
		const struct yaml_node *node = call->arguments[i];
		if (!is_null(node) && !(node->kind == YAML_SCALAR && node->text[0] == '\0'))
			return node;
	}
	return NULL;
}

static const struct yaml_node *call_element(const struct call *call)
{
	const struct yaml_node *list = call->arguments[0];
	double index;
	if (list->kind != YAML_LIST || list->count == 0 || !terraform_number(call->arguments[1], &index) || index < 0 ||
	    index > 1e9)
		return NULL;
	const struct yaml_node *element = list->first;
	for (size_t i = (size_t)index % list->count; i > 0; i--)
		element = element->next;
	return element;
}

static const struct yaml_node *call_contains(const struct call *call)
{
	const char *wanted = text_at(call, 1);
	const struct yaml_node *list = call->arguments[0];
	if (!wanted || list->kind != YAML_LIST)
		return NULL;
	for (const struct yaml_node *element = list->first; element; element = element->next)
		if (element->kind == YAML_SCALAR && strcmp(element->text, wanted) == 0)
			return new_truth(call, true);
	return new_truth(call, false);
}

static const struct {
	const char *name;
	const struct yaml_node *(*call)(const struct call *call);
	size_t count; /* of arguments, at least */
	bool takes_unknown;
} functions[] = {
	{"max", call_max, 1, false},           {"min", call_min, 1, false},
	{"ceil", call_ceil, 1, false},         {"floor", call_floor, 1, false},
	{"abs", call_abs, 1, false},           {"lookup", call_lookup, 2, false},
	{"merge", call_merge, 0, false},       {"concat", call_concat, 0, false},
	{"keys", call_keys, 1, false},         {"values", call_values, 1, false},
	{"length", call_length, 1, false},     {"toset", call_itself, 1, false},
	{"tolist", call_itself, 1, false},     {"tomap", call_itself, 1, false},
	{"jsonencode", call_itself, 1, false}, {"tonumber", call_tonumber, 1, false},
	{"tostring", call_tostring, 1, false}, {"format", call_format, 1, false},
	{"join", call_join, 2, false},         {"lower", call_lower, 1, false},
	{"upper", call_upper, 1, false},       {"try", call_try, 1, true},
	{"coalesce", call_coalesce, 1, false}, {"element", call_element, 2, false},
	{"contains", call_contains, 2, false},
};

const struct yaml_node *terraform_call(const char *name, const struct yaml_node *const *arguments, size_t count,
				       struct diag_place place, struct arena *arena)
{
	const struct call call = {.arguments = arguments, .count = count, .place = place, .arena = arena};
	for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
		bool is_known = strcmp(name, functions[i].name) == 0 && count >= functions[i].count;
		for (size_t k = 0; k < count && !functions[i].takes_unknown; k++)
			is_known = is_known && arguments[k] && arguments[k]->count <= ELEMENTS_MAX;
		if (is_known)
			return functions[i].call(&call);
	}
	return NULL;
}
