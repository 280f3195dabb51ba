#pragma once
#include <stddef.h>
#include <stdint.h>

// A FAISS index of unit vectors by inner product, each with a 64-bit id: IndexFlatIP (exact) under IndexIDMap2.
//
// No C++ exception crosses this border: a function that fails returns null or a number other than 0, and
// `tern_index_error` tells why. Searches may run at the same time; add, remove and save need the index alone.

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_index tern_index;

/// Why the last call on this thread failed.
const char *tern_index_error(void);

tern_index *tern_index_create(size_t dimension);
void tern_index_free(tern_index *index);

size_t tern_index_count(const tern_index *index);
size_t tern_index_dimension(const tern_index *index);

/// Whether a vector stands under an id: 1 or 0.
int tern_index_has(const tern_index *index, int64_t id);

/// Adds vectors, `count * dimension` floats. An id must not be in the index yet: FAISS would keep both.
int tern_index_add(tern_index *index, size_t count, const float *vectors, const int64_t *ids);

/// Removes those of the ids that are there.
int tern_index_remove(tern_index *index, size_t count, const int64_t *ids);

/// The `limit` nearest to a query, best first; places that stay empty have id -1.
int tern_index_search(const tern_index *index, const float *query, size_t limit, float *scores, int64_t *ids);

/// Gives memory that many additions left behind back to the system.
void tern_index_trim(void);

/// Writes the index beside `path`, syncs it and renames it: a reader sees the old file or the new one.
int tern_index_save(const tern_index *index, const char *path);
tern_index *tern_index_load(const char *path);

#ifdef __cplusplus
}
#endif
