/*
 * CRC-32C (Castagnoli, reflected polynomial 0x82F63B78, RFC 3720 section 12.1) and the masked form in which TFRecord
 * files carry it: a file may hold records that hold checksums, and a CRC over its own CRC is a weak one.
 * Source of the mask: TensorFlow's documentation of the TFRecords format.
 */
#ifndef LAMINA_CRC32C_H
#define LAMINA_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The CRC of bytes that follow bytes whose CRC is crc; 0 starts. Uses ISA-L, which picks the CPU's instructions. */
uint32_t crc32c_extend(uint32_t crc, const void *bytes, size_t count);

/* The same bit by bit: the reference that crc32c_extend is checked against. */
uint32_t crc32c_extend_reference(uint32_t crc, const void *bytes, size_t count);

/* Rotated right by 15 bits, plus 0xa282ead8. */
uint32_t crc32c_mask(uint32_t crc);

#endif
