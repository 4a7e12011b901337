#include "crush_kernel.h"

#include <math.h>
#include <string.h>

// A hash is one long chain of steps that wait for each other: only as wide as this does it keep a processor busy.
#define LANES 16

// What a straw's number takes of the lowest bits of its length. More items than that are compared one by one.
#define NUMBER_BITS 12
#define NUMBER_MASK ((UINT64_C(1) << NUMBER_BITS) - 1)

typedef uint32_t words __attribute__((vector_size(LANES * 4), aligned(4)));

// One body for all kinds of processors; the loader takes the one that fits.
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

// Robert Jenkins' mix, as in Ceph's crush_hash32_3.
#define MIX(a, b, c)                                                                                                  \
  a = (a - b - c) ^ (c >> 13), b = (b - c - a) ^ (a << 8), c = (c - a - b) ^ (b >> 13), a = (a - b - c) ^ (c >> 12),  \
  b = (b - c - a) ^ (a << 16), c = (c - a - b) ^ (b >> 5), a = (a - b - c) ^ (c >> 3), b = (b - c - a) ^ (a << 10),   \
  c = (c - a - b) ^ (b >> 15)

// A macro, for a function that takes vectors is not compiled alike for all processors.
#define HASH(into, first, x, r)                                                                                       \
  words a = (words){} + (x), b, c = (words){} + (r), d = (words){} + 231232u, e = (words){} + 1232u;                  \
  memcpy(&b, (first), sizeof b);                                                                                      \
  words into = a ^ b ^ c ^ 1315423911u;                                                                               \
  MIX(a, b, into), MIX(c, d, into), MIX(e, a, into), MIX(b, d, into), MIX(e, c, into);                                \
  into &= 0xffff

// The longest straw is that which lacks least: the floor of its shortfall by its weight; of those alike the first.
// A quotient floor(n / w) is less than a whole number b just where n < b * w, which is exact or so large that it
// does not matter.
FOR_EACH_PROCESSOR
static uint32_t choose_exactly(
    const uint32_t *inputs, const double *weights, const double *shortfall, uint32_t size, uint32_t x, uint32_t r) {
  double best = INFINITY;
  uint32_t winner = 0;
  for (uint32_t start = 0; start < size; start += LANES) {
    HASH(draws, inputs + start, x, r);
    uint32_t lanes = size - start < LANES ? size - start : LANES;
    for (uint32_t lane = 0; lane < lanes; lane++) {
      double lacking = shortfall[draws[lane]], weight = weights[start + lane];
      if (lacking < best * weight) {
        best = floor(lacking / weight);
        winner = start + lane;
      }
    }
  }
  return winner;
}

FOR_EACH_PROCESSOR
uint32_t crush_choose_straw2(
    const uint32_t *inputs, const double *weights, const double *inverse, const double *shortfall, uint32_t size,
    uint32_t x, uint32_t r) {
  if (size > NUMBER_MASK) return choose_exactly(inputs, weights, shortfall, size, x, r);
  // Without a division and without a branch: the two that lack least, each with its number in its lowest bits.
  double best = INFINITY, second = INFINITY;
  for (uint32_t start = 0; start < size; start += LANES) {
    HASH(draws, inputs + start, x, r);
    uint32_t lanes = size - start < LANES ? size - start : LANES;
    for (uint32_t lane = 0; lane < lanes; lane++) {
      // Half of what is least but not nothing, so that no weight is told from a shortfall of 0.
      double lacking = (shortfall[draws[lane]] + 0.5) * inverse[start + lane];
      uint64_t bits;
      memcpy(&bits, &lacking, sizeof bits);
      bits = (bits & ~NUMBER_MASK) | (start + lane);
      memcpy(&lacking, &bits, sizeof bits);
      double more = lacking > best ? lacking : best;
      best = lacking < best ? lacking : best;
      second = more < second ? more : second;
    }
  }
  // So far apart that neither rounding nor those bits matter.
  if (second > best * (1 + 0x1p-38) + 2) {
    uint64_t bits;
    memcpy(&bits, &best, sizeof bits);
    return (uint32_t)(bits & NUMBER_MASK);
  }
  return choose_exactly(inputs, weights, shortfall, size, x, r);
}
