/*
 * The JPEG files that operands name. A file stands for itself; a folder for its *.jpg and *.jpeg in the order of their
 * names. Folders in a folder are classes, numbered from 0 in the order of their names, which label what they hold: the
 * layout in which image data sets are commonly kept.
 */
#ifndef LAMINA_IMAGE_LIST_H
#define LAMINA_IMAGE_LIST_H /* private to cli */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct image_file {
	const char *path;
	int64_t label; /* RECORD_NO_LABEL outside of classes */
};

struct image_list {
	struct image_file *files;
	size_t count;
	size_t capacity;
	struct arena *arena; /* the paths */
};

void image_list_init(struct image_list *list, struct arena *arena);
void image_list_release(struct image_list *list);

/* Adds a file or a folder. False for a folder that cannot be read or holds no JPEG files. */
bool image_list_add(struct image_list *list, const char *path, struct err *err);

#endif
