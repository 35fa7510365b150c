/* Accelerators: of a machine that is rented whole, and of a sandbox. */
#ifndef LAMINA_GPU_H
#define LAMINA_GPU_H /* private to platform */

#include <stdint.h>

#include "doc/bind.h"
#include "platform/quantiles.h"

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
	struct quantiles start_seconds;       /* of a new sandbox, until its driver is ready; may be missing */
	double memory_mb;                     /* 0: it does not say */
	struct quantiles load_seconds_per_gb; /* weights from memory to the device, 10^9 bytes; may be missing */
};
extern const struct bind_schema platform_device_schema;

#endif
