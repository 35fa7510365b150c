#include "scenario/sandbox_choice.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/num.h"
#include "scenario/function_name.h"

/* What the checks of one function's choice share. */
struct choice {
	const struct experiment *experiment;
	const struct platform *platform;
	const struct function_entry *entry;
	struct arena *arena;
	struct diag *diag;
	struct setting_function *out;
};

/* An entry's key, or the experiment itself where the functions are those of a profile. */
static struct diag_place entry_place(const struct choice *choice, const char *key)
{
	return choice->entry->node ? bind_place(choice->entry->node, key) : choice->experiment->root->place;
}

static struct diag_place framework_place(const struct choice *choice, const char *key)
{
	const struct yaml_node *node = yaml_get(choice->experiment->root, "framework");
	return node ? bind_place(node, key) : choice->experiment->root->place;
}

static bool resolve_runtime(const struct choice *choice)
{
	const char *name = choice->experiment->framework.runtime;
	const struct platform *platform = choice->platform;
	if (name[0] == '\0')
		return true;
	choice->out->sandbox.runtime = platform_find_runtime(platform, name);
	if (choice->out->sandbox.runtime)
		return true;
	size_t count = platform->sandbox.runtimes.count;
	const struct platform_runtime *runtimes = platform->sandbox.runtimes.items;
	const char **names = ARENA_ARRAY(choice->arena, const char *, count);
	for (size_t i = 0; i < count; i++)
		names[i] = runtimes[i].name;
	diag_error(choice->diag, framework_place(choice, "runtime"), "%s has no times of runtime '%s'%s",
		   platform->name, diag_excerpt(name, choice->arena),
		   function_name_advice(name, names, count, choice->arena));
	return false;
}

static bool resolve_tmp(const struct choice *choice)
{
	const struct platform_limits *limits = &choice->platform->limits;
	int64_t most_mb = limits_tmp_most_mb(limits);
	int64_t asked_mb = choice->entry->tmp_mb;
	choice->out->tmp_mb = asked_mb > 0 ? asked_mb : limits->tmp_mb;
	if (asked_mb == 0 || (asked_mb >= limits->tmp_mb && asked_mb <= most_mb))
		return true;
	diag_error(choice->diag, entry_place(choice, "tmp_mb"), "'tmp_mb' is %lld; %s sells %lld to %lld",
		   (long long)asked_mb, choice->platform->name, (long long)limits->tmp_mb, (long long)most_mb);
	return false;
}

static bool resolve_architecture(const struct choice *choice)
{
	choice->out->sandbox.is_arm64 = choice->entry->architecture == ARCHITECTURE_ARM64;
	if (!choice->out->sandbox.is_arm64 || choice->platform->price.usd_per_gb_second_arm64 > 0 ||
	    platform_is_unknown(choice->platform, "price.usd_per_gb_second_arm64"))
		return true;
	diag_error(choice->diag, entry_place(choice, "architecture"), "%s does not sell arm64", choice->platform->name);
	return false;
}

/* A zip package or a container image of a size that the platform takes. */
static bool check_package(const struct choice *choice)
{
	const struct platform_limits *limits = &choice->platform->limits;
	const struct framework *framework = &choice->experiment->framework;
	bool is_image = framework->package_kind == PACKAGE_IMAGE;
	double most_mb = is_image ? limits->image_mb : limits->zip_mb;
	if (is_image && most_mb == 0) {
		diag_error(choice->diag, framework_place(choice, "package_kind"),
			   "%s takes no container images; use 'package_kind: zip'", choice->platform->name);
		return false;
	}
	if (framework->package_mb <= most_mb)
		return true;
	bool would_fit = !is_image && framework->package_mb <= limits->image_mb;
	diag_error(choice->diag, framework_place(choice, "package_mb"),
		   is_image ? "the container image has %g MB; %s takes at most %g MB%s"
			    : "the zip package has %g MB unzipped; %s takes at most %g MB%s",
		   framework->package_mb, choice->platform->name, most_mb,
		   would_fit ? ": use 'package_kind: image', or put less into it" : ": put less into it");
	return false;
}

