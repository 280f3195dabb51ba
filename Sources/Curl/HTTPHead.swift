/// The status and the headers of an answer.
public struct HTTPHead: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
}

/// Header fields in the order they came; names don't mind case.
public struct HTTPHeaders: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    public typealias Element = (name: String, value: String)
    private var fields: [Element] = []

    public init() {}

    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    public mutating func append(_ name: String, _ value: String) {
        fields.append((name: name, value: value))
    }

    /// The first value of that name; setting one replaces all.
    public subscript(name: String) -> String? {
        get { all(name).first }
        set {
            let folded = name.lowercased()
            fields.removeAll { $0.name.lowercased() == folded }
            if let newValue { fields.append((name: name, value: newValue)) }
        }
    }

    /// Every value of that name, as for `Set-Cookie`.
    public func all(_ name: String) -> [String] {
        let folded = name.lowercased()
        return fields.filter { $0.name.lowercased() == folded }.map(\.value)
    }

    public func makeIterator() -> IndexingIterator<[Element]> { fields.makeIterator() }
}

/// Puts the lines of an answer together; interim answers (1xx) are dropped, as are trailers.
struct HeaderLines {
    private var head: HTTPHead?

    /// The head when the line is the empty one that ends it.
    mutating func take(_ line: String) -> HTTPHead? {
        let line = line.drop(while: \.isWhitespace)
        if line.hasPrefix("HTTP/") {
            let words = line.split(separator: " ", maxSplits: 2)
            let status = words.count > 1 ? Int(words[1].prefix(3)) : nil
            head = HTTPHead(status: status ?? 0, headers: HTTPHeaders())
            return nil
        }
        guard let current = head else { return nil }
        if line.isEmpty {
            head = nil
            return (100..<200).contains(current.status) ? nil : current
        }
        guard let colon = line.firstIndex(of: ":") else { return nil }
        var value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
        while value.last?.isWhitespace == true { value.removeLast() }
        head?.headers.append(String(line[..<colon]), String(value))
        return nil
    }
}
