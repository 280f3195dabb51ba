extension String {
    /// The form in which names and addresses are compared without case, made here so that every SQL dialect agrees.
    package var folded: String { lowercased() }
}
