extension ID: LosslessStringConvertible {
    /// The 36 characters of the usual form, in lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let byte = byte(at: index)
                buffer[position] = hexDigit(byte >> 4)
                buffer[position + 1] = hexDigit(byte & 0xF)
                position += 2
            }
            return position
        }
    }

    /// Reads the 36-character form, in either case; anything else is nil.
    public init?(_ description: some StringProtocol) {
        self.init(String(description))
    }

    public init?(_ description: String) {
        var text = description
        guard let halves = text.withUTF8(halves(ofText:)) else { return nil }
        self.init(high: halves.high, low: halves.low)
    }

    /// The same from the characters where they lie.
    public init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        guard let halves = halves(ofText: text) else { return nil }
        self.init(high: halves.high, low: halves.low)
    }

    /// The byte at a place from 0 to 15, most significant first.
    private func byte(at index: Int) -> UInt8 {
        let half = index < 8 ? high : low
        return UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * (index & 7)))
    }
}

extension ID: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a UUID")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Not generic on purpose: ids are read for every row of every list.
private func halves(ofText text: UnsafeBufferPointer<UInt8>) -> (high: UInt64, low: UInt64)? {
    guard text.count == 36 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    var digits = 0
    for position in 0..<36 {
        let character = text[position]
        if position == 8 || position == 13 || position == 18 || position == 23 {
            guard character == UInt8(ascii: "-") else { return nil }
            continue
        }
        guard let value = hexValue(character) else { return nil }
        if digits < 16 { high = high << 4 | value } else { low = low << 4 | value }
        digits += 1
    }
    return (high, low)
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

private func hexValue(_ character: UInt8) -> UInt64? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(character - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(character - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(character - UInt8(ascii: "A") + 10)
    default: nil
    }
}
