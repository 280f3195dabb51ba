import Queue
import Testing

@Suite struct EnvelopeTests {
    private func encoded(_ envelope: Envelope) -> [UInt8] {
        var bytes: [UInt8] = []
        envelope.append(to: &bytes)
        return bytes
    }

    @Test(arguments: [
        Envelope(kind: "a", payload: []),
        Envelope(kind: "note", payload: Array("{}".utf8), account: "ann", traceparent: "00-1-2-03"),
        Envelope(
            kind: String(repeating: "k", count: 200), payload: Array(repeating: 255, count: 5000), deadline: 1,
            maximumAttempts: 1, timeLimit: 3_600_000, enqueuedAt: 1_767_225_600_123),
    ])
    func `what is written is read`(envelope: Envelope) throws {
        #expect(try Envelope(decoding: encoded(envelope)[...]) == envelope)
    }

    @Test func `defaults take no room`() {
        #expect(encoded(Envelope(kind: "noop", payload: [1, 2, 3])).count == 1 + 1 + 4 + 1 + 3)
    }

    @Test func `fields of a later version are passed over`() throws {
        let bytes: [UInt8] = [200, 2, 9, 9] + encoded(Envelope(kind: "a", payload: [1]))
        #expect(try Envelope(decoding: bytes[...]) == Envelope(kind: "a", payload: [1]))
    }

    @Test(arguments: [
        [] as [UInt8], [0], [1], [1, 5, 97], [1, 1, 97], [2, 1, 97, 0], [1, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
    ])
    func `bytes that are no envelope are refused`(bytes: [UInt8]) {
        #expect(throws: MalformedEnvelope.self) { try Envelope(decoding: bytes[...]) }
    }
}
