/*
 * Records to be timed with: seeded synthetic images in a temporary file that has no name any more, so that nothing is
 * left behind however the program ends. Values do not influence the time of any kernel.
 */
#ifndef LAMINA_SCRATCH_RECORD_H
#define LAMINA_SCRATCH_RECORD_H

#include "base/err.h"
#include "kernels/record/record.h"

struct scratch_record {
	int fd;
	size_t bytes;
	int64_t images;
	struct shape shape;
};

/* Writes a protobuf record into $TMPDIR, else /tmp. encoding is RECORD_UINT8 or RECORD_FLOAT32. */
bool scratch_record_init(struct scratch_record *record, int64_t images, struct shape shape,
			 enum record_encoding encoding, struct err *err);
void scratch_record_release(struct scratch_record *record);

/* Reads the whole file into record->bytes bytes of memory. */
bool scratch_record_read(const struct scratch_record *record, uint8_t *bytes, struct err *err);

#endif
