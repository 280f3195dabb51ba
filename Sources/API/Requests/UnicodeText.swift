import Foundation

extension String {
    /// Canonical composition (NFC), so that a length counts what a person typed; plain ASCII is returned as it is.
    var normalized: String {
        utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping
    }

    /// At most so many Unicode scalars: a `Character` may be any number of them.
    func beginning(_ count: Int) -> String { String(String.UnicodeScalarView(unicodeScalars.prefix(count))) }

    /// Whether nothing is left without white space and invisible format characters.
    var isBlank: Bool {
        unicodeScalars.allSatisfy { scalar in
            scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
                || scalar.properties.generalCategory == .control
        }
    }
}
