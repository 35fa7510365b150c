#include "serving/device.h"

#include "serving/seat.h"

static void turn_is_over(struct engine *engine, void *subject, int64_t argument)
{
	struct seat *seat = subject;
	seat->timer = 0;
	device_leave(seat);
	seat->then(engine, seat->invocation, 0);
}

/* Takes the requests of the first one's function out of the line, as many as go together; returns what they take. */
static int64_t form_batch(struct device_line *line)
{
	const struct setting_function *function = function_of(line->waiting->invocation);
	struct seat **from = &line->waiting;
	struct seat **to = &line->turn;
	int64_t call_ns = 0;
	int64_t each_ns = 0;
	for (int64_t places = setting_device_batch(function); *from && places > 0;) {
		struct seat *seat = *from;
		if (function_of(seat->invocation) != function) {
			from = &seat->next_on_device;
			continue;
		}
		*from = seat->next_on_device;
		seat->next_on_device = NULL;
		*to = seat;
		to = &seat->next_on_device;
		const struct demand *demand = &seat->demand;
		call_ns = demand->device_call_ns > call_ns ? demand->device_call_ns : call_ns;
		each_ns += demand->device_ns - demand->device_call_ns;
		places--;
	}
	return call_ns + each_ns;
}

static void begin_turn(struct instance *instance)
{
	struct engine *engine = &instance->simulation->engine;
	int64_t turn_ns = form_batch(&instance->device);
	for (struct seat *seat = instance->device.turn; seat; seat = seat->next_on_device) {
		invocation_count_step(seat->invocation);
		seat->invocation->split = (struct phase_split){.ns[CAUSE_DEVICE] = INT64_MAX};
		seat->timer = engine_schedule(engine, turn_ns, 0, turn_is_over, seat, 0);
	}
}

/* Whether the first of the line need not wait for more of its kind. */
static bool is_due(const struct device_line *line, int64_t now_ns)
{
	const struct setting_function *function = function_of(line->waiting->invocation);
	int64_t missing = setting_device_batch(function);
	if (now_ns - line->waiting->in_line_ns >= function->device_window_ns)
		return true;
	for (const struct seat *seat = line->waiting; seat; seat = seat->next_on_device)
		missing -= function_of(seat->invocation) == function;
	return missing <= 0;
}

static void window_is_over(struct engine *engine, void *subject, int64_t argument);

static void stop_window(struct instance *instance)
{
	engine_cancel(&instance->simulation->engine, instance->device.window);
	instance->device.window = 0;
}

/* Begins a turn where one is due, or comes back when it will be. */
static void go_on(struct instance *instance)
{
	struct device_line *line = &instance->device;
	struct engine *engine = &instance->simulation->engine;
	int64_t now_ns = engine_now_ns(engine);
	if (!line->waiting)
		stop_window(instance);
	if (line->turn || !line->waiting)
		return;
	if (is_due(line, now_ns)) {
		stop_window(instance);
		begin_turn(instance);
	} else if (line->window == 0) {
		int64_t waited_ns = now_ns - line->waiting->in_line_ns;
		int64_t window_ns = function_of(line->waiting->invocation)->device_window_ns;
		line->window = engine_schedule(engine, window_ns - waited_ns, 0, window_is_over, instance, 0);
	}
}

/* The first of the line may be another one by now. */
static void window_is_over(struct engine *engine, void *subject, int64_t argument)
{
	struct instance *instance = subject;
	instance->device.window = 0;
	go_on(instance);
}

void device_join(struct seat *seat)
{
	struct seat **place = &seat->instance->device.waiting;
	while (*place)
		place = &(*place)->next_on_device;
	*place = seat;
	seat->in_line_ns = engine_now_ns(&seat->instance->simulation->engine);
	seat->invocation->split = (struct phase_split){.ns[CAUSE_INSTANCE] = INT64_MAX};
	go_on(seat->instance);
}

static bool take_out(struct seat **place, const struct seat *seat)
{
	while (*place && *place != seat)
		place = &(*place)->next_on_device;
	if (!*place)
		return false;
	*place = seat->next_on_device;
	return true;
}

void device_leave(struct seat *seat)
{
	struct device_line *line = &seat->instance->device;
	if (!take_out(&line->turn, seat) && !take_out(&line->waiting, seat))
		return;
	seat->next_on_device = NULL;
	go_on(seat->instance);
}
