/// The body of an answer as it comes, each element the bytes since the last; to be read once.
///
/// While nobody reads, the sender waits (some 256 kB are kept). Dropping the body or cancelling the reading task closes
/// the connection of a transfer that has not ended.
public struct HTTPBody: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    private let running: RunningTransfer

    init(_ running: RunningTransfer) {
        self.running = running
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(running: running)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        let running: RunningTransfer

        public mutating func next() async throws -> [UInt8]? {
            try await running.chunk()
        }
    }

    /// The whole body; `CurlError.tooLarge` past the limit.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        var all: [UInt8] = []
        for try await chunk in self {
            guard all.count + chunk.count <= limit else { throw CurlError.tooLarge(limit: limit) }
            all += chunk
        }
        return all
    }
}

/// Owns a transfer for its reader: when this goes, the transfer goes.
final class RunningTransfer: Sendable {
    let transfer: Transfer

    private let loop: TransferLoop

    init(_ transfer: Transfer, on loop: TransferLoop = .web) {
        self.transfer = transfer
        self.loop = loop
        loop.post(.start(transfer))
    }

    deinit {
        loop.post(.cancel(transfer))
    }

    func head() async throws -> HTTPHead? {
        try await cancellable { try await transfer.inflow.head() }
    }

    func chunk() async throws -> [UInt8]? {
        try await cancellable {
            try await transfer.inflow.chunk { loop.post(.resume(transfer)) }
        }
    }

    func end() async throws {
        try await cancellable { try await transfer.inflow.end() }
    }

    private func cancellable<Value>(_ wait: () async throws -> Value) async throws -> Value {
        try await withTaskCancellationHandler {
            try await wait()
        } onCancel: {
            loop.post(.cancel(transfer))
        }
    }
}
