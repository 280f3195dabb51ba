import Identifiers

/// The part of a stored job that no script reads: what it is and how it wants to be run.
///
/// A list of fields, each a tag byte, a length as varint and the bytes; the payload comes last under tag 0 and takes
/// the rest. Defaults are left out and unknown tags are passed over, so that versions can live side by side.
package struct Envelope: Sendable, Equatable {
    package static let defaultMaximumAttempts = 5
    package static let defaultTimeLimit: Int64 = 60_000

    package var kind: String
    package var payload: [UInt8]
    package var account: String?
    package var traceparent: String?
    /// Unix milliseconds, like all times here.
    package var deadline: Int64?
    package var maximumAttempts = Self.defaultMaximumAttempts
    /// Milliseconds.
    package var timeLimit = Self.defaultTimeLimit
    /// Left out of inline entries, whose prefix has it.
    package var enqueuedAt: Int64?

    private enum Tag {
        static let payload: UInt8 = 0
        static let kind: UInt8 = 1
        static let account: UInt8 = 2
        static let traceparent: UInt8 = 3
        static let deadline: UInt8 = 4
        static let maximumAttempts: UInt8 = 5
        static let timeLimit: UInt8 = 6
        static let enqueuedAt: UInt8 = 7
    }

    /// At least as many bytes as ``append(to:)`` will write.
    var capacity: Int {
        64 + kind.utf8.count + payload.count + (account?.utf8.count ?? 0) + (traceparent?.utf8.count ?? 0)
    }

    package func append(to bytes: inout [UInt8]) {
        Self.append(Tag.kind, kind, to: &bytes)
        if let account { Self.append(Tag.account, account, to: &bytes) }
        if let traceparent { Self.append(Tag.traceparent, traceparent, to: &bytes) }
        if let deadline { Self.append(Tag.deadline, deadline, to: &bytes) }
        if maximumAttempts != Self.defaultMaximumAttempts {
            Self.append(Tag.maximumAttempts, Int64(maximumAttempts), to: &bytes)
        }
        if timeLimit != Self.defaultTimeLimit { Self.append(Tag.timeLimit, timeLimit, to: &bytes) }
        if let enqueuedAt { Self.append(Tag.enqueuedAt, enqueuedAt, to: &bytes) }
        bytes.append(Tag.payload)
        bytes.append(contentsOf: payload)
    }

    /// - Throws: ``MalformedEnvelope``.
    package init(decoding bytes: ArraySlice<UInt8>) throws(MalformedEnvelope) {
        kind = ""
        payload = []
        var rest = bytes
        while true {
            guard let tag = rest.popFirst() else { throw MalformedEnvelope() }
            if tag == Tag.payload { break }
            let count = try Self.length(from: &rest)
            guard count <= rest.count else { throw MalformedEnvelope() }
            let value = rest.prefix(count)
            rest = rest.dropFirst(count)
            switch tag {
            case Tag.kind: kind = String(decoding: value, as: UTF8.self)
            case Tag.account: account = String(decoding: value, as: UTF8.self)
            case Tag.traceparent: traceparent = String(decoding: value, as: UTF8.self)
            case Tag.deadline: deadline = Self.number(value)
            case Tag.maximumAttempts: maximumAttempts = max(1, Int(Self.number(value)))
            case Tag.timeLimit: timeLimit = Self.number(value)
            case Tag.enqueuedAt: enqueuedAt = Self.number(value)
            default: break
            }
        }
        guard !kind.isEmpty else { throw MalformedEnvelope() }
        payload = Array(rest)
    }

    private static func append(_ tag: UInt8, _ text: String, to bytes: inout [UInt8]) {
        bytes.append(tag)
        append(length: text.utf8.count, to: &bytes)
        bytes.append(contentsOf: text.utf8)
    }

    private static func append(_ tag: UInt8, _ number: Int64, to bytes: inout [UInt8]) {
        bytes.append(tag)
        let size = max(1, (64 - number.leadingZeroBitCount + 7) / 8)
        bytes.append(UInt8(size))
        for shift in stride(from: 8 * (size - 1), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
        }
    }

    private static func append(length: Int, to bytes: inout [UInt8]) {
        var rest = length
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func length(from bytes: inout ArraySlice<UInt8>) throws(MalformedEnvelope) -> Int {
        var value = 0
        for shift in stride(from: 0, through: 28, by: 7) {
            guard let byte = bytes.popFirst() else { throw MalformedEnvelope() }
            value |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw MalformedEnvelope()
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

extension Envelope {
    package init(
        kind: String, payload: [UInt8], account: String? = nil, traceparent: String? = nil, deadline: Int64? = nil,
        maximumAttempts: Int = Self.defaultMaximumAttempts, timeLimit: Int64 = Self.defaultTimeLimit,
        enqueuedAt: Int64? = nil
    ) {
        self.kind = kind
        self.payload = payload
        self.account = account
        self.traceparent = traceparent
        self.deadline = deadline
        self.maximumAttempts = maximumAttempts
        self.timeLimit = timeLimit
        self.enqueuedAt = enqueuedAt
    }
}

/// Bytes that are no envelope.
package struct MalformedEnvelope: Error {}