static void list_runtimes(const struct platform *platform, struct buf *out)
{
	const struct platform_runtime *runtimes = platform->sandbox.runtimes.items;
	buf_add(out, "");
	for (size_t i = 0; i < platform->sandbox.runtimes.count; i++) {
		if (runtimes[i].snapshot != SNAPSHOT_NONE)
			buf_printf(out, "%s%s", buf_text(out)[0] ? ", " : "", runtimes[i].name);
	}
}

static bool check_snapshot_runtime(const struct choice *choice)
{
	const struct platform_runtime *runtime = choice->out->sandbox.runtime;
	struct buf names;
	if (!runtime || runtime->snapshot != SNAPSHOT_NONE)
		return true;
	buf_init(&names);
	list_runtimes(choice->platform, &names);
	diag_error(choice->diag, entry_place(choice, "snapshot"), "%s restores no snapshots of '%s', only of %s",
		   choice->platform->name, runtime->name, buf_text(&names)[0] ? buf_text(&names) : "other runtimes");
	buf_release(&names);
	return false;
}

/* What a function with a snapshot cannot have. */
static bool check_snapshot_beside(const struct choice *choice)
{
	const struct platform_limits *limits = &choice->platform->limits;
	const struct function_entry *entry = choice->entry;
	const struct {
		bool is_refused;
		struct diag_place place;
		const char *what;
		const char *right;
	} rules[] = {
		{!limits->snapshot_provisioned && entry->provisioned_concurrency > 0,
		 entry_place(choice, "provisioned_concurrency"), "provisioned concurrency", "leave one of the two out"},
		{limits->snapshot_tmp_mb > 0 && entry->tmp_mb > limits->snapshot_tmp_mb, entry_place(choice, "tmp_mb"),
		 "a larger /tmp than comes with it", "leave one of the two out"},
		{!limits->snapshot_of_image && choice->experiment->framework.package_kind == PACKAGE_IMAGE,
		 framework_place(choice, "package_kind"), "a container image", "use 'package_kind: zip'"},
		{!limits->snapshot_on_arm64 && entry->architecture == ARCHITECTURE_ARM64,
		 entry_place(choice, "architecture"), "arm64", "use x86_64"},
	};
	bool ok = true;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (!rules[i].is_refused)
			continue;
		diag_error(choice->diag, rules[i].place, "'%s' has a 'snapshot', which %s does not offer with %s; %s",
			   entry->name, choice->platform->name, rules[i].what, rules[i].right);
		ok = false;
	}
	return ok;
}

static bool resolve_snapshot(const struct choice *choice)
{
	struct sandbox_spec *sandbox = &choice->out->sandbox;
	if (!choice->entry->snapshot)
		return true;
	sandbox->has_snapshot = true;
	sandbox->is_snapshot_free = sandbox->runtime && sandbox->runtime->snapshot == SNAPSHOT_FREE;
	if (choice->platform->sandbox.restore_seconds.table.count == 0) {
		diag_error(choice->diag, entry_place(choice, "snapshot"), "%s restores no snapshots",
			   choice->platform->name);
		return false;
	}
	bool ok = check_snapshot_runtime(choice);
	return check_snapshot_beside(choice) && ok;
}

static bool resolve_provisioned(const struct choice *choice)
{
	choice->out->sandbox.provisioned = choice->entry->provisioned_concurrency;
	const struct platform_price *price = &choice->platform->price;
	bool is_arm64 = choice->out->sandbox.is_arm64;
	double usd = is_arm64 ? price->usd_per_provisioned_gb_second_arm64 : price->usd_per_provisioned_gb_second;
	bool is_sold =
		usd > 0 || platform_is_unknown(choice->platform, is_arm64 ? "price.usd_per_provisioned_gb_second_arm64"
									  : "price.usd_per_provisioned_gb_second");
	int64_t provisioned = choice->entry->provisioned_concurrency;
	int64_t reserved = choice->entry->reserved_concurrency;
	if (provisioned > 0 && !is_sold) {
		diag_error(choice->diag, entry_place(choice, "provisioned_concurrency"),
			   "%s sells no provisioned concurrency", choice->platform->name);
		return false;
	}
	if (reserved == 0 || provisioned <= reserved)
		return true;
	diag_error(choice->diag, entry_place(choice, "provisioned_concurrency"),
		   "'provisioned_concurrency' is %lld and more than the function's 'reserved_concurrency' of %lld",
		   (long long)provisioned, (long long)reserved);
	return false;
}

