#include "deploy/terraform_expression.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/num.h"
#include "deploy/terraform_function.h"

enum {
	DEPTH_MAX = 64, /* of brackets, strings and operators in each other */
	TEXT_BYTES_MAX = 1024 * 1024,
};

struct parser {
	const struct terraform_scope *scope;
	struct diag_place place;
	const char *at;
	int depth;
	bool has_failed; /* it is no expression that is read; values are NULL from then on */
};

static const struct yaml_node *parse_expression(struct parser *parser);

struct yaml_node *terraform_new(enum yaml_kind kind, const char *text, struct diag_place place, struct arena *arena)
{
	struct yaml_node *node = ARENA_NEW(arena, struct yaml_node);
	*node = (struct yaml_node){.kind = kind, .text = text, .place = place};
	return node;
}

void terraform_add(struct yaml_node *parent, const char *key, const struct yaml_node *value, struct arena *arena)
{
	struct yaml_node *copy = ARENA_NEW(arena, struct yaml_node);
	struct yaml_node **tail = &parent->first;
	*copy = *value;
	copy->key = key;
	copy->key_place = value->place;
	copy->next = NULL;
	while (*tail)
		tail = &(*tail)->next;
	*tail = copy;
	parent->count++;
}

int terraform_truth(const struct yaml_node *value)
{
	if (!value || value->kind != YAML_SCALAR)
		return -1;
	return strcmp(value->text, "true") == 0 ? 1 : strcmp(value->text, "false") == 0 ? 0 : -1;
}

bool terraform_number(const struct yaml_node *value, double *out)
{
	return value && value->kind == YAML_SCALAR && num_parse_double(value->text, out);
}

static const struct yaml_node *fail(struct parser *parser)
{
	parser->has_failed = true;
	return NULL;
}

/* False where it stands too deep or has taken too long. */
static bool go_deeper(struct parser *parser)
{
	int64_t *left = parser->scope->left;
	*left -= *left > 0;
	if (++parser->depth > DEPTH_MAX || *left == 0)
		parser->has_failed = true;
	return !parser->has_failed;
}

static const struct yaml_node *new_scalar(const struct parser *parser, const char *text)
{
	return terraform_new(YAML_SCALAR, text, parser->place, parser->scope->arena);
}

static const struct yaml_node *new_truth(const struct parser *parser, bool is_true)
{
	return new_scalar(parser, is_true ? "true" : "false");
}

static void skip_blanks(struct parser *parser)
{
	parser->at += strspn(parser->at, " \t\r\n");
}

static bool take(struct parser *parser, const char *word)
{
	skip_blanks(parser);
	if (parser->has_failed || strncmp(parser->at, word, strlen(word)) != 0)
		return false;
	parser->at += strlen(word);
	return true;
}

static void expect(struct parser *parser, const char *word)
{
	if (!take(parser, word))
		parser->has_failed = true;
}

/* A name, or "" where none stands there. */
static const char *take_name(struct parser *parser)
{
	const char *begin = parser->at;
	if (isalpha((unsigned char)*parser->at) || *parser->at == '_')
		while (isalnum((unsigned char)*parser->at) || *parser->at == '_' || *parser->at == '-')
			parser->at++;
	return arena_strndup(parser->scope->arena, begin, (size_t)(parser->at - begin));
}

/* --- texts --- */

/* A value within a text; false where it is none. */
static bool add_value(const struct parser *parser, const struct yaml_node *value, struct buf *out)
{
	if (!value || value->kind != YAML_SCALAR || out->length > TEXT_BYTES_MAX)
		return false;
	bool escapes = parser->scope->is_json && strstr(value->text, "${");
	for (const char *p = value->text; *p; p++) {
		if (escapes && *p == '"')
			buf_add_char(out, '\\');
		buf_add_char(out, *p);
	}
	return true;
}

