/// Why a transfer did not come to its end.
public enum CurlError: Error, Equatable, CustomStringConvertible {
    /// The request can't be sent as it is.
    case invalidRequest(String)
    /// No connection: name, port, TLS.
    case unreachable(String)
    /// The connection was lost, or the peer does not speak the protocol.
    case interrupted(String)
    case timedOut(Wait)
    /// The body has more bytes than the caller takes.
    case tooLarge(limit: Int)

    /// What was waited for in vain.
    public enum Wait: String, Sendable {
        case connection, firstByte, nextByte, end
    }

    public var description: String {
        switch self {
        case .invalidRequest(let reason): "the request is invalid: \(reason)"
        case .unreachable(let reason): "no connection: \(reason)"
        case .interrupted(let reason): "the transfer broke off: \(reason)"
        case .timedOut(.connection): "timed out waiting for a connection"
        case .timedOut(.firstByte): "timed out waiting for the first byte"
        case .timedOut(.nextByte): "timed out waiting for the next byte"
        case .timedOut(.end): "timed out waiting for the end"
        case .tooLarge(let limit): "the answer has more than \(limit) bytes"
        }
    }
}
