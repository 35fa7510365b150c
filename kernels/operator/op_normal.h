/*
 * Normalisations: batch (with the statistics that were learnt), layer, instance and local response normalisation, and
 * softmax with its logarithm.
 */
#ifndef LAMINA_OP_NORMAL_H
#define LAMINA_OP_NORMAL_H

#include "kernels/operator/operator.h"

/* For passes that fold a batch normalisation into what feeds it. */
struct batch_norm_settings {
	float epsilon;
};

operator_infer infer_batch_norm, infer_layer_norm, infer_instance_norm, infer_lrn, infer_softmax;
operator_kernel run_batch_norm, run_layer_norm, run_instance_norm, run_lrn_op, run_softmax_op, run_log_softmax;

#endif
