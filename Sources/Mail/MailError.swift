/// Why a mail is not on its way, told apart by what helps.
public enum MailError: Error, Equatable, CustomStringConvertible {
    /// The server is away or asks to come back: the same mail may go out later.
    case later(String)
    /// The server will never take this mail for this recipient.
    case rejected(String)
    /// Login, encryption or sender are refused: no mail will go out until the settings are mended.
    case misconfigured(String)
    /// A line break in a header, or something that is no address.
    case malformed(String)

    public var description: String {
        switch self {
        case .later(let reason), .rejected(let reason), .misconfigured(let reason), .malformed(let reason): reason
        }
    }
}
