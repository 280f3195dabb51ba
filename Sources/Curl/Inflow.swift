import Synchronization

/// What has come in and was not yet taken: written by the loop's thread, read by one task.
///
/// Past `capacity` bytes the transfer is paused until the reader has taken half of them.
final class Inflow: Sendable {
    private struct State {
        var head: HTTPHead?
        var lines = HeaderLines()
        var chunks: [[UInt8]] = []
        var bytes = 0
        var isPaused = false
        var end: Result<Void, any Error>?
        var reader: CheckedContinuation<Void, Never>?
        /// Grows with every change, so that a reader can tell whether it has seen the newest.
        var version = 0
    }

    private static let capacity = 256 * 1024
    private let state = Mutex(State())

    var isPaused: Bool { state.withLock { $0.isPaused } }

    // MARK: The loop's side

    /// False when there is no room: the bytes are to come again after `resume`.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        change { state in
            guard state.bytes < Self.capacity else {
                state.isPaused = true
                return false
            }
            state.chunks.append(Array(bytes))
            state.bytes += bytes.count
            return true
        }
    }

    func appendHeaderLine(_ line: String) {
        change { state in
            if let head = state.lines.take(line) { state.head = head }
        }
    }

    func finish(_ result: Result<Void, any Error>) {
        change { state in
            if state.end == nil { state.end = result }
        }
    }

    private func change<Value>(_ body: (inout State) -> Value) -> Value {
        let (value, reader) = state.withLock { state in
            let value = body(&state)
            state.version += 1
            defer { state.reader = nil }
            return (value, state.reader)
        }
        reader?.resume()
        return value
    }

    // MARK: The reader's side

    /// Waits for status and headers; nil when the transfer ended without.
    func head() async throws -> HTTPHead? {
        try await next { $0.head }
    }

    /// The bytes since the last call, nil at the end. `resume` is called when a paused transfer has room again.
    func chunk(resume: () -> Void) async throws -> [UInt8]? {
        var hasRoom = false
        let chunk = try await next { state -> [UInt8]? in
            guard !state.chunks.isEmpty else { return nil }
            let chunk = state.chunks.count == 1 ? state.chunks[0] : Array(state.chunks.joined())
            state.chunks.removeAll(keepingCapacity: true)
            state.bytes = 0
            hasRoom = state.isPaused
            state.isPaused = false
            return chunk
        }
        if hasRoom { resume() }
        return chunk
    }

    /// Waits for the end.
    func end() async throws {
        _ = try await next { _ in Never?.none }
    }

    private func next<Value>(_ take: (inout State) -> Value?) async throws -> Value? {
        while true {
            let (value, end, version) = state.withLock { state in (take(&state), state.end, state.version) }
            if let value { return value }
            if let end {
                try end.get()
                return nil
            }
            await waitForChange(since: version)
        }
    }

    private func waitForChange(since version: Int) async {
        await withCheckedContinuation { continuation in
            let isPast = state.withLock { state in
                guard state.version == version else { return true }
                state.reader = continuation
                return false
            }
            if isPast { continuation.resume() }
        }
    }
}
