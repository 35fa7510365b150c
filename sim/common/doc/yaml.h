/*
 * A YAML document as a tree whose every node knows its line and column. The subset is YAML 1.2 core
 * without anchors, aliases and tags: those are refused at their place, as are duplicate keys, more than one
 * document, and anything past the bounds below. All mistakes are put into the diag; reading goes on where it can.
 */
#ifndef LAMINA_YAML_H
#define LAMINA_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"

enum {
	YAML_BYTES_MAX = 4 * 1024 * 1024,
	YAML_DEPTH_MAX = 32,
	YAML_NODES_MAX = 100000,
	YAML_SCALAR_BYTES_MAX = 4096,
	YAML_KEY_BYTES_MAX = 200, /* libyaml reads no key of more than 1024 characters, escapes included */
	/* Templates of other tools, which are made by programs, too. */
	YAML_TEMPLATE_BYTES_MAX = 16 * 1024 * 1024,
	YAML_TEMPLATE_DEPTH_MAX = 64,
	YAML_TEMPLATE_NODES_MAX = 1000000,
	YAML_UNFOLDED_NODES_MAX = 100000, /* that aliases stand for, all together */
	YAML_ANCHORS_MAX = 10000,
};

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	struct diag_place place;
	const char *text; /* scalar: its text */
	bool quoted;      /* scalar: written in quotes (then it is a string, never a number) */
	int block_column; /* scalar that is a block (|): the column that its lines begin at; else 0 */
	const char *key;  /* entry of a map: its key */
	struct diag_place key_place;
	struct yaml_node *first; /* list, map: children in file order */
	struct yaml_node *next;
	size_t count;        /* children */
	const char *tag;     /* yaml_parse_template only: "!Ref"; NULL where there is none */
	const char *comment; /* yaml_write only: behind the value, or behind the key of a block; may be NULL */
};

/*
 * Parses text (file is for messages) into the arena. NULL where the document has no tree (a syntax error, an anchor,
 * a bound passed, nothing in it). After lesser mistakes (duplicate keys, tags) the tree comes back beside them, so
 * that binding can report its own in the same run: bind_map is false then, and a caller that does not bind asks
 * diag_has_errors. The tree points into the arena; file must outlive it and the diag.
 */
struct yaml_node *yaml_parse(const char *file, const char *text, size_t length, struct arena *arena, struct diag *diag);

/*
 * The same for templates of other tools, which give their own meaning to tags: these are kept at their nodes, and texts
 * of any length are read, within the bounds for templates. Of duplicate keys the last counts, with a warning. Aliases
 * are copies of what they stand for, within a bound, with the places of that; `<<` adds the entries of maps.
 */
struct yaml_node *yaml_parse_template(const char *file, const char *text, size_t length, struct arena *arena,
				      struct diag *diag);

/*
 * Reads and parses a file ("-" is standard input, named "<stdin>" in messages). A file that cannot be read gives
 * NULL with one diag error; *io_failed (may be NULL) then tells it from a mistake in the text.
 */
struct yaml_node *yaml_read(const char *path, struct arena *arena, struct diag *diag, bool *io_failed);

/* The child with this key, or NULL. map may be NULL or not a map (then NULL). */
struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* What a node is by the core schema. Quoted scalars are text; booleans and null have their three spellings each. */
enum yaml_type {
	YAML_TYPE_NULL,
	YAML_TYPE_BOOL,
	YAML_TYPE_NUMBER,
	YAML_TYPE_TEXT,
	YAML_TYPE_LIST,
	YAML_TYPE_MAP,
};
enum yaml_type yaml_type_of(const struct yaml_node *node);

/* "a mapping", "a list", "text 'x'", "number 5", "true", "nothing", for messages. */
const char *yaml_describe(const struct yaml_node *node, struct arena *arena);

/* Dotted keys ("functions.conv1.memory_mb") of --set and sweeps, in parts. A part is never empty. */
struct dotted {
	const char *parts[YAML_DEPTH_MAX]; /* in the arena */
	size_t count;                      /* at least 1 */
};

/* False, with a diag error at place, for an empty part or more than YAML_DEPTH_MAX parts. */
bool dotted_split(struct dotted *dotted, const char *key, struct diag_place place, struct arena *arena,
		  struct diag *diag);

/* The first count parts with their dots, cut for messages; in the arena. */
const char *dotted_prefix(const struct dotted *dotted, size_t count, struct arena *arena);

/*
 * Sets dotted key path ("platform.era", "functions.conv1.memory_mb") below root to the value parsed as YAML, making
 * maps on the way; elements of a list are addressed by the `name:` that they hold, else by 0-based index. Used by
 * --set and sweeps: the new nodes carry the given place. False (with a diag, and root as it was) where the path runs
 * through a scalar or names no element of a list, or the value is not YAML.
 */
bool yaml_set(struct yaml_node *root, const char *dotted_key, const char *value_text, struct diag_place place,
	      struct arena *arena, struct diag *diag);

/* The same with a value that is already a tree (it is copied; its places are kept). */
bool yaml_set_node(struct yaml_node *root, const char *dotted_key, const struct yaml_node *value,
		   struct diag_place place, struct arena *arena, struct diag *diag);

/*
 * Puts the map `over` over `map`, key by key and level by level: maps are merged, everything else (lists too) is
 * replaced whole; an empty map leaves what is below it as it is. Copies into the arena; places are those of the file
 * that a value came from.
 */
void yaml_merge(struct yaml_node *map, const struct yaml_node *over, struct arena *arena);

/* Takes an entry out of a map, if it is there. */
void yaml_remove(struct yaml_node *map, const char *key);

struct yaml_node *yaml_copy(const struct yaml_node *node, struct arena *arena);

/*
 * True when both trees hold the same data in the same order, whatever their places and quoting style. 5 and "5" differ,
 * as do 1 and 1.0: numbers are compared as written.
 */
bool yaml_equal(const struct yaml_node *a, const struct yaml_node *b);

/*
 * Trees made by the program, entry by entry. Texts are not copied and must live as long as the tree. Entries have
 * their parent's place.
 */

/* An empty map, for a root. */
struct yaml_node *yaml_build_map(struct arena *arena);

/* A new last child of a map (with its key) or of a list (key NULL). */
struct yaml_node *yaml_build_add(struct yaml_node *parent, enum yaml_kind kind, const char *key, struct arena *arena);

/* The same as a scalar. Text stays text, even where it looks like a number. */
void yaml_build_text(struct yaml_node *parent, const char *key, const char *text, struct arena *arena);
void yaml_build_int(struct yaml_node *parent, const char *key, int64_t value, struct arena *arena);
void yaml_build_bool(struct yaml_node *parent, const char *key, bool value, struct arena *arena);

/* Rounded to this many significant digits. */
void yaml_build_number(struct yaml_node *parent, const char *key, double value, int digits, struct arena *arena);

/*
 * The tree as YAML text (block style, flow for lists of scalars); reads back as an equal tree. Of comments, what a line
 * cannot hold becomes '?'.
 */
struct buf;
void yaml_write(const struct yaml_node *node, struct buf *out);

#endif
