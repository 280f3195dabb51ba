/// What a worker runs: kind → closure.
public struct Handlers: Sendable {
    struct Entry: Sendable {
        let policy: JobPolicy
        let run: @Sendable ([UInt8], Attempt) async throws -> Void
    }

    private(set) var entries: [String: Entry] = [:]

    public init() {}

    /// The kinds with a handler, sorted.
    public var kinds: [String] { entries.keys.sorted() }

    /// Runs jobs of a type with a closure; a second call for the same kind replaces the first.
    ///
    /// The closure may run more than once for a job (at least once is the promise) and should check
    /// `Task.isCancelled` in long work. A payload that doesn't decode buries the job.
    public mutating func on<J: Job>(
        _: J.Type, _ run: @escaping @Sendable (J, Attempt) async throws -> Void
    ) {
        entries[J.kind] = Entry(policy: J.policy) { payload, attempt in
            let job: J
            do {
                job = try J.decoded(payload: payload)
            } catch {
                throw Unrecoverable("the payload of \(J.kind) does not decode", code: "malformed_payload")
            }
            try await run(job, attempt)
        }
    }
}
