/*
 * What a function asks of its sandboxes (runtime, package, architecture, /tmp, reserved and provisioned concurrency),
 * checked against what the platform offers.
 */
#ifndef LAMINA_SANDBOX_CHOICE_H
#define LAMINA_SANDBOX_CHOICE_H /* private to scenario */

#include "scenario/experiment_file.h"
#include "serving/setting.h"

/* Fills tmp_mb, reserved_concurrency and sandbox of *out. False when errors were added to the diag. */
bool sandbox_choice_resolve(const struct experiment *experiment, const struct platform *platform,
			    const struct function_entry *entry, struct arena *arena, struct diag *diag,
			    struct setting_function *out);

/* Seats functions on others' instances ('instances_of'), once all are resolved. False as above. */
bool sandbox_choice_seat_guests(const struct experiment *experiment, struct arena *arena, struct diag *diag,
				struct setting *setting);

/* Reservations of all functions against the account's concurrency. */
bool sandbox_choice_check_reservations(const struct experiment *experiment, const struct setting *setting,
				       struct diag *diag);

#endif