static void add_escaped(struct parser *parser, struct buf *out)
{
	char c = parser->at[0];
	buf_add_char(out, c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
	parser->at += c != '\0';
}

/* Up to the quote that ends it, or without one to the end of the whole; NULL where a part is not known. */
static const struct yaml_node *parse_text(struct parser *parser, bool is_quoted)
{
	struct buf out;
	const struct yaml_node *only = NULL;
	const char *begin = parser->at;
	bool is_known = true;
	buf_init(&out);
	while (!parser->has_failed && *parser->at && !(is_quoted && *parser->at == '"')) {
		bool is_literal = strncmp(parser->at, "$${", 3) == 0 || strncmp(parser->at, "%%{", 3) == 0;
		if (strncmp(parser->at, "${", 2) == 0) {
			bool is_first = parser->at == begin;
			parser->at += 2;
			const struct yaml_node *value = parse_expression(parser);
			expect(parser, "}");
			bool is_last = *parser->at == '\0' || (is_quoted && *parser->at == '"');
			only = is_first && is_last ? value : NULL;
			is_known = only || (add_value(parser, value, &out) && is_known);
		} else if (strncmp(parser->at, "%{", 2) == 0) {
			parser->has_failed = true;
		} else if (is_quoted && *parser->at == '\\') {
			parser->at++;
			add_escaped(parser, &out);
		} else {
			parser->at += is_literal;
			buf_add_char(&out, *parser->at++);
		}
	}
	if (is_quoted)
		expect(parser, "\"");
	struct yaml_node *text = terraform_new(YAML_SCALAR, arena_strdup(parser->scope->arena, buf_text(&out)),
					       parser->place, parser->scope->arena);
	text->quoted = true;
	buf_release(&out);
	if (parser->has_failed || !is_known)
		return NULL;
	return only ? only : text;
}

/* --- parts --- */

static const struct yaml_node *parse_number(struct parser *parser)
{
	size_t length = strspn(parser->at, "0123456789.eE");
	const char *text = arena_strndup(parser->scope->arena, parser->at, length);
	double number;
	parser->at += length;
	return num_parse_double(text, &number) ? new_scalar(parser, text) : fail(parser);
}

static const struct yaml_node *parse_list(struct parser *parser)
{
	struct yaml_node *list = terraform_new(YAML_LIST, NULL, parser->place, parser->scope->arena);
	bool is_known = true;
	while (!parser->has_failed && !take(parser, "]")) {
		const struct yaml_node *value = parse_expression(parser);
		is_known = is_known && value;
		if (value)
			terraform_add(list, NULL, value, parser->scope->arena);
		if (!take(parser, ",")) {
			expect(parser, "]");
			break;
		}
	}
	return is_known ? list : NULL;
}

/* A key as a name, a text or an expression in brackets; NULL where it is not known. */
static const char *parse_key(struct parser *parser)
{
	skip_blanks(parser);
	const char *name = take_name(parser);
	if (name[0])
		return name;
	const struct yaml_node *key = parse_expression(parser);
	return key && key->kind == YAML_SCALAR ? key->text : NULL;
}

static const struct yaml_node *parse_map(struct parser *parser)
{
	struct yaml_node *map = terraform_new(YAML_MAP, NULL, parser->place, parser->scope->arena);
	bool is_known = true;
	while (!parser->has_failed && !take(parser, "}")) {
		const char *key = parse_key(parser);
		if (!take(parser, "=") && !take(parser, ":"))
			return fail(parser);
		const struct yaml_node *value = parse_expression(parser);
		is_known = is_known && key && value;
		if (key && value)
			terraform_add(map, key, value, parser->scope->arena);
		take(parser, ",");
	}
	return is_known ? map : NULL;
}

static const struct yaml_node *parse_call(struct parser *parser, const char *name)
{
	const struct yaml_node *arguments[TERRAFORM_ARGUMENTS_MAX];
	size_t count = 0;
	while (!parser->has_failed && !take(parser, ")")) {
		if (count == TERRAFORM_ARGUMENTS_MAX)
			return fail(parser);
		arguments[count++] = parse_expression(parser);
		if (!take(parser, ",")) {
			expect(parser, ")");
			break;
		}
	}
	if (parser->has_failed)
		return NULL;
	return terraform_call(name, arguments, count, parser->place, parser->scope->arena);
}

/* Where it goes on from a resource's name, "aws_lambda_function.f[each.key].arn", as it would be written by hand. */
static const struct yaml_node *parse_attribute(struct parser *parser, const char *root)
{
	const char *text = root;
	struct arena *arena = parser->scope->arena;
	bool is_known = true;
	while (!parser->has_failed && (parser->at[0] == '.' || parser->at[0] == '[')) {
		if (strlen(text) > TEXT_BYTES_MAX)
			return fail(parser);
		if (*parser->at++ == '.') {
			size_t digits = strspn(parser->at, "0123456789*");
			const char *part = digits ? arena_strndup(arena, parser->at, digits) : take_name(parser);
			parser->at += digits;
			text = arena_printf(arena, "%s.%s", text, part);
			continue;
		}
		double number;
		const struct yaml_node *index = parse_expression(parser);
		expect(parser, "]");
		is_known = is_known && index && index->kind == YAML_SCALAR;
		bool is_number = is_known && !index->quoted && terraform_number(index, &number);
		if (is_known)
			text = arena_printf(arena, is_number ? "%s[%s]" : "%s[\"%s\"]", text, index->text);
	}
	bool is_path = strchr(text, '.') != NULL;
	return is_known && is_path ? new_scalar(parser, arena_printf(arena, "${%s}", text)) : NULL;
}

static const struct yaml_node *parse_named(struct parser *parser)
{
	static const char *const roots[] = {"var", "local", "each", "count"};
	static const char *const words[] = {"true", "false", "null"};
	const struct terraform_scope *scope = parser->scope;
	const char *name = take_name(parser);
	if (!name[0])
		return fail(parser);
	if (take(parser, "("))
		return parse_call(parser, name);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(name, words[i]) == 0)
			return new_scalar(parser, name);
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		if (strcmp(name, roots[i]) != 0 || parser->at[0] != '.')
			continue;
		parser->at++;
		return scope->refer(scope->context, name, take_name(parser), parser->place, scope->depth + 1);
	}
	return parse_attribute(parser, name);
}

