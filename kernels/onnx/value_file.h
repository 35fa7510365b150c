/*
 * Values in files: as ONNX's own tests keep them (a file ending in .pb holds one TensorProto), or the bare elements,
 * little-endian, whose type and shape somebody else knows.
 */
#ifndef LAMINA_VALUE_FILE_H
#define LAMINA_VALUE_FILE_H

#include "base/err.h"
#include "kernels/graph/value.h"

/*
 * Reads a value of this type into the arena. Bare elements must fill its dims; a TensorProto may have others, which
 * replace them. False with err where it cannot be read or is of another type.
 */
bool value_file_read(const char *path, struct value *value, struct arena *arena, struct err *err);

/* Writes a value in the form that the path's ending says. */
bool value_file_write(const char *path, const char *name, const struct value *value, struct err *err);

#endif
