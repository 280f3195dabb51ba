import Glibc

/// A region of memory that is written once, before anybody else sees it, and only read afterwards.
///
/// `@unchecked Sendable` holds because nothing writes after `init` or `map` returned.
final class Memory: @unchecked Sendable {
    let start: UnsafeRawPointer
    let count: Int
    private let isMapped: Bool

    private init(start: UnsafeRawPointer, count: Int, isMapped: Bool) {
        self.start = start
        self.count = count
        self.isMapped = isMapped
    }

    /// New memory, aligned for vector loads and filled by `fill`.
    init(byteCount: Int, fill: (UnsafeMutableRawPointer) -> Void) {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 64), alignment: 64)
        fill(memory)
        start = UnsafeRawPointer(memory)
        count = byteCount
        isMapped = false
    }

    /// Maps a file; pages come from the disk when they are read and belong to the page cache, shared by all processes.
    static func map(path: String) throws(EmbeddingModelError) -> Memory {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0 else {
            throw .unreadable(path: path, reason: "it is empty or no file")
        }
        let count = Int(status.st_size)
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        return Memory(start: UnsafeRawPointer(start), count: count, isMapped: true)
    }

    /// Tells the system that a part of a mapped file is not needed for now; reading it later brings it back.
    func release(_ offset: Int, _ count: Int) {
        let page = Int(getpagesize())
        let first = (offset + page - 1) / page * page
        let last = (offset + count) / page * page
        guard isMapped, last > first else { return }
        madvise(UnsafeMutableRawPointer(mutating: start + first), last - first, MADV_DONTNEED)
    }

    deinit {
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: start), count)
        } else {
            start.deallocate()
        }
    }
}