static bool resolve_burst(const struct choice *choice)
{
	double times = choice->platform->sandbox.burst_times;
	choice->out->sandbox.burst_times = choice->entry->burst ? times : 1;
	if (!choice->entry->burst || times > 1)
		return true;
	diag_error(choice->diag, entry_place(choice, "burst"), "on %s sandboxes do not burst", choice->platform->name);
	return false;
}

/* Sizes with too small a share of CPU have one request at a time, also where more is the default. */
static bool resolve_requests(const struct choice *choice)
{
	const struct platform *platform = choice->platform;
	int64_t asked = choice->entry->requests_per_instance;
	double vcpus = cpu_share(&platform->cpu, choice->out->memory_mb);
	bool is_small = vcpus < platform->sandbox.shared_from_vcpus;
	choice->out->sandbox.instances_min = platform->sandbox.instances_min;
	if (choice->entry->instances_min > 0)
		choice->out->sandbox.instances_min = choice->entry->instances_min;
	choice->out->sandbox.requests_max = asked > 0 ? asked : is_small ? 1 : platform->sandbox.requests_default;
	if (choice->entry->instances_min > 0 && platform->sandbox.starts != STARTS_BY_TARGET) {
		diag_error(choice->diag, entry_place(choice, "instances_min"),
			   "'instances_min' is of a fleet, which %s is not: requests start its sandboxes",
			   platform->name);
		return false;
	}
	if (asked > platform->sandbox.requests_max) {
		diag_error(choice->diag, entry_place(choice, "requests_per_instance"),
			   "'requests_per_instance' is %lld; %s allows at most %lld", (long long)asked, platform->name,
			   (long long)platform->sandbox.requests_max);
		return false;
	}
	if (asked > 1 && is_small)
		diag_error(choice->diag, entry_place(choice, "requests_per_instance"),
			   "'requests_per_instance' is %lld; on %s that takes %g vCPU, and %lld MB have %g",
			   (long long)asked, platform->name, platform->sandbox.shared_from_vcpus,
			   (long long)choice->out->memory_mb, vcpus);
	return asked <= 1 || !is_small;
}

/* The memory of the device holds the model and all requests of a batch. */
static bool check_device_memory(const struct choice *choice)
{
	const struct platform_device *device = &choice->platform->device;
	const struct stated_work *work = &choice->entry->work;
	double batch = (double)(choice->entry->device_batch_max > 1 ? choice->entry->device_batch_max : 1);
	double needs_mb = work->device_memory_mb + batch * work->device_request_memory_mb;
	if (device->memory_mb == 0 || needs_mb <= device->memory_mb)
		return true;
	const struct yaml_node *node = yaml_get(choice->entry->node, "work");
	double left_mb = device->memory_mb - work->device_memory_mb;
	bool is_batch = left_mb >= work->device_request_memory_mb && batch > 1;
	diag_error(choice->diag, bind_place(node, is_batch ? "device_request_memory_mb" : "device_memory_mb"),
		   "'%s' needs %g MB on the device; one %s of %s has %g MB%s", choice->entry->name, needs_mb,
		   device->name, choice->platform->name, device->memory_mb,
		   is_batch ? arena_printf(choice->arena, ": a 'device_batch_max' of %lld fits",
					   (long long)(left_mb / work->device_request_memory_mb))
			    : "");
	return false;
}

/* A time is stated, but of other devices. */
static bool refuse_device(const struct choice *choice)
{
	const struct platform *platform = choice->platform;
	const char *device = platform->device.name;
	bool has_work = choice->entry->has_work;
	struct diag_place place = has_work ? bind_place(yaml_get(choice->entry->node, "work"), "devices")
					   : framework_place(choice, "devices");
	if (has_work)
		diag_error(choice->diag, place,
			   "'%s' computes on a device, and %s has one that no time is stated of: time requests on one "
			   "%s, one by one, once the model is loaded, the device synchronised before the clock is "
			   "read, and put their mean under work.devices.'%s'",
			   choice->entry->name, platform->name, device, device);
	else
		diag_error(choice->diag, place,
			   "'%s' computes on a device, and %s has one that no speed is stated of: time the whole "
			   "network on one %s at this record size and put its images a second under "
			   "framework.devices.'%s'",
			   choice->entry->name, platform->name, device, device);
	return false;
}

