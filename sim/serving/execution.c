/*
 * Executions of a workflow service: the record's own and the children of distributed maps. Each has its history, its
 * kind and its share of the bill, which is the workflow's own: only a task's transitions are its function's.
 */
#include "base/num.h"
#include "serving/billing.h"
#include "serving/simulation.h"

static int64_t now_of(const struct invocation *token)
{
	return engine_now_ns(&token->simulation->engine);
}

int64_t execution_enter_ns(const struct invocation *token)
{
	struct simulation *simulation = token->simulation;
	const struct start_rate *rate = &simulation->setting->platform->workflow.transitions;
	if (token->execution->kind != WORKFLOW_STANDARD)
		return 0;
	int64_t rest_ns = workflow_start_rest_ns(rate, simulation->transitions_full_ns, now_of(token));
	workflow_started(rate, &simulation->transitions_full_ns, now_of(token));
	return rest_ns;
}

int64_t execution_child_rest_ns(const struct simulation *simulation, bool is_express)
{
	return workflow_start_rest_ns(workflow_start_rate(&simulation->setting->platform->workflow, is_express),
				      simulation->starts_full_ns[is_express], engine_now_ns(&simulation->engine));
}

void execution_count_child(struct simulation *simulation, bool is_express)
{
	workflow_started(workflow_start_rate(&simulation->setting->platform->workflow, is_express),
			 &simulation->starts_full_ns[is_express], engine_now_ns(&simulation->engine));
}

struct execution *execution_begin(struct simulation *simulation, int kind, struct execution *outer)
{
	struct execution *execution = simulation->free_executions;
	if (execution)
		simulation->free_executions = execution->next_free;
	else
		execution = ARENA_NEW(simulation->arena, struct execution);
	*execution = (struct execution){
		.kind = kind,
		.outer = outer,
		.begun_ns = engine_now_ns(&simulation->engine),
		.entries = HISTORY_OF_EXECUTION,
	};
	simulation->outcome->functions[0].usage.durable_operations += kind == WORKFLOW_DURABLE;
	if (outer) {
		outer->tokens++;
		execution_count_child(simulation, kind == WORKFLOW_EXPRESS);
	}
	return execution;
}

void execution_count_transition(const struct invocation *token)
{
	struct outcome *outcome = token->simulation->outcome;
	if (token->execution->kind != WORKFLOW_STANDARD)
		return;
	outcome->workflow.transitions++;
	outcome->steps[token->step].transitions++;
}

static int64_t express_most_ns(const struct simulation *simulation)
{
	double seconds = simulation->setting->platform->workflow.express_seconds;
	return seconds > 0 ? ns_from_seconds(seconds) : INT64_MAX;
}

void execution_bill(const struct invocation *token)
{
	const struct simulation *simulation = token->simulation;
	int64_t taken_ns = now_of(token) - token->execution->begun_ns;
	if (token->execution->kind == WORKFLOW_EXPRESS)
		price_express(&simulation->setting->platform->price, min_int64(taken_ns, express_most_ns(simulation)),
			      token->execution->data_bytes, &simulation->outcome->workflow);
}

bool execution_is_stopped(const struct invocation *token)
{
	const struct platform_workflow *limits = &token->simulation->setting->platform->workflow;
	const struct execution *execution = token->execution;
	struct function_outcome *counts = counts_of(token);
	if (!workflow_is_of_service(execution->kind))
		return false;
	bool is_express = execution->kind == WORKFLOW_EXPRESS;
	bool is_full = limits->payload_mb > 0 && (double)token->payload_bytes > 1e6 * limits->payload_mb;
	bool is_long =
		!is_express && limits->history_entries_max > 0 && execution->entries > limits->history_entries_max;
	bool is_late = is_express && now_of(token) - execution->begun_ns > express_most_ns(token->simulation);
	counts->state_full += is_full;
	counts->history_full += !is_full && is_long;
	counts->overtime += !is_full && is_late;
	return is_full || is_long || is_late;
}

void execution_leave(struct simulation *simulation, struct execution *execution)
{
	while (execution && --execution->tokens == 0) {
		struct execution *outer = execution->outer;
		execution->next_free = simulation->free_executions;
		simulation->free_executions = execution;
		if (!outer)
			simulation->record_gone(simulation);
		execution = outer;
	}
}
