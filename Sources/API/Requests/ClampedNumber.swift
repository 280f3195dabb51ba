extension Int {
    /// The whole number that a text says: one beyond what fits is the outermost that does. Nil when it says none.
    init?(clamping text: some StringProtocol) {
        if let number = Int(text) {
            self = number
            return
        }
        let isNegative = text.hasPrefix("-")
        let digits = text.dropFirst(isNegative || text.hasPrefix("+") ? 1 : 0).utf8
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        self = isNegative ? .min : .max
    }
}
