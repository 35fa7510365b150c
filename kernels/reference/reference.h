/*
 * Every kernel once more as the plain loop of its definition, summing in double: slow, and obvious enough to be
 * believed. Fast kernels are checked against these before they are timed. A call is that of layer_run; its
 * team is ignored.
 */
#ifndef LAMINA_REFERENCE_H
#define LAMINA_REFERENCE_H

#include "kernels/layer/layer.h"

layer_kernel reference_conv;
layer_kernel reference_maxpool;
layer_kernel reference_avgpool;
layer_kernel reference_lrn;
layer_kernel reference_relu;
layer_kernel reference_fc;
layer_kernel reference_softmax;
layer_kernel reference_copy;

#endif
