import Foundation

/// Any text as the knowledge base keeps it: composed (NFC), lines ended by a line feed, nothing hidden.
///
/// Control, zero-width and bidirectional characters go, for a reader can't see what they do. Normalising twice changes
/// nothing more.
public enum TextNormaliser {
    /// - Parameter strippingComments: whether HTML comments go, too: for formats whose readers don't show them.
    public static func normalise(_ text: String, strippingComments: Bool = false) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.reserveCapacity(text.utf8.count)
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            defer { isAfterReturn = scalar == "\r" }
            switch scalar {
            case "\n" where isAfterReturn: continue
            case "\r", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}": scalars.append("\n")
            case "\u{A0}", "\u{202F}", "\u{2007}": scalars.append(" ")
            default: if !isHidden(scalar) { scalars.append(scalar) }
            }
        }
        let clean = String(scalars)
        let composed = clean.utf8.allSatisfy { $0 < 0x80 } ? clean : clean.precomposedStringWithCanonicalMapping
        return strippingComments ? withoutComments(composed) : composed
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x20...0x7E: false
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }

    /// A comment that is never closed hides the rest, as it does in a browser.
    private static func withoutComments(_ text: String) -> String {
        guard text.contains("<!--") else { return text }
        var kept = ""
        var rest = text[...]
        while let begin = rest.firstRange(of: "<!--") {
            kept += rest[..<begin.lowerBound]
            guard let end = rest[begin.upperBound...].firstRange(of: "-->") else { return kept }
            rest = rest[end.upperBound...]
        }
        return kept + rest
    }
}
