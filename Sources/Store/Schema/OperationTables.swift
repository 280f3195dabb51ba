extension Migration {
    /// The timetable, its runs, statistics, audit, and small state shared by all processes.
    static let operationTables = """
        CREATE TABLE schedules (
            name TEXT NOT NULL PRIMARY KEY,
            description TEXT NOT NULL,
            standard_cron TEXT NOT NULL,
            custom_cron TEXT,
            time_zone TEXT NOT NULL,
            is_enabled INTEGER NOT NULL DEFAULT 1,
            is_required INTEGER NOT NULL DEFAULT 0,
            last_tick BIGINT,
            created_at BIGINT NOT NULL
        );

        CREATE TABLE schedule_runs (
            name TEXT NOT NULL,
            tick BIGINT NOT NULL,
            job_id TEXT NOT NULL,
            trigger TEXT NOT NULL,
            status TEXT NOT NULL,
            started_at BIGINT NOT NULL,
            finished_at BIGINT,
            result TEXT,
            log TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (name, tick)
        );
        CREATE INDEX schedule_runs_by_job ON schedule_runs(job_id);
        CREATE INDEX schedule_runs_by_time ON schedule_runs(started_at);

        CREATE TABLE statistics_points (
            at BIGINT NOT NULL PRIMARY KEY,
            snapshot TEXT NOT NULL
        );

        CREATE TABLE evaluations (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            report TEXT NOT NULL,
            created_at BIGINT NOT NULL
        );

        CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at BIGINT NOT NULL,
            account_id TEXT,
            action TEXT NOT NULL,
            target TEXT,
            ip TEXT,
            request_id TEXT,
            detail TEXT
        );
        CREATE INDEX audit_of_account ON audit(account_id, number);

        CREATE TABLE leases (
            name TEXT NOT NULL PRIMARY KEY,
            holder TEXT NOT NULL,
            expires_at BIGINT NOT NULL
        );

        CREATE TABLE settings (
            key TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        );

        CREATE TABLE counters (
            name TEXT NOT NULL PRIMARY KEY,
            value BIGINT NOT NULL
        );
        INSERT INTO counters (name, value) VALUES ('knowledge', 0);
        """
}
