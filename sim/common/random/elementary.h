/*
 * exp and log with the same bits on every machine. The C library's differ in their last bit between processors with
 * and without fused multiply-add, which is enough to make two runs of one scenario part ways; these use nothing but
 * IEEE additions, multiplications and divisions, which -ffp-contract=off keeps apart.
 *
 * exp: 2^(k/32) from a table times a polynomial of the rest (Tang, Table-driven implementation of the exponential
 * function in IEEE floating-point arithmetic, ACM TOMS 15(2), 1989). log: the series of atanh after the exponent is
 * taken off. Both within 2 units of the last place.
 */
#ifndef LAMINA_ELEMENTARY_H
#define LAMINA_ELEMENTARY_H

/* 0 below -708, infinite above 709: subnormal results are not told apart from 0. */
double elementary_exp(double x);

/* Of a normal number above 0; -HUGE_VAL of 0. */
double elementary_log(double x);

#endif
