/*
 * The accelerator of an instance: a line of requests, and those that have their turn on it together, which are a batch.
 *
 * A turn is of the function whose request has waited longest, and of as many of its requests as it takes together
 * (device_batch_max): it begins when the device is free and either that many are there or the first has waited for the
 * function's window. It takes what a call takes once, and what each of its requests takes beside that, and ends for all
 * of them at once. A request that is stopped leaves; a turn that nobody is left in is over.
 *
 * Sources: dynamic batching of NVIDIA Triton Inference Server (user guide: max_batch_size, max_queue_delay of the
 * oldest request); that a batch takes longer in proportion to its size, beside what a call takes: BATCH (Ali et al.,
 * SC'20), whose measurements 1174 + 555.3 B ms meet within 0.5 %.
 *
 * Who may call it: seat.c.
 */
#ifndef LAMINA_DEVICE_H
#define LAMINA_DEVICE_H /* private to serving */

#include "serving/instance.h"

/* When the seat's turn is over, seat->then(engine, seat->invocation, 0) is called, unless device_leave comes first. */
void device_join(struct seat *seat);

/* The seat is in no line and no turn any more, if it was. */
void device_leave(struct seat *seat);

#endif
