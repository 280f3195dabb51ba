/// What a username, an address and a password may be. Each rule answers with sentences for the person who typed it;
/// none means the value is fine.
///
/// Characters are Unicode scalars; the caller normalises to NFC first.
public enum AccountRules {
    public static func problems(username: String, email: String) -> [String] {
        let scalars = username.unicodeScalars
        guard (3...150).contains(scalars.count) else { return ["Write 3 to 150 characters."] }
        guard scalars.allSatisfy(isUsernameScalar) else { return ["Use only letters, digits and @ . + - _"] }
        // Who signs in with an address must not meet an account that took the address as its name.
        if username.contains("@"), username.lowercased() != email.lowercased() {
            return ["A username with @ must be your own email address."]
        }
        return []
    }

    public static func problems(email: String) -> [String] {
        isEmail(email) ? [] : ["Write an email address such as name@example.com."]
    }

    public static func problems(password: String, username: String, email: String) -> [String] {
        let count = password.unicodeScalars.count
        if count < 8 { return ["Write at least 8 characters."] }
        if count > 128 { return ["Write at most 128 characters."] }
        if password.unicodeScalars.contains("\0") { return ["Leave out the zero character."] }
        let folded = password.lowercased()
        if folded == username.lowercased() || folded == email.lowercased() {
            return ["Choose a password that is not your username or address."]
        }
        return CommonPasswords.contains(password) ? ["This password is too common."] : []
    }

    private static func isUsernameScalar(_ scalar: Unicode.Scalar) -> Bool {
        if "@.+-_".unicodeScalars.contains(scalar) { return true }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
            return true
        default: return false
        }
    }

    /// The practical subset of RFC 5321: a dot-string of at most 64 bytes and a domain name of at most 255, in all at
    /// most 254 (section 4.5.3.1 with the brackets of a path); no quoted names, address literals or non-ASCII.
    private static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, parts[0].utf8.count <= 64 else { return false }
        let isLocal = parts[0].split(separator: ".", omittingEmptySubsequences: false)
            .allSatisfy { atom in !atom.isEmpty && atom.utf8.allSatisfy(isAtomByte) }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard isLocal, labels.allSatisfy(isLabel), let top = labels.last else { return false }
        return labels.count > 1 ? !top.utf8.allSatisfy(isDigit) : top.lowercased() == "localhost"
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isAtomByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
