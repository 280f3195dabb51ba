public import Identifiers

/// Tags of ids: distinct types for the ids of distinct things.
public enum SessionIdentity {}
public enum AccessTokenIdentity {}
public enum MailIdentity {}
public enum ConversationIdentity {}
public enum MessageIdentity {}
public enum DocumentIdentity {}
public enum FileIdentity {}

public typealias AccountID = ID<Account>
public typealias SessionID = ID<SessionIdentity>
public typealias AccessTokenID = ID<AccessTokenIdentity>
public typealias MailID = ID<MailIdentity>
public typealias ConversationID = ID<ConversationIdentity>
public typealias MessageID = ID<MessageIdentity>
public typealias DocumentID = ID<DocumentIdentity>
public typealias FileID = ID<FileIdentity>
/// The number of a chunk, never used twice; also its id in vector indexes.
public typealias ChunkID = Int64
