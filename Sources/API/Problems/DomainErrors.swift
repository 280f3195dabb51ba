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

    /// Why a body could not be read: too long, or its framing is broken or cut off. Shutdown stays what it is.
    init(readingBody error: any Error, limit: Int) {
        switch error {
        case let problem as Problem: self = problem
        case is NIOTooManyBytesError: self = .payloadTooLarge(limit: limit)
        case is CancellationError: self = Problem(domainError: error)
        default: self = .malformed("The body is cut off, or its framing is broken.")
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