/* Whether what is stated of devices, stated work's or the framework's, is enough for this platform. */
static bool check_device_time(const struct choice *choice)
{
	const struct platform_device *device = &choice->platform->device;
	const struct stated_work *work = &choice->entry->work;
	const struct framework *framework = &choice->experiment->framework;
	const char *name = device->name ? device->name : "";
	bool has_work = choice->entry->has_work;
	bool is_named;
	const struct device_time time = work_device_time(work, name);
	bool is_stated =
		has_work ? device_time_is_stated(&time) : framework_device_rate(framework, name, &is_named) > 0;
	if (device->name)
		return is_stated || (has_work ? work->devices.count : framework->devices.count) == 0 ||
		       refuse_device(choice);
	/* Without one, what is stated of devices by name leaves a network's layers to vCPUs, as they were timed. */
	bool needs_device = is_stated || (has_work && work->devices.count > 0);
	if (!needs_device || (has_work && work->cpu_seconds_without_device > 0))
		return true;
	diag_error(choice->diag,
		   has_work ? bind_place(yaml_get(choice->entry->node, "work"),
					 work->device_seconds > 0 ? "device_seconds" : "devices")
			    : framework_place(choice, "device_images_per_second"),
		   "'%s' computes on a device, and %s has none", choice->entry->name, choice->platform->name);
	return false;
}

/* Every sandbox of a platform with a device has one, used or not. */
static bool resolve_device(const struct choice *choice)
{
	choice->out->sandbox.has_device = choice->platform->device.name != NULL;
	return check_device_memory(choice) && check_device_time(choice);
}

/* What is read from a disk takes as long as the platform says. */
static bool check_disk(const struct choice *choice)
{
	const struct platform *platform = choice->platform;
	bool is_known = platform->sandbox.disk_seconds_per_gb.table.count > 0 ||
			platform_is_unknown(platform, "sandbox.disk_seconds_per_gb");
	if (is_known || choice->entry->work.cold_disk_mb == 0)
		return true;
	diag_error(choice->diag, bind_place(yaml_get(choice->entry->node, "work"), "cold_disk_mb"),
		   "%s says nothing of its sandboxes' disks: time a reading of a new one's files and state "
		   "'sandbox.disk_seconds_per_gb' in 'platform_values'",
		   platform->name);
	return false;
}

/* Checks the payload against what a workflow service passes on between calls. */
static bool check_workflow_payload(const struct choice *choice)
{
	double most_mb = choice->platform->workflow.payload_mb;
	double payload_mb = choice->entry->work.payload_mb * (double)choice->experiment->workload.images_per_record;
	if (choice->experiment->pipeline.orchestrator != ORCHESTRATOR_WORKFLOW || most_mb == 0 || payload_mb <= most_mb)
		return true;
	diag_error(choice->diag, bind_place(yaml_get(choice->entry->node, "work"), "payload_mb"),
		   "a call of '%s' carries %g MB; a workflow of %s passes on %g MB: send it through the object store",
		   choice->entry->name, payload_mb, choice->platform->name, most_mb);
	return false;
}

static bool check_payload(const struct choice *choice)
{
	bool is_async = choice->experiment->pipeline.invocation == INVOCATION_ASYNC;
	const struct platform_limits *limits = &choice->platform->limits;
	double most_mb = is_async ? limits->payload_async_mb : limits->payload_sync_mb;
	double payload_mb = choice->entry->work.payload_mb * (double)choice->experiment->workload.images_per_record;
	if (most_mb == 0 || payload_mb <= most_mb)
		return true;
	diag_error(choice->diag, bind_place(yaml_get(choice->entry->node, "work"), "payload_mb"),
		   "a call of '%s' carries %g MB; %s takes %g MB with a %s call: send it through the object store",
		   choice->entry->name, payload_mb, choice->platform->name, most_mb,
		   invocation_type_names[choice->experiment->pipeline.invocation]);
	return false;
}

