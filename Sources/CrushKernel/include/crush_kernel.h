#ifndef CRUSH_KERNEL_H
#define CRUSH_KERNEL_H

#include <stdint.h>

/// Which item of a straw2 bucket wins: 0 to size - 1.
///
/// The arrays are readable up to the next 16 items. In C, for Swift has no means to compile one function for several
/// kinds of processors and choose among them when it runs.
///
/// @param inputs what is hashed for each item
/// @param weights of each item
/// @param inverse 1 / weight; a number so large that any product with it is beyond all others, where the weight is 0
/// @param shortfall by the hash's lower 16 bits: how much a straw's logarithm lacks, a whole number below 2^48
uint32_t crush_choose_straw2(
    const uint32_t *inputs, const double *weights, const double *inverse, const double *shortfall, uint32_t size,
    uint32_t x, uint32_t r);

#endif
