/* Accelerators: of a machine that is rented whole, and of a sandbox. */
#ifndef LAMINA_GPU_H
#define LAMINA_GPU_H

#include <stdint.h>

#include "doc/bind.h"

/*
 * One machine with a GPU: a host thread feeds images (read, decode, copy), the device computes batches.
 * Feeding and computing overlap.
 */
struct platform_machine {
	const char *network; /* that the speeds below are of; "": it does not say */
	double feed_seconds_per_image;
	double device_images_per_second;
	int64_t batch_images;
	double boot_seconds;
};
extern const struct bind_schema platform_machine_schema;

/* An accelerator that comes with every sandbox; its requests take turns on it. name is NULL where there is none. */
struct platform_device {
	const char *name;
	double start_seconds;      /* of a new sandbox, until its driver is ready */
	double memory_mb;          /* 0: it does not say */
	double load_mb_per_second; /* weights from memory to the device, 10^6 bytes; 0: they take no time */
};
extern const struct bind_schema platform_device_schema;

#endif