bool sandbox_choice_resolve(const struct experiment *experiment, const struct platform *platform,
			    const struct function_entry *entry, struct arena *arena, struct diag *diag,
			    struct setting_function *out)
{
	static bool (*const parts[])(const struct choice *) = {
		resolve_runtime,  check_package,       resolve_tmp,      resolve_architecture,
		resolve_snapshot, resolve_provisioned, resolve_requests, resolve_burst,
		resolve_device,   check_disk,          check_payload,    check_workflow_payload,
	};
	const struct framework *framework = &experiment->framework;
	struct choice choice = {experiment, platform, entry, arena, diag, out};
	double init_seconds = entry->has_work ? entry->work.init_cpu_seconds : 0;
	if (framework->import_at == IMPORT_IN_INIT)
		init_seconds += framework->import_cpu_seconds;
	out->reserved_concurrency = entry->reserved_concurrency;
	out->device_batch_max = entry->device_batch_max;
	out->device_window_ns = ns_from_seconds(entry->device_window_seconds);
	out->sandbox.package_mb = framework->package_mb;
	out->sandbox.is_image = framework->package_kind == PACKAGE_IMAGE;
	out->sandbox.init_cpu_ns = ns_from_seconds(init_seconds);
	if (entry->has_work && entry->work.init_seconds.table.count > 0)
		out->sandbox.measured_init = &entry->work.init_seconds;
	bool ok = true;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		ok = parts[i](&choice) && ok;
	return ok;
}

/* What seating guests shares: entries are of the setting's functions. */
struct seating {
	const struct function_entry *entries;
	struct setting *setting;
	struct arena *arena;
	struct diag *diag;
};

/* A guest has no sandboxes of its own that anything could be asked of. */
static bool check_guest_keys(const struct seating *seating, const struct function_entry *entry)
{
	static const char *const keys[] = {
		"memory_mb",     "tmp_mb",   "reserved_concurrency", "provisioned_concurrency", "requests_per_instance",
		"instances_min", "snapshot", "architecture",
	};
	bool ok = true;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (!yaml_get(entry->node, keys[i]))
			continue;
		diag_error(seating->diag, bind_place(entry->node, keys[i]),
			   "'%s' runs on instances of '%s', which are bought there: leave its '%s' out", entry->name,
			   entry->instances_of, keys[i]);
		ok = false;
	}
	return ok;
}

