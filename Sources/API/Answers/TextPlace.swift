/// A place in an answer's text, as `next` hands it out and `after` takes it: how many bytes there were, and a hash of them,
/// so that a text that began anew is noticed whoever serves the next request.
struct TextPlace: Sendable, Equatable {
    let count: Int
    let hash: UInt64

    static let beginning = TextPlace(endOf: "")

    init(endOf text: String) {
        count = text.utf8.count
        hash = Self.hash(of: text.utf8)
    }

    /// Nil for text that is no place; `0` is the beginning.
    init?(_ description: String) {
        if description == "0" || description.isEmpty {
            self = .beginning
            return
        }
        let parts = description.split(separator: "-")
        guard parts.count == 2, let count = Int(parts[0]), let hash = UInt64(parts[1], radix: 36), count >= 0 else {
            return nil
        }
        self.count = count
        self.hash = hash
    }

    /// What follows the place; all of the text, and false, when the text no longer begins as it did.
    func textAfter(in text: String) -> (text: String, isContinuation: Bool) {
        let bytes = text.utf8
        guard bytes.count >= count, Self.hash(of: bytes.prefix(count)) == hash else { return (text, false) }
        return (String(decoding: bytes.dropFirst(count), as: UTF8.self), true)
    }

    /// FNV-1a; it guards against mix-ups, not against people, who only see their own text.
    private static func hash(of bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

extension TextPlace: CustomStringConvertible {
    var description: String { "\(count)-\(String(hash, radix: 36))" }
}
