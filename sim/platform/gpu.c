#include "platform/gpu.h"

#include "platform/keys.h"

static const struct bind_field machine_fields[] = {
	BIND_FIELD(struct platform_machine, network, BIND_TEXT, .fallback = "",
		   .help = "the network that its speeds are of, as models' names begin"),
	NUMBER(struct platform_machine, feed_seconds_per_image, 0, 1e3, "host time to read, decode and copy an image"),
	NUMBER(struct platform_machine, device_images_per_second, 1e-3, 1e9, "device speed at batch_images"),
	INTEGER(struct platform_machine, batch_images, 1, 1000000, "images per batch"),
	BIND_FIELD(struct platform_machine, boot_seconds, BIND_DOUBLE, .min = 0, .max = 1e5, .fallback = "0",
		   .help = "launch to ready; paid, not part of the makespan"),
	BIND_END,
};

const struct bind_schema platform_machine_schema = {
	.title = "machine",
	.bytes = sizeof(struct platform_machine),
	.fields = machine_fields,
};

static const struct bind_field device_fields[] = {
	BIND_FIELD(struct platform_device, name, BIND_TEXT, .required = true, .help = "for people"),
	MAYBE_NUMBER(struct platform_device, memory_mb, "0", 0, 1e9, "its own memory, MB; 0: it does not say"),
	MAYBE_QUANTILES(struct platform_device, load_seconds_per_gb,
			"10^9 bytes of weights from memory to the device; without it they take no time"),
	MAYBE_QUANTILES(struct platform_device, start_seconds, "of a new sandbox, until its driver is ready"),
	BIND_END,
};

const struct bind_schema platform_device_schema = {
	.title = "device",
	.bytes = sizeof(struct platform_device),
	.fields = device_fields,
};
