/*
 * JPEG through libjpeg, row by row. libjpeg's way of failing (a jump) ends here: callers get bool and struct err.
 * Images of more than JPEG_PIXELS_MAX pixels are refused before anything is allocated for them, since a header of 20
 * bytes can announce 4 billion; data that end early are refused where libjpeg would fill the rest with grey.
 */
#ifndef LAMINA_JPEG_H
#define LAMINA_JPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "kernels/record/record.h"

#define JPEG_PIXELS_MAX ((int64_t)1 << 26)

/* The shape that the file's header tells: 1 (grey) or 3 channels; others (CMYK) are refused. */
bool jpeg_read_shape(const uint8_t *bytes, size_t length, struct shape *shape, struct err *err);

/* Gets the rows from top to bottom, width x channels interleaved bytes each. */
typedef void jpeg_row_fn(void *context, const uint8_t *pixels);

/*
 * Decodes an image whose header must tell the width and height of shape, with shape.channels channels (a grey file
 * fills three alike; a colour file gives its luma where one is asked for).
 */
bool jpeg_decode(const uint8_t *bytes, size_t length, struct shape shape, jpeg_row_fn *row, void *context,
		 struct err *err);

/* Appends a baseline JPEG of height x width x channels (1 or 3) interleaved bytes; quality is libjpeg's, 1 to 100. */
void jpeg_encode(const uint8_t *pixels, struct shape shape, int quality, struct buf *out);

#endif
