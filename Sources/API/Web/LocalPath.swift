/// Where a login may lead: a path on this host, nothing else.
enum LocalPath {
    /// `path` when it stays on this host, else nil. `//host`, `/\host` and control characters would not.
    static func checked(_ path: String?) -> String? {
        guard let path, path.hasPrefix("/"), path.utf8.count <= 2048 else { return nil }
        let isSafe = path.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        return isSafe && !path.hasPrefix("//") ? path : nil
    }

    /// `path` as it stands in a query (`?next=…`).
    static func inQuery(_ path: String) -> String {
        path.utf8.map { byte in
            if isPlain(byte) { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