/* The function that the entry names, which must have instances of its own that take several requests. */
static bool find_host(const struct seating *seating, size_t guest, size_t *host)
{
	const struct setting *setting = seating->setting;
	const struct function_entry *entry = &seating->entries[guest];
	struct diag_place place = bind_place(entry->node, "instances_of");
	const char **names = ARENA_ARRAY(seating->arena, const char *, setting->function_count);
	for (size_t i = 0; i < setting->function_count; i++)
		names[i] = seating->entries[i].name;
	for (*host = 0; *host < setting->function_count; ++*host)
		if (strcmp(names[*host], entry->instances_of) == 0)
			break;
	if (*host == setting->function_count) {
		const char *meant = did_you_mean(entry->instances_of, names, setting->function_count);
		diag_error(seating->diag, place, "there is no function '%s'%s%s%s", entry->instances_of,
			   meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
		return false;
	}
	const char *others = seating->entries[*host].instances_of;
	if (*host == guest || (others && others[0])) {
		diag_error(seating->diag, place, "'%s' has no instances of its own", entry->instances_of);
		return false;
	}
	if (setting->platform->sandbox.requests_max == 1)
		diag_error(seating->diag, place, "on %s every function has sandboxes of its own",
			   setting->platform->name);
	return setting->platform->sandbox.requests_max > 1;
}

/* All models of an instance lie on its device, and a turn is of one of them. */
static bool check_guests_device(const struct seating *seating, size_t home)
{
	const struct platform_device *device = &seating->setting->platform->device;
	double models_mb = 0;
	double batch_mb = 0;
	const struct function_entry *last = NULL;
	for (size_t i = 0; i < seating->setting->function_count; i++) {
		const struct function_entry *entry = &seating->entries[i];
		if (setting_home(seating->setting, i) != home || !entry->has_work)
			continue;
		models_mb += entry->work.device_memory_mb;
		batch_mb = fmax(batch_mb, (double)entry->device_batch_max * entry->work.device_request_memory_mb);
		last = entry->work.device_memory_mb > 0 ? entry : last;
	}
	if (!last || device->memory_mb == 0 || models_mb + batch_mb <= device->memory_mb)
		return true;
	diag_error(seating->diag, bind_place(yaml_get(last->node, "work"), "device_memory_mb"),
		   "the functions on instances of '%s' need %g MB on the device together; one %s of %s has %g MB: "
		   "give '%s' instances of its own",
		   seating->entries[home].name, models_mb + batch_mb, device->name, seating->setting->platform->name,
		   device->memory_mb, last->name);
	return false;
}

static void warn_of_guests_memory(const struct seating *seating, size_t home)
{
	const struct setting *setting = seating->setting;
	double own_mb = 0;
	double shared_mb = setting_shared_mb(setting, home);
	for (size_t i = 0; i < setting->function_count; i++)
		if (setting_home(setting, i) == home)
			own_mb = fmax(own_mb, setting->functions[i].work.peak_memory_mb -
						      setting->functions[i].work.shared_memory_mb);
	if (shared_mb + own_mb > (double)setting->functions[home].memory_mb)
		diag_warning(
			seating->diag, seating->entries[home].place,
			"the functions on instances of '%s' need %.0f MB together, and these have %lld MB: they will "
			"run out of memory",
			seating->entries[home].name, shared_mb + own_mb, (long long)setting->functions[home].memory_mb);
}

static void warn_of_batches(const struct seating *seating, size_t function)
{
	const struct function_entry *entry = &seating->entries[function];
	if (entry->device_batch_max > 1 &&
	    seating->setting->functions[function].work.phases[WORK_DEVICE].device_ns == 0)
		diag_warning(seating->diag, bind_place(entry->node, "device_batch_max"),
			     "'device_batch_max' does nothing: '%s' computes on no device of %s", entry->name,
			     seating->setting->platform->name);
}

bool sandbox_choice_seat_guests(const struct experiment *experiment, struct arena *arena, struct diag *diag,
				struct setting *setting)
{
	const struct seating seating = {experiment->functions.items, setting, arena, diag};
	uint64_t homes = 0;
	bool ok = true;
	for (size_t i = 0; i < experiment->functions.count; i++) {
		size_t host;
		const char *of = seating.entries[i].instances_of;
		warn_of_batches(&seating, i);
		if (!of || !of[0])
			continue;
		bool is_right = check_guest_keys(&seating, &seating.entries[i]);
		is_right = find_host(&seating, i, &host) && is_right;
		setting->functions[i].guest_of_plus_one = is_right ? host + 1 : 0;
		homes |= is_right ? UINT64_C(1) << host : 0;
		ok = ok && is_right;
	}
	setting_seat_guests(setting);
	for (size_t home = 0; home < setting->function_count; home++) {
		if (!(homes >> home & 1))
			continue;
		ok = check_guests_device(&seating, home) && ok;
		warn_of_guests_memory(&seating, home);
	}
	return ok;
}

bool sandbox_choice_check_reservations(const struct experiment *experiment, const struct setting *setting,
				       struct diag *diag)
{
	const struct platform_limits *limits = &setting->platform->limits;
	int64_t reserved = 0;
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct setting_function *function = &setting->functions[i];
		/* Provisioned ones of a function without a reservation are taken from the account's. */
		reserved += function->reserved_concurrency > 0 ? function->reserved_concurrency
							       : function->sandbox.provisioned;
	}
	if (reserved == 0 || reserved <= limits->concurrency - limits->unreserved)
		return true;
	diag_error(diag, bind_place(experiment->root, "functions"),
		   "the functions reserve or provision a concurrency of %lld; of the account's %lld, %lld must stay "
		   "unreserved",
		   (long long)reserved, (long long)limits->concurrency, (long long)limits->unreserved);
	return false;
}
