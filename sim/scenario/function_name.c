#include "scenario/function_name.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

enum { NAME_BYTES_MAX = 256, SHOWN_BYTES_MAX = 64, RANDOM_BYTES = 12, NAMES_SHOWN_MAX = 20 };

/* Endings that people and tools append to names. */
static const char *const endings[] = {"function", "lambda", "handler", "arn", "fn", NULL};

/* Letters in lower case and digits; false where they do not fit or there are none. */
static bool normalise_name(const char *name, size_t length, char out[NAME_BYTES_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)name[i]))
			continue;
		if (count == NAME_BYTES_MAX - 1)
			return false;
		out[count++] = (char)tolower((unsigned char)name[i]);
	}
	out[count] = '\0';
	return count > 0;
}

static void drop_endings(char *name)
{
	for (size_t i = 0; endings[i]; i++) {
		size_t length = strlen(name);
		size_t ending = strlen(endings[i]);
		if (length <= ending || strcmp(name + length - ending, endings[i]) != 0)
			continue;
		name[length - ending] = '\0';
		i = (size_t)-1;
	}
}

/* Length without "-1A2B3C4D5E6F", which CloudFormation puts behind names that it makes. */
static size_t length_without_random(const char *name, size_t length)
{
	if (length <= RANDOM_BYTES + 1 || name[length - RANDOM_BYTES - 1] != '-')
		return length;
	for (size_t i = length - RANDOM_BYTES; i < length; i++)
		if (!isupper((unsigned char)name[i]) && !isdigit((unsigned char)name[i]))
			return length;
	return length - RANDOM_BYTES - 1;
}

const char *function_name_last_part(const char *given)
{
	const char *slash = strrchr(given, '/');
	const char *part = slash ? slash + 1 : given;
	static const char of_arn[] = ":function:";
	const char *arn = strstr(part, of_arn);
	return arn ? arn + strlen(of_arn) : part;
}

/* Names are for people and YAML: printable and of a sane length. */
static const char *clean_name(const char *name, size_t length, struct arena *arena)
{
	char *clean = arena_strndup(arena, name, length < SHOWN_BYTES_MAX ? length : SHOWN_BYTES_MAX);
	for (char *p = clean; *p; p++)
		if (!isprint((unsigned char)*p))
			*p = '?';
	return clean[0] ? clean : "function";
}

const char *function_name_of_log_group(const char *given, struct arena *arena)
{
	const char *part = function_name_last_part(given);
	return clean_name(part, strcspn(part, ":"), arena);
}

const char *function_name_of_file(const char *path, struct arena *arena)
{
	const char *part = function_name_last_part(path);
	return strcmp(path, "-") == 0 ? "function" : clean_name(part, strcspn(part, "."), arena);
}

/* Whether a part of the name begins at this character: at its start, behind punctuation, or with a capital. */
static bool begins_part(const char *name, size_t at)
{
	return at == 0 || !isalnum((unsigned char)name[at - 1]) ||
	       (isupper((unsigned char)name[at]) && !isupper((unsigned char)name[at - 1]));
}

/* Whether the normalised text is a name, with or without endings; *found counts the names that are. */
static int find_whole(const char *text, const char *const *names, size_t count, bool without_endings, int *found)
{
	char wanted[NAME_BYTES_MAX];
	char name[NAME_BYTES_MAX];
	int at = -1;
	*found = 0;
	memcpy(wanted, text, strlen(text) + 1);
	if (without_endings)
		drop_endings(wanted);
	for (size_t i = 0; i < count; i++) {
		if (!normalise_name(names[i], strlen(names[i]), name))
			continue;
		if (without_endings)
			drop_endings(name);
		if (strcmp(name, wanted) == 0) {
			at = (int)i;
			++*found;
		}
	}
	return *found == 1 ? at : -1;
}

int function_name_match(const char *given, const char *const *names, size_t count)
{
	const char *part = function_name_last_part(given);
	size_t length = length_without_random(part, strcspn(part, ":"));
	for (size_t at = 0; at < length; at++) {
		char rest[NAME_BYTES_MAX];
		int found;
		if (!begins_part(part, at) || !normalise_name(part + at, length - at, rest))
			continue;
		for (int without_endings = 0; without_endings <= 1; without_endings++) {
			int match = find_whole(rest, names, count, without_endings, &found);
			if (found > 0)
				return match;
		}
	}
	return -1;
}

const char *function_name_advice(const char *name, const char *const *names, size_t count, struct arena *arena)
{
	const char *meant = did_you_mean(name, names, count);
	if (meant)
		return arena_printf(arena, "; did you mean '%s'?", diag_excerpt(meant, arena));
	struct buf text;
	buf_init(&text);
	for (size_t i = 0; i < count && i < NAMES_SHOWN_MAX; i++)
		buf_printf(&text, "%s%s",
			   i == 0           ? (count == 1 ? "; there is " : "; there are ")
			   : i + 1 == count ? " and "
					    : ", ",
			   names[i]);
	if (count > NAMES_SHOWN_MAX)
		buf_printf(&text, " and %zu more", count - NAMES_SHOWN_MAX);
	const char *advice = arena_strdup(arena, buf_text(&text));
	buf_release(&text);
	return advice;
}

bool function_name_check_key(const char *dotted_key, const char *const *names, size_t count, struct diag_place place,
			     struct diag *diag)
{
	static const char below[] = "functions.";
	if (strncmp(dotted_key, below, strlen(below)) != 0)
		return true;
	const char *name = dotted_key + strlen(below);
	size_t length = strcspn(name, ".");
	bool is_known = name[length] == '\0';
	for (size_t i = 0; i < count; i++)
		is_known = is_known || (strlen(names[i]) == length && strncmp(names[i], name, length) == 0);
	if (is_known)
		return true;
	name = diag_excerpt(arena_strndup(&diag->arena, name, length), &diag->arena);
	diag_error(diag, place, "there is no function '%s'%s", name,
		   function_name_advice(name, names, count, &diag->arena));
	return false;
}
