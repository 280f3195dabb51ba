import Hummingbird
import NIOCore
import Redis
import Store

extension Problem {
    /// The one place where errors of the domain meet HTTP. What nobody foresaw is a 500 that says nothing.
    init(domainError error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as any HTTPResponseError: self = Self.frameworkError(error)
        case is NIOTooManyBytesError: self = .payloadTooLarge(limit: 1 << 20)
        case let error as StoreError: self = Self.storeError(error)
        case is RedisError: self = .unavailable("redis_unavailable", "Redis does not answer.")
        case is CancellationError: self = .unavailable("shutting_down", "The server is stopping.", retryAfter: 2)
        default: self = .internalError
        }
    }

    private static func frameworkError(_ error: any HTTPResponseError) -> Problem {
        switch error.status {
        case .notFound: .notFound
        case .badRequest: .malformed("The request is malformed.")
        case .contentTooLarge: .payloadTooLarge(limit: 1 << 20)
        default: .internalError
        }
    }

    private static func storeError(_ error: StoreError) -> Problem {
        switch error {
        case .busy, .full, .unavailable, .closed, .corrupt:
            .unavailable("store_unavailable", "The database does not answer.")
        default: .internalError
        }
    }
}
