/// Thrown inside a write to undo it and still answer the caller with a value.
struct Abandoned<Value: Sendable>: Error {
    var value: Value

    init(_ value: Value) {
        self.value = value
    }
}

extension Store {
    /// A write that may be undone on purpose: what it throws as `Abandoned` is returned after the rollback.
    func writeOrAbandon<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        do { return try await write(body) } catch let abandoned as Abandoned<Value> { return abandoned.value }
    }
}
