#include "cfaiss.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexIDMap.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/index_io.h>
#include <faiss/utils/distances.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

#include <cerrno>
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

// From libopenblas and libgomp, whose headers are not needed otherwise.
extern "C" void openblas_set_num_threads(int);
extern "C" void omp_set_num_threads(int);

struct tern_index {
    faiss::IndexFlatIP vectors;
    faiss::IndexIDMap2 ids;

    explicit tern_index(size_t dimension) : vectors(faiss::Index::idx_t(dimension)), ids(&vectors) {}
};

namespace {

thread_local std::string failure;

// One thread a caller: workers do many things at once. The number of OpenMP's threads belongs to the calling thread.
void use_one_thread() {
    static const bool once = [] {
        openblas_set_num_threads(1);
        // One query over many vectors is twice as fast by a matrix product.
        faiss::distance_compute_blas_threshold = 1;
        return true;
    }();
    (void)once;
    omp_set_num_threads(1);
}

template <typename Body>
int guarded(Body body) {
    try {
        use_one_thread();
        body();
        return 0;
    } catch (const std::exception &error) {
        failure = error.what();
    } catch (...) {
        failure = "an unknown failure";
    }
    return 1;
}

[[noreturn]] void fail(const char *what, const std::string &path) {
    throw std::runtime_error(std::string(what) + " " + path + ": " + std::strerror(errno));
}

void sync(const std::string &path, int flags) {
    int file = open(path.c_str(), flags | O_CLOEXEC);
    if (file < 0) fail("can't open", path);
    int result = fsync(file);
    close(file);
    if (result != 0) fail("can't sync", path);
}

}  // namespace

const char *tern_index_error(void) { return failure.c_str(); }

tern_index *tern_index_create(size_t dimension) {
    tern_index *index = nullptr;
    guarded([&] { index = new tern_index(dimension); });
    return index;
}

void tern_index_free(tern_index *index) { delete index; }

size_t tern_index_count(const tern_index *index) { return size_t(index->ids.ntotal); }

size_t tern_index_dimension(const tern_index *index) { return size_t(index->vectors.d); }

int tern_index_has(const tern_index *index, int64_t id) { return index->ids.rev_map.count(id) > 0; }

int tern_index_add(tern_index *index, size_t count, const float *vectors, const int64_t *ids) {
    return guarded([&] { index->ids.add_with_ids(faiss::Index::idx_t(count), vectors, ids); });
}

int tern_index_remove(tern_index *index, size_t count, const int64_t *ids) {
    return guarded([&] { index->ids.remove_ids(faiss::IDSelectorBatch(count, ids)); });
}

int tern_index_search(const tern_index *index, const float *query, size_t limit, float *scores, int64_t *ids) {
    return guarded([&] { index->ids.search(1, query, faiss::Index::idx_t(limit), scores, ids); });
}

void tern_index_trim(void) { malloc_trim(0); }

int tern_index_save(const tern_index *index, const char *path) {
    std::string target = path, aside = target + ".new-" + std::to_string(getpid());
    int result = guarded([&] {
        faiss::write_index(&index->ids, aside.c_str());
        sync(aside, O_RDONLY);
        if (rename(aside.c_str(), target.c_str()) != 0) fail("can't rename to", target);
        size_t slash = target.find_last_of('/');
        sync(slash == std::string::npos ? "." : target.substr(0, slash + 1), O_RDONLY | O_DIRECTORY);
    });
    if (result != 0) unlink(aside.c_str());
    return result;
}

tern_index *tern_index_load(const char *path) {
    tern_index *index = nullptr;
    guarded([&] {
        std::unique_ptr<faiss::Index> read(faiss::read_index(path));
        auto *ids = dynamic_cast<faiss::IndexIDMap2 *>(read.get());
        auto *vectors = ids ? dynamic_cast<faiss::IndexFlatIP *>(ids->index) : nullptr;
        if (!vectors) throw std::runtime_error(std::string(path) + " holds another kind of index");
        auto loaded = std::make_unique<tern_index>(size_t(vectors->d));
        std::swap(loaded->vectors.codes, vectors->codes);
        loaded->vectors.ntotal = vectors->ntotal;
        std::swap(loaded->ids.id_map, ids->id_map);
        std::swap(loaded->ids.rev_map, ids->rev_map);
        loaded->ids.ntotal = ids->ntotal;
        if (loaded->ids.id_map.size() != size_t(loaded->ids.ntotal)
            || loaded->vectors.codes.size() != size_t(loaded->vectors.ntotal) * loaded->vectors.code_size
            || loaded->vectors.ntotal != loaded->ids.ntotal) {
            throw std::runtime_error(std::string(path) + " is damaged");
        }
        index = loaded.release();
    });
    return index;
}
