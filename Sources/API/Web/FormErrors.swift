/// A refused form's messages, each where its template shows it: `<field>_error` at the field, `form_error` above the form.
enum FormErrors {
    static func values(of problem: Problem?, fields: [String]) -> [String: Any] {
        guard let problem else { return [:] }
        var values: [String: Any] = [:]
        for field in fields {
            guard let messages = problem.errors[field], !messages.isEmpty else { continue }
            values["\(field)_error"] = EscapableText.of(messages.joined(separator: " "))
        }
        if values.isEmpty { values["form_error"] = EscapableText.of(problem.detail) }
        return values
    }
}

/// Text that Mustache can escape. It escapes by `Character`, so a quotation mark with a combining mark behind it would slip through
/// and end an attribute: the combining marks go.
enum EscapableText {
    static func of(_ text: String) -> String {
        var result = ""
        for character in text {
            if let first = character.unicodeScalars.first, special.contains(first) {
                result.unicodeScalars.append(first)
            } else {
                result.append(character)
            }
        }
        return result
    }

    private static let special: Set<Unicode.Scalar> = ["<", ">", "&", "\"", "'"]
}
