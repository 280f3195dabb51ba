import FoundationEssentials

/// The members of a request's object with the messages that their checks collect.
///
/// Every reader notes a message at its field when the value is missing, of the wrong type or out of bounds, and returns nil;
/// `check` throws them all at once as 422.
struct Fields {
    private let members: [String: JSONValue]
    private(set) var errors: [String: [String]] = [:]

    init(_ members: [String: JSONValue] = [:]) { self.members = members }

    func has(_ name: String) -> Bool { members[name] != nil }

    /// A text as it came, to show it again in a refused form.
    func shown(_ name: String) -> String? {
        if case .string(let text) = members[name] { text } else { nil }
    }

    mutating func refuse(_ name: String, _ message: String) { errors[name, default: []].append(message) }

    func check() throws(Problem) {
        if !errors.isEmpty { throw .invalid(errors) }
    }

    /// A string that may be missing or null.
    mutating func optionalText(_ name: String) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .string(let text):
            if !text.unicodeScalars.contains("\0") { return text }
            refuse(name, "Must not contain the character U+0000.")
        case .some(let other): refuse(name, "Must be a string, not \(other.typeName).")
        }
        return nil
    }

    mutating func text(_ name: String) -> String? {
        switch members[name] {
        case nil, .null:
            refuse(name, "This field is required.")
            return nil
        default: return optionalText(name)
        }
    }

    /// A text in NFC of `length` Unicode scalars that is not blank.
    mutating func text(_ name: String, length: ClosedRange<Int>) -> String? {
        guard let text = text(name)?.normalized else { return nil }
        let count = text.unicodeScalars.count
        if count > length.upperBound {
            refuse(name, "Must have at most \(length.upperBound) characters; this has \(count).")
        } else if text.isBlank {
            refuse(name, "Must not be blank.")
        } else if count < length.lowerBound {
            refuse(name, "Must have at least \(length.lowerBound) characters.")
        } else {
            return text
        }
        return nil
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        switch members[name] {
        case nil, .null: refuse(name, "This field is required.")
        case .number(let number):
            if let integer = Int(exactly: number), range.contains(integer) { return integer }
            refuse(name, "Must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        case .some(let other): refuse(name, "Must be a number, not \(other.typeName).")
        }
        return nil
    }

    /// A list of names, at least one, all of them known.
    mutating func texts(_ name: String, among known: Set<String>) -> [String]? {
        guard case .array(let elements)? = members[name], !elements.isEmpty else {
            refuse(name, "Must be a list of some of \(known.sorted().joined(separator: ", ")).")
            return nil
        }
        let texts = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
        guard texts.count == elements.count, known.isSuperset(of: texts) else {
            refuse(name, "Each must be one of \(known.sorted().joined(separator: ", ")).")
            return nil
        }
        return Set(texts).sorted()
    }

    /// An RFC 3339 time that may be missing or null.
    mutating func optionalTime(_ name: String) -> Date? {
        guard let text = optionalText(name) else { return nil }
        guard let time = WireTime.date(text) else {
            refuse(name, "Must be a time such as 2030-01-31T12:00:00Z.")
            return nil
        }
        return time
    }

    mutating func optionalFlag(_ name: String) -> Bool? {
        switch members[name] {
        case nil, .null: return nil
        case .bool(let flag): return flag
        case .some(let other):
            refuse(name, "Must be true or false, not \(other.typeName).")
            return nil
        }
    }

    /// An id that may be missing or null; text that is no UUID is reported by `unknown`, as an unknown id would be.
    mutating func optionalID<Value: LosslessStringConvertible>(_ name: String, as type: Value.Type) -> Value? {
        guard let text = optionalText(name) else { return nil }
        guard let id = Value(text) else {
            refuse(name, "Must be an id (a UUID).")
            return nil
        }
        return id
    }
}