static const struct yaml_node *parse_part(struct parser *parser)
{
	skip_blanks(parser);
	if (isdigit((unsigned char)parser->at[0]))
		return parse_number(parser);
	if (take(parser, "\""))
		return parse_text(parser, true);
	if (take(parser, "["))
		return parse_list(parser);
	if (take(parser, "{"))
		return parse_map(parser);
	if (!take(parser, "("))
		return parse_named(parser);
	const struct yaml_node *value = parse_expression(parser);
	expect(parser, ")");
	return value;
}

/* An element or entry; NULL where there is none. */
static const struct yaml_node *child_of(const struct parser *parser, const struct yaml_node *of, const char *key)
{
	const struct terraform_scope *scope = parser->scope;
	const struct yaml_node *child = yaml_get(of, key);
	int64_t index;
	if (of->kind == YAML_LIST && num_parse_int64(key, &index) && index >= 0 && index < (int64_t)of->count)
		for (child = of->first; index > 0; index--)
			child = child->next;
	return child ? scope->resolve(scope->context, child, scope->depth + 1) : NULL;
}

static const struct yaml_node *parse_value(struct parser *parser)
{
	const struct yaml_node *value = parse_part(parser);
	while (!parser->has_failed && (parser->at[0] == '.' || parser->at[0] == '[')) {
		bool is_index = *parser->at++ == '[';
		size_t digits = strspn(parser->at, "0123456789");
		const char *key = NULL;
		if (is_index) {
			const struct yaml_node *index = parse_expression(parser);
			expect(parser, "]");
			key = index && index->kind == YAML_SCALAR ? index->text : NULL;
		} else {
			key = digits ? arena_strndup(parser->scope->arena, parser->at, digits) : take_name(parser);
			parser->at += digits;
		}
		value = value && key ? child_of(parser, value, key) : NULL;
	}
	return value;
}

/* --- operators --- */

enum operation { OR, AND, EQUAL, UNEQUAL, AT_MOST, AT_LEAST, BELOW, ABOVE, PLUS, MINUS, TIMES, OVER, MODULO };

/* Longer words come before those that begin them. */
static const struct {
	const char *word;
	int level;
} operators[] = {
	[OR] = {"||", 0},       [AND] = {"&&", 1},  [EQUAL] = {"==", 2}, [UNEQUAL] = {"!=", 2}, [AT_MOST] = {"<=", 3},
	[AT_LEAST] = {">=", 3}, [BELOW] = {"<", 3}, [ABOVE] = {">", 3},  [PLUS] = {"+", 4},     [MINUS] = {"-", 4},
	[TIMES] = {"*", 5},     [OVER] = {"/", 5},  [MODULO] = {"%", 5},
};

