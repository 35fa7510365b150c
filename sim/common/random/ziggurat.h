/*
 * The layers of the ziggurat for exp(-x) and exp(-x^2 / 2) on x >= 0: 256 pieces of equal area v. Piece i > 0 is
 * the box from 0 to x[i] between f[i] and f[i + 1]; piece 0 is the box below f[1] together with the tail beyond
 * x[1], and x[0] = v / f[1] is the width of a box of its area.
 */
#ifndef LAMINA_ZIGGURAT_H
#define LAMINA_ZIGGURAT_H /* private to random */

enum { ZIGGURAT_LAYERS = 256 };

extern const double ziggurat_exponential_x[ZIGGURAT_LAYERS + 1];
extern const double ziggurat_exponential_f[ZIGGURAT_LAYERS + 1];
extern const double ziggurat_normal_x[ZIGGURAT_LAYERS + 1];
extern const double ziggurat_normal_f[ZIGGURAT_LAYERS + 1];

#endif
