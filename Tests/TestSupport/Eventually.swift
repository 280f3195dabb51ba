/// A wait whose limit has passed.
package struct TimedOut: Error, CustomStringConvertible {
    package var description: String

    init(_ what: String) {
        description = "timed out waiting for \(what)"
    }
}

/// Asks again and again until there is a value, and throws `TimedOut` when the limit has passed.
@discardableResult
package func eventually<Value>(
    _ what: String = "a condition", within limit: Duration = .seconds(10), every pause: Duration = .milliseconds(5),
    _ value: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + limit
    while true {
        if let value = try await value() { return value }
        guard ContinuousClock.now < end else { throw TimedOut(what) }
        try await Task.sleep(for: pause)
    }
}

/// Asks again and again until the condition holds, and throws `TimedOut` when the limit has passed.
package func eventually(
    _ what: String = "a condition", within limit: Duration = .seconds(10), every pause: Duration = .milliseconds(5),
    isTrue condition: () async throws -> Bool
) async throws {
    try await eventually(what, within: limit, every: pause) { try await condition() ? () : nil }
}
