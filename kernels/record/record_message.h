/* Images as the messages of record.proto, and the rules by which their bytes are checked before they are unpacked. */
#ifndef LAMINA_RECORD_MESSAGE_H
#define LAMINA_RECORD_MESSAGE_H

#include "kernels/record/record.h"
#include "kernels/record/record.pb-c.h"
#include "kernels/record/wire.h"

extern const struct wire_message record_message_wire; /* Record */

enum { RECORD_IMAGES_FIELD = 1, RECORD_MESSAGE_FIELDS = 6 };

/* Room for the tag and the length that stand before each image in a record. */
enum { RECORD_HEAD_BYTES_MAX = 1 + 5 };

/* The message that says image; it borrows the image's data. */
void record_message_fill(Lamina__Image *message, const struct record_image *image);

/* Writes tag and length of an image whose message has message_bytes; returns how many bytes that took. */
size_t record_message_head(size_t message_bytes, uint8_t head[RECORD_HEAD_BYTES_MAX]);

/* The image that message says; it borrows the message's data. False where record_image_check would refuse it. */
bool record_message_read(const Lamina__Image *message, struct record_image *image, struct err *err);

#endif
