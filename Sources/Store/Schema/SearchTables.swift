extension Migration {
    /// Full-text search, SQLite's version: FTS5 over the texts where they are (external content), kept in step by
    /// triggers. A message enters when `is_searchable` turns 1 and its text stays as it is until it turns 0 again; the account stands in the
    /// index so that a search never walks through other accounts' words.
    static let searchTables = """
        CREATE VIRTUAL TABLE chunk_search USING fts5(
            context, text, content = 'chunks', content_rowid = 'id',
            tokenize = "porter unicode61 remove_diacritics 2");
        CREATE TRIGGER chunk_search_insert AFTER INSERT ON chunks BEGIN
            INSERT INTO chunk_search (rowid, context, text) VALUES (new.id, new.context, new.text);
        END;
        CREATE TRIGGER chunk_search_delete AFTER DELETE ON chunks BEGIN
            INSERT INTO chunk_search (chunk_search, rowid, context, text)
            VALUES ('delete', old.id, old.context, old.text);
        END;
        CREATE TRIGGER chunk_search_update AFTER UPDATE OF context, text ON chunks BEGIN
            INSERT INTO chunk_search (chunk_search, rowid, context, text)
            VALUES ('delete', old.id, old.context, old.text);
            INSERT INTO chunk_search (rowid, context, text) VALUES (new.id, new.context, new.text);
        END;

        CREATE VIRTUAL TABLE message_search USING fts5(
            account_id, content, content = 'messages', content_rowid = 'number',
            tokenize = "unicode61 remove_diacritics 2");
        CREATE TRIGGER message_search_insert AFTER INSERT ON messages WHEN new.is_searchable = 1 BEGIN
            INSERT INTO message_search (rowid, account_id, content) VALUES (new.number, new.account_id, new.content);
        END;
        CREATE TRIGGER message_search_enter AFTER UPDATE OF is_searchable ON messages
        WHEN old.is_searchable = 0 AND new.is_searchable = 1 BEGIN
            INSERT INTO message_search (rowid, account_id, content) VALUES (new.number, new.account_id, new.content);
        END;
        CREATE TRIGGER message_search_leave AFTER UPDATE OF is_searchable ON messages
        WHEN old.is_searchable = 1 AND new.is_searchable = 0 BEGIN
            INSERT INTO message_search (message_search, rowid, account_id, content)
            VALUES ('delete', old.number, old.account_id, old.content);
        END;
        CREATE TRIGGER message_search_delete AFTER DELETE ON messages WHEN old.is_searchable = 1 BEGIN
            INSERT INTO message_search (message_search, rowid, account_id, content)
            VALUES ('delete', old.number, old.account_id, old.content);
        END;
        """
}
