/*
 * A walk over protobuf's wire format that builds nothing: every tag, length and varint is checked against the bounds
 * of the message it lies in, before protobuf-c, which has no recursion limit, gets to see the bytes.
 * Source: https://protobuf.dev/programming-guides/encoding/. Groups (wire types 3 and 4) are refused.
 */
#ifndef LAMINA_WIRE_H
#define LAMINA_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

enum { WIRE_DEPTH_MAX = 64 }; /* messages in messages; the other implementations stop at 64 or 100 */

/* One field as it stands in the bytes; positions count from the first byte of the cursor's bytes. */
struct wire_field {
	uint32_t number;
	enum wire_type type;
	size_t start;   /* its tag */
	size_t payload; /* what follows tag and length */
	size_t payload_bytes;
};

struct wire_cursor {
	const uint8_t *bytes;
	size_t position;
	size_t end;
	uint64_t origin; /* offset of bytes[0] in the file, for messages */
};

/* Reads the field at the position, which must be before the end, and moves past it. */
bool wire_next(struct wire_cursor *cursor, struct wire_field *field, struct err *err);

struct wire_message;

/* What is known of a field. Fields without a rule may be of any wire type and are skipped. */
struct wire_rule {
	uint32_t number;
	enum wire_type type;
	bool packable;                      /* repeated numbers: may also come as one WIRE_BYTES of them */
	const struct wire_message *message; /* WIRE_BYTES that hold a message; NULL for others */
};

struct wire_message {
	const char *name; /* for messages: "Image" */
	const struct wire_rule *rules;
	size_t rule_count;
};

/*
 * Walks a whole message and its submessages. Refuses, with the offset of the first broken byte: what is cut short, a
 * length that goes past its message, a wire type that is not the rule's, a malformed varint, field number 0, packed
 * numbers that do not fill their field, more than fields_max fields and more than WIRE_DEPTH_MAX messages in messages.
 */
bool wire_check(const struct wire_message *message, const uint8_t *bytes, size_t length, uint64_t origin,
		size_t fields_max, struct err *err);

#endif
