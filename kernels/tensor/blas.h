/*
 * What is to be known and arranged about OpenBLAS before its speed means anything.
 *
 * OpenBLAS chooses its kernels when the library is loaded, before main: by the CPU, or by OPENBLAS_CORETYPE where
 * somebody exported it, which on a newer CPU can halve the speed. A CPU whose model number it does not know gets the
 * kernels of 2004 (OpenBLAS 0.3.21 does not know Emerald Rapids, and runs at a third of Haswell's speed there); one
 * with AVX-512 gets kernels that the platforms have not. Setting the variable in main is too late, so blas_prepare
 * starts the program once more. Its own threads are not used: they would cut one multiplication in ways that change the
 * bits with their number, and two pools of threads would wait for each other; kernels are split over images and tiles
 * by struct team instead.
 */
#ifndef LAMINA_BLAS_H
#define LAMINA_BLAS_H

enum { BLAS_VERSION_BYTES = 64 };

/*
 * To be called first in main. Where the environment forces a core type, replaces the process by itself (argv as
 * given) without OPENBLAS_CORETYPE and with OPENBLAS_NUM_THREADS=1, so that OpenBLAS chooses; where its own choice is
 * the fallback for unknown CPUs, or needs AVX-512, likewise with the newest core type up to AVX2 that the CPU allows. A
 * guard variable keeps either from happening twice. LAMINA_KEEP_CORETYPE=1 in the environment keeps what was loaded,
 * for those who mean it. Returns otherwise, also where the program cannot be started again: kernels then run with
 * what was loaded.
 */
void blas_prepare(char *const argv[]);

/* "SkylakeX", "Zen", ...: the kernels OpenBLAS has chosen. */
const char *blas_core_type(void);

/* OpenBLAS's own description: version, build options, core. */
const char *blas_config(void);

/* "OpenBLAS 0.3.21": the first two words of blas_config. Returns out. */
const char *blas_version(char out[BLAS_VERSION_BYTES]);

/* Threads that OpenBLAS uses inside one call; kernels set 1 and split the work themselves. */
void blas_set_threads(int threads);
int blas_threads(void);

#endif
