/*
 * A bound struct as bytes that say what it holds and nothing else: the same for every spelling of the same values,
 * with defaults written out or not, in any order. For hashes; nobody reads them back.
 */
#ifndef LAMINA_BIND_BYTES_H
#define LAMINA_BIND_BYTES_H

#include "base/buf.h"
#include "doc/bind.h"

/* Labels, and values of the keys in left_out (NULL-terminated, of the outermost struct; may be NULL), are left out. */
void bind_write_bytes(const struct bind_schema *schema, const void *value, const char *const *left_out,
		      struct buf *out);

/* Numbers and texts as they are written there. */
void bytes_add_int(struct buf *out, int64_t value);
void bytes_add_double(struct buf *out, double value);
void bytes_add_text(struct buf *out, const char *text); /* NULL differs from "" */

#endif
