/*
 * Functions in the two query languages of state machines. JSONPath has intrinsic functions, States.NAME(...), in values
 * whose key ends in ".$"; JSONata has its own and some of Step Functions', $NAME(...), in texts {% ... %}.
 *
 * Sources: Amazon States Language specification, intrinsic functions; AWS Step Functions developer guide, transforming
 * data with JSONata (among them $partition, $range, $hash, $random, $uuid and $parse; $eval is not supported);
 * docs.jsonata.org, function library.
 */
#include <ctype.h>
#include <string.h>

#include "base/check.h"
#include "deploy/asl.h"

enum { NAME_BYTES_MAX = 64 };

static const char *const intrinsics[] = {
	"States.Format",         "States.StringToJson",  "States.JsonToString", "States.Array",
	"States.ArrayPartition", "States.ArrayContains", "States.ArrayRange",   "States.ArrayGetItem",
	"States.ArrayLength",    "States.ArrayUnique",   "States.Base64Encode", "States.Base64Decode",
	"States.Hash",           "States.JsonMerge",     "States.MathRandom",   "States.MathAdd",
	"States.StringSplit",    "States.UUID",
};

static const char *const jsonata[] = {
	"$string",
	"$length",
	"$substring",
	"$substringBefore",
	"$substringAfter",
	"$uppercase",
	"$lowercase",
	"$trim",
	"$pad",
	"$contains",
	"$split",
	"$join",
	"$match",
	"$replace",
	"$base64encode",
	"$base64decode",
	"$encodeUrlComponent",
	"$encodeUrl",
	"$decodeUrlComponent",
	"$decodeUrl",
	"$number",
	"$abs",
	"$floor",
	"$ceil",
	"$round",
	"$power",
	"$sqrt",
	"$formatNumber",
	"$formatBase",
	"$formatInteger",
	"$parseInteger",
	"$sum",
	"$max",
	"$min",
	"$average",
	"$boolean",
	"$not",
	"$exists",
	"$count",
	"$append",
	"$sort",
	"$reverse",
	"$shuffle",
	"$distinct",
	"$zip",
	"$keys",
	"$lookup",
	"$spread",
	"$merge",
	"$sift",
	"$each",
	"$error",
	"$assert",
	"$type",
	"$now",
	"$millis",
	"$fromMillis",
	"$toMillis",
	"$map",
	"$filter",
	"$single",
	"$reduce",
	"$partition",
	"$range",
	"$hash",
	"$random",
	"$uuid",
	"$parse",
};

static bool is_name_character(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

static void check_name(const char *name, const char *const *known, size_t count, const struct yaml_node *node,
		       struct diag *diag)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, known[i]) == 0)
			return;
	const char *meant = did_you_mean(name, known, count);
	diag_error(diag, node->place, "there is no function '%s'%s%s%s", diag_excerpt(name, &diag->arena),
		   meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

/* Behind a text in quotes; a backslash takes the next character with it. */
static const char *behind_quotes(const char *p)
{
	char quote = *p++;
	while (*p && *p != quote)
		p += p[0] == '\\' && p[1] ? 2 : 1;
	return *p ? p + 1 : p;
}

/* Every name that begins like this and has a parenthesis behind it. */
static void check_calls(const char *text, const char *prefix, const char *const *known, size_t count,
			const struct yaml_node *node, struct diag *diag)
{
	char name[NAME_BYTES_MAX];
	for (const char *p = text; *p;) {
		if (*p == '\'' || *p == '"') {
			p = behind_quotes(p);
			continue;
		}
		bool begins = strncmp(p, prefix, strlen(prefix)) == 0 && (p == text || !is_name_character(p[-1]));
		size_t length = begins ? strlen(prefix) : 1;
		while (begins && is_name_character(p[length]))
			length++;
		if (begins && p[length] == '(' && length > 1 && length < sizeof name) {
			memcpy(name, p, length);
			name[length] = '\0';
			check_name(name, known, count, node, diag);
		}
		p += length;
	}
}

static bool ends_with(const char *text, const char *ending)
{
	size_t length = strlen(text);
	return length >= strlen(ending) && strcmp(text + length - strlen(ending), ending) == 0;
}

/* A text in JSONata may define functions of its own. */
static bool defines_functions(const char *text)
{
	return strstr(text, "function") || strstr(text, "\xce\xbb") || strstr(text, ":=");
}

void asl_check_functions(const struct yaml_node *node, struct diag *diag)
{
	if (node->kind == YAML_SCALAR) {
		bool is_path = node->key && ends_with(node->key, ".$");
		if (is_path && strncmp(node->text, "States.", 7) == 0)
			check_calls(node->text, "States.", intrinsics, ARRAY_LEN(intrinsics), node, diag);
		if (strncmp(node->text, "{%", 2) == 0 && ends_with(node->text, "%}") && !defines_functions(node->text))
			check_calls(node->text, "$", jsonata, ARRAY_LEN(jsonata), node, diag);
		return;
	}
	for (const struct yaml_node *child = node->first; child; child = child->next)
		asl_check_functions(child, diag);
}