static const struct yaml_node *combine_numbers(const struct parser *parser, enum operation operation, double a,
					       double b)
{
	char text[NUM_TEXT_BYTES];
	double number = 0;
	switch (operation) {
	case AT_MOST:
		return new_truth(parser, a <= b);
	case AT_LEAST:
		return new_truth(parser, a >= b);
	case BELOW:
		return new_truth(parser, a < b);
	case ABOVE:
		return new_truth(parser, a > b);
	case PLUS:
		number = a + b;
		break;
	case MINUS:
		number = a - b;
		break;
	case TIMES:
		number = a * b;
		break;
	case OVER:
		number = a / b;
		break;
	default:
		number = fmod(a, b);
		break;
	}
	return isfinite(number)
		       ? new_scalar(parser, arena_strdup(parser->scope->arena, num_format_double(number, text)))
		       : NULL;
}

static const struct yaml_node *combine(const struct parser *parser, enum operation operation,
				       const struct yaml_node *left, const struct yaml_node *right)
{
	int a_is = terraform_truth(left);
	int b_is = terraform_truth(right);
	double a;
	double b;
	if (operation == OR || operation == AND) {
		int decisive = operation == OR;
		if (a_is == decisive || b_is == decisive)
			return new_truth(parser, decisive);
		return a_is >= 0 && b_is >= 0 ? new_truth(parser, !decisive) : NULL;
	}
	bool are_numbers = terraform_number(left, &a) && terraform_number(right, &b);
	if (operation != EQUAL && operation != UNEQUAL)
		return are_numbers ? combine_numbers(parser, operation, a, b) : NULL;
	if (!left || !right || left->kind != YAML_SCALAR || right->kind != YAML_SCALAR || strstr(left->text, "${") ||
	    strstr(right->text, "${"))
		return NULL;
	bool is_equal = are_numbers ? a == b : strcmp(left->text, right->text) == 0;
	return new_truth(parser, is_equal == (operation == EQUAL));
}

static const struct yaml_node *parse_signed(struct parser *parser)
{
	if (take(parser, "!")) {
		int truth = terraform_truth(go_deeper(parser) ? parse_signed(parser) : NULL);
		parser->depth--;
		return truth >= 0 ? new_truth(parser, !truth) : NULL;
	}
	if (take(parser, "-")) {
		double number;
		bool is_known = go_deeper(parser) && terraform_number(parse_signed(parser), &number);
		parser->depth--;
		return is_known ? combine_numbers(parser, MINUS, 0, number) : NULL;
	}
	return parse_value(parser);
}

static const struct yaml_node *parse_operators(struct parser *parser, int level)
{
	const struct yaml_node *value = parse_signed(parser);
	while (!parser->has_failed) {
		size_t i = 0;
		skip_blanks(parser);
		while (i < ARRAY_LEN(operators) &&
		       strncmp(parser->at, operators[i].word, strlen(operators[i].word)) != 0)
			i++;
		if (i == ARRAY_LEN(operators) || operators[i].level < level)
			return value;
		parser->at += strlen(operators[i].word);
		value = combine(parser, (enum operation)i, value, parse_operators(parser, operators[i].level + 1));
	}
	return NULL;
}

static const struct yaml_node *parse_expression(struct parser *parser)
{
	const struct yaml_node *value = go_deeper(parser) ? parse_operators(parser, 0) : NULL;
	if (take(parser, "?")) {
		int truth = terraform_truth(value);
		const struct yaml_node *yes = parse_expression(parser);
		expect(parser, ":");
		const struct yaml_node *no = parse_expression(parser);
		value = truth < 0 ? NULL : truth ? yes : no;
	}
	parser->depth--;
	return parser->has_failed ? NULL : value;
}

const struct yaml_node *terraform_text(const struct terraform_scope *scope, const char *text, struct diag_place place)
{
	struct parser parser = {.scope = scope, .place = place, .at = text};
	return parse_text(&parser, false);
}
