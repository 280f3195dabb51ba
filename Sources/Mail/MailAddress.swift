/// An address with the name it is shown under.
public struct MailAddress: Sendable, Equatable {
    public var name: String
    public var address: String

    public init(name: String = "", address: String) {
        self.name = name
        self.address = address
    }

    /// Reads `Name <address>`, `"Name" <address>` or a bare address.
    public init(parsing text: String) throws(MailError) {
        guard let open = text.lastIndex(of: "<"), text.last == ">" else {
            self.init(address: text)
            try check()
            return
        }
        var name = text[..<open]
        while name.last == " " { name.removeLast() }
        if name.count >= 2, name.first == "\"", name.last == "\"" { name = name.dropFirst().dropLast() }
        self.init(name: String(name), address: String(text[text.index(after: open)...].dropLast()))
        try check()
    }

    var domain: Substring {
        address.lastIndex(of: "@").map { address[address.index(after: $0)...] } ?? "localhost"
    }

    /// Refuses what could end a header or an envelope early.
    func check() throws(MailError) {
        let isPlain = address.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"<>\"\\,;:()".utf8.contains($0) }
        guard isPlain, address.split(separator: "@", omittingEmptySubsequences: false).count == 2,
            address.first != "@", address.last != "@"
        else { throw .malformed("'\(address)' is no address for a mail") }
    }
}
