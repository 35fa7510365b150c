/*
 * An experiment's `bill:`: what stands on the bill beside functions and store, each item switched on by its key, with
 * the quantity that is stated or follows from the experiment. Prices are the platform's.
 */
#ifndef LAMINA_BILL_SECTION_H
#define LAMINA_BILL_SECTION_H /* private to scenario */

#include "doc/bind.h"
#include "serving/setting.h"

struct bill_logs {
	double kb_per_call; /* kB of 1024 bytes */
};

struct bill_nat {
	int64_t gateways;
	double kb_per_call;
	bool carries_store;
};

struct bill_egress {
	double kb_per_record;
};

enum api_kind { API_HTTP, API_REST };

struct bill_api {
	int kind; /* enum api_kind */
	double requests_per_record;
	double kb_per_request;
};

struct bill_files {
	double stored_gb; /* 2^30 bytes */
	double read_kb_per_call;
	double written_kb_per_call;
};

struct bill_registry {
	double mb; /* 1024 * 1024 bytes; 0: of the functions' images */
};

struct bill_objects {
	double months;
};

struct bill_savings_plan {
	double discount;
	double share;
};

struct bill_section {
	const struct yaml_node *node; /* of `bill`; NULL: there is none */
	struct bill_logs logs;
	struct bill_nat nat;
	struct bill_egress egress;
	struct bill_api api;
	struct bill_files files;
	struct bill_registry registry;
	struct bill_objects objects;
	struct bill_savings_plan savings_plan;
};
extern const struct bind_schema bill_section_schema;

/* What the section changes of the platform, put under platform_values (may be NULL); they themselves for nothing. */
struct yaml_node *bill_section_values(const struct bill_section *section, struct yaml_node *platform_values,
				      struct arena *arena);

/* Fills out->beside, whose functions and platform are resolved. False when errors were added to the diag. */
bool bill_section_resolve(const struct bill_section *section, struct diag *diag, struct setting *out);

#endif
