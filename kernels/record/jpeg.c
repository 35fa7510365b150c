/* Decoding asks libjpeg for its exact integer transforms, so that the same file gives the same tensor everywhere. */
#include "kernels/record/jpeg.h"

#include <setjmp.h>
#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>

struct failure {
	struct jpeg_error_mgr manager; /* first: libjpeg hands back a pointer to it */
	jmp_buf jump;
	char text[JMSG_LENGTH_MAX];
};

NORETURN static void fail(j_common_ptr info)
{
	struct failure *failure = (struct failure *)info->err;
	info->err->format_message(info, failure->text);
	longjmp(failure->jump, 1);
}

/* Level -1 is a warning: the data are broken, yet libjpeg would go on. Harmless ones stay silent. */
static void on_message(j_common_ptr info, int level)
{
	int code = info->err->msg_code;
	if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE))
		fail(info);
}

static struct jpeg_error_mgr *failure_init(struct failure *failure)
{
	jpeg_std_error(&failure->manager);
	failure->manager.error_exit = fail;
	failure->manager.emit_message = on_message;
	return &failure->manager;
}

static bool refuse(const struct failure *failure, struct err *err)
{
	return err_set(err, "the JPEG cannot be decoded: %s", failure->text);
}

static bool read_header(struct jpeg_decompress_struct *info, const uint8_t *bytes, size_t length, struct shape *shape,
			struct err *err)
{
	jpeg_create_decompress(info);
	jpeg_mem_src(info, bytes, length);
	jpeg_read_header(info, TRUE);
	*shape = (struct shape){info->num_components, info->image_height, info->image_width};
	if (shape->channels != 1 && shape->channels != 3)
		return err_set(err, "the JPEG has %d colour channels; 1 and 3 can be read", info->num_components);
	if (shape->width * shape->height > JPEG_PIXELS_MAX)
		return err_set(err, "the JPEG has %lld x %lld pixels; at most %lld pixels are read",
			       (long long)shape->width, (long long)shape->height, (long long)JPEG_PIXELS_MAX);
	return true;
}

bool jpeg_read_shape(const uint8_t *bytes, size_t length, struct shape *shape, struct err *err)
{
	struct failure failure;
	struct jpeg_decompress_struct info = {.err = failure_init(&failure)};
	if (setjmp(failure.jump)) {
		jpeg_destroy_decompress(&info);
		return refuse(&failure, err);
	}
	bool ok = read_header(&info, bytes, length, shape, err);
	jpeg_destroy_decompress(&info);
	return ok;
}

static void decode_rows(struct jpeg_decompress_struct *info, jpeg_row_fn *row, void *context)
{
	info->dct_method = JDCT_ISLOW;
	jpeg_start_decompress(info);
	JDIMENSION row_bytes = info->output_width * (JDIMENSION)info->output_components;
	JSAMPARRAY rows = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, row_bytes,
						  (JDIMENSION)info->rec_outbuf_height);
	while (info->output_scanline < info->output_height) {
		JDIMENSION got = jpeg_read_scanlines(info, rows, (JDIMENSION)info->rec_outbuf_height);
		for (JDIMENSION i = 0; i < got; i++)
			row(context, rows[i]);
	}
	jpeg_finish_decompress(info);
}

bool jpeg_decode(const uint8_t *bytes, size_t length, struct shape shape, jpeg_row_fn *row, void *context,
		 struct err *err)
{
	CHECK(shape.channels == 1 || shape.channels == 3);
	struct failure failure;
	struct jpeg_decompress_struct info = {.err = failure_init(&failure)};
	if (setjmp(failure.jump)) {
		jpeg_destroy_decompress(&info);
		return refuse(&failure, err);
	}
	struct shape found;
	bool ok = read_header(&info, bytes, length, &found, err);
	if (ok && (found.width != shape.width || found.height != shape.height))
		ok = err_set(err, "the JPEG has %lld x %lld pixels, its record says %lld x %lld",
			     (long long)found.width, (long long)found.height, (long long)shape.width,
			     (long long)shape.height);
	if (ok) {
		info.out_color_space = shape.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
		decode_rows(&info, row, context);
	}
	jpeg_destroy_decompress(&info);
	return ok;
}

enum { CHUNK_BYTES = 4096 };

struct destination {
	struct jpeg_destination_mgr manager; /* first: libjpeg hands back a pointer to it */
	struct buf *out;
	JOCTET chunk[CHUNK_BYTES];
};

static void destination_start(j_compress_ptr info)
{
	struct destination *destination = (struct destination *)info->dest;
	destination->manager.next_output_byte = destination->chunk;
	destination->manager.free_in_buffer = CHUNK_BYTES;
}

static boolean destination_flush(j_compress_ptr info)
{
	struct destination *destination = (struct destination *)info->dest;
	buf_add_bytes(destination->out, destination->chunk, CHUNK_BYTES);
	destination_start(info);
	return TRUE;
}

static void destination_end(j_compress_ptr info)
{
	struct destination *destination = (struct destination *)info->dest;
	buf_add_bytes(destination->out, destination->chunk, CHUNK_BYTES - destination->manager.free_in_buffer);
}

void jpeg_encode(const uint8_t *pixels, struct shape shape, int quality, struct buf *out)
{
	CHECK(shape.channels == 1 || shape.channels == 3);
	CHECK(shape.width > 0 && shape.width <= RECORD_SIDE_MAX && shape.height > 0 && shape.height <= RECORD_SIDE_MAX);
	struct failure failure;
	struct jpeg_compress_struct info = {.err = failure_init(&failure)};
	if (setjmp(failure.jump))
		die("cannot encode a JPEG: %s", failure.text);
	jpeg_create_compress(&info);
	struct destination destination = {
		.manager = {.init_destination = destination_start,
			    .empty_output_buffer = destination_flush,
			    .term_destination = destination_end},
		.out = out,
	};
	info.dest = &destination.manager;
	info.image_width = (JDIMENSION)shape.width;
	info.image_height = (JDIMENSION)shape.height;
	info.input_components = (int)shape.channels;
	info.in_color_space = shape.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
	jpeg_set_defaults(&info);
	jpeg_set_quality(&info, quality, TRUE);
	jpeg_start_compress(&info, TRUE);
	while (info.next_scanline < info.image_height) {
		JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + info.next_scanline * shape.width * shape.channels);
		jpeg_write_scanlines(&info, &row, 1);
	}
	jpeg_finish_compress(&info);
	jpeg_destroy_compress(&info);
}
