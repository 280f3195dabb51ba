#pragma once
#include <stddef.h>
#include <stdint.h>

// The arithmetic of a BERT encoder whose weights are int8 with one scale a row.
//
// A matrix stays int8 in memory; activations are rounded row by row to 14 bits, so that products are summed exactly in
// 32-bit integers (127 x 8191 x 1536 < 2^31) at twice the rate of float arithmetic on processors with VNNI. The rounding
// costs about 1e-6 of the cosine. Everything runs on the caller's thread; buffers are the caller's.

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes that `tern_pack` writes for a matrix of `outputs` rows and `inputs` columns (`inputs` is even).
size_t tern_packed_size(size_t outputs, size_t inputs);

/// Rearranges a row-major int8 matrix into the order in which `tern_linear` reads it.
void tern_pack(const int8_t *weights, size_t outputs, size_t inputs, int8_t *packed);

/// Rounds `rows` rows of `columns` floats to 14-bit integers with one scale a row.
void tern_quantise(const float *values, size_t rows, size_t columns, int16_t *quantised, float *scales);

/// output[row][o] = sum over i of quantised[row][i] * weight[o][i], times both scales, plus bias[o].
void tern_linear(
    const int16_t *quantised, const float *scales, size_t rows, const int8_t *packed, const float *weight_scales,
    const float *bias, size_t outputs, size_t inputs, float *output);

/// x * (1 + erf(x / sqrt 2)) / 2 in place; absolute error below 1e-6.
void tern_gelu(float *values, size_t count);

/// values[row] = layer norm of values[row] + added[row] (`added` may be null), with epsilon 1e-12.
void tern_layer_norm(
    float *values, const float *added, const float *gain, const float *bias, size_t rows, size_t columns);

/// values = scale * weights + position + type, one embedded word.
void tern_word(
    const int8_t *weights, float scale, const float *position, const float *type, size_t columns, float *values);

/// Floats of scratch that `tern_attention` needs for a sequence of `length`.
size_t tern_attention_scratch(size_t length, size_t head_size);

/// Self-attention of one sequence: `qkv` has rows of 3 * heads * head_size floats (all queries, keys, values of a row);
/// `output` rows of heads * head_size. `head_size` is a multiple of 16.
void tern_attention(
    const float *qkv, size_t length, size_t heads, size_t head_size, float *scratch, float *output);

/// The mean of all rows, scaled to length 1 (a zero mean stays zero).
void tern_mean_unit(const float *values, size_t rows, size_t columns, float *output);

#ifdef __cplusplus
}
#endif
