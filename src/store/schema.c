#include "config.h"

#include "store/schema.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "port/db/db.h"

/*
 * Enums are stored by their names, lists of names with newlines between, metrics and items as
 * store/pack.h says. `held` 1 is a judgement that waits for its streak. Tables that are read a host
 * at a time have no rowid, so that what belongs together lies together. Plain SQL on purpose: a
 * second kind of database would be a second file beside this one.
 */
static const char tables_1[] =
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL);"
	"CREATE TABLE counter(name TEXT PRIMARY KEY, n INTEGER NOT NULL);"
	"CREATE TABLE host(name TEXT PRIMARY KEY, pos INTEGER NOT NULL, address TEXT, transport "
	"TEXT,"
	" tags TEXT, groups TEXT, state TEXT NOT NULL, looked INTEGER NOT NULL,"
	" since_ms INTEGER NOT NULL, at_ms INTEGER NOT NULL, error TEXT);"
	"CREATE INDEX host_pos ON host(pos);"
	"CREATE TABLE chk(name TEXT PRIMARY KEY, title TEXT, runbook TEXT, pane TEXT);"
	"CREATE TABLE judgement(host TEXT NOT NULL, chk TEXT NOT NULL, held INTEGER NOT NULL,"
	" state TEXT NOT NULL, cond TEXT NOT NULL, summary TEXT, metrics TEXT, items TEXT,"
	" added INTEGER NOT NULL, removed INTEGER NOT NULL, fingerprint TEXT,"
	" at_ms INTEGER NOT NULL, since_ms INTEGER NOT NULL, valid_until_ms INTEGER NOT NULL,"
	" every_ms INTEGER NOT NULL, streak INTEGER NOT NULL DEFAULT 0,"
	" need INTEGER NOT NULL DEFAULT 0, cause TEXT, PRIMARY KEY(host, held, chk)) WITHOUT ROWID;"
	"CREATE TABLE detail(host TEXT NOT NULL, chk TEXT NOT NULL, held INTEGER NOT NULL,"
	" facts TEXT, diff TEXT, PRIMARY KEY(host, held, chk)) WITHOUT ROWID;"
	"CREATE TABLE sample(host TEXT NOT NULL, chk TEXT NOT NULL, pos INTEGER NOT NULL,"
	" command TEXT, status TEXT NOT NULL, exit_status INTEGER NOT NULL, out BLOB, err BLOB,"
	" truncated INTEGER NOT NULL, at_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL,"
	" note TEXT, PRIMARY KEY(host, chk, pos)) WITHOUT ROWID;"
	"CREATE TABLE transition(id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"
	" host TEXT NOT NULL, chk TEXT NOT NULL, was TEXT NOT NULL, became TEXT NOT NULL,"
	" summary TEXT, cause TEXT, told INTEGER NOT NULL DEFAULT 0);"
	"CREATE INDEX transition_host ON transition(host, chk, id);"
	"CREATE INDEX transition_chk ON transition(chk, id);"
	"CREATE INDEX transition_untold ON transition(id) WHERE told=0;"
	"CREATE TABLE doc(kind TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,"
	" PRIMARY KEY(kind, name));"
	"CREATE TABLE log(pos INTEGER PRIMARY KEY, id TEXT NOT NULL, author TEXT, subject TEXT,"
	" body TEXT, at_ms INTEGER NOT NULL);"
	"CREATE TABLE sweep(id INTEGER PRIMARY KEY, started_ms INTEGER NOT NULL,"
	" ended_ms INTEGER NOT NULL, hosts_total INTEGER NOT NULL, hosts_done INTEGER NOT NULL);"
	"CREATE TABLE proposal(n INTEGER PRIMARY KEY, title TEXT, proposer TEXT, runbook TEXT,"
	" plan TEXT, state TEXT NOT NULL, hosts TEXT, created_ms INTEGER NOT NULL,"
	" expires_ms INTEGER NOT NULL, moved_ms INTEGER NOT NULL, note TEXT, commit_id TEXT,"
	" proposer_uid INTEGER NOT NULL, rationale TEXT, source TEXT, binding TEXT, view TEXT,"
	" shown TEXT, verdict TEXT, decision TEXT, outcome TEXT);"
	"CREATE INDEX proposal_state ON proposal(state, n);"
	"CREATE TABLE step_run(id INTEGER PRIMARY KEY, proposal INTEGER NOT NULL, phase TEXT NOT "
	"NULL,"
	" idx INTEGER NOT NULL, host TEXT NOT NULL, title TEXT, state TEXT,"
	" exit_status INTEGER NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,"
	" output TEXT, UNIQUE(proposal, phase, idx, host));"
	"CREATE TABLE audit(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, who TEXT,"
	" uid INTEGER NOT NULL, role TEXT, request TEXT, subject TEXT, allowed INTEGER NOT NULL,"
	" detail TEXT, hash TEXT NOT NULL UNIQUE);";

/* The past of metrics (write_series.c). `at` is epoch seconds, tier 0 minutes, 1 hours, 2 days.
 * A last that is null: not known from then on. */
static const char tables_2[] =
	"CREATE TABLE series(id INTEGER PRIMARY KEY, host TEXT NOT NULL, chk TEXT NOT NULL,"
	" name TEXT NOT NULL, unit TEXT, full REAL NOT NULL, last REAL,"
	" UNIQUE(host, chk, name));"
	"CREATE TABLE point(series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,"
	" tier INTEGER NOT NULL, at INTEGER NOT NULL, low REAL, high REAL, last REAL,"
	" PRIMARY KEY(series, tier, at)) WITHOUT ROWID;";

/* migrations[i] leads from version i to i+1; never change one that was released. */
static const char *const migrations[] = {tables_1, tables_2};

int schema_version(void)
{
	return (int)(sizeof migrations / sizeof migrations[0]);
}

static int read_versions(
	struct db *d, int64_t *version, int64_t *app, int64_t *tables, struct err *e)
{
	if (db_one_int(version, 0, d, "PRAGMA user_version", DB_NONE, e) != 0 ||
		db_one_int(app, 0, d, "PRAGMA application_id", DB_NONE, e) != 0)
		return -1;
	return db_one_int(tables, 0, d, "SELECT count(*) FROM sqlite_schema", DB_NONE, e);
}

static int refuse_foreign(int64_t version, int64_t app, int64_t tables, struct err *e)
{
	if (tables > 0 && app != SCHEMA_APPLICATION_ID)
		return err_set(e, ERR_INPUT,
			"store.db is a database of another program: move it away and start again");
	if (version > schema_version())
		return err_set(e, ERR_CONFLICT,
			"the store is of schema %" PRId64
			", this opsdeck knows %d: a newer one wrote "
			"it, so run that one",
			version, schema_version());
	return 0;
}

static int migrate(struct db *d, int64_t version, struct err *e)
{
	char sql[64];
	int64_t v;

	for (v = version; v < schema_version(); v++) {
		if (db_script(d, migrations[v], e) != 0)
			return err_prefix(e, "store: to schema %" PRId64, v + 1);
	}
	/* A pragma takes no bound values. */
	snprintf(sql, sizeof sql, "PRAGMA application_id=%d", SCHEMA_APPLICATION_ID);
	if (db_script(d, sql, e) != 0)
		return -1;
	snprintf(sql, sizeof sql, "PRAGMA user_version=%d", schema_version());
	return db_script(d, sql, e);
}

int schema_migrate(struct db *d, struct err *e)
{
	int64_t version, app, tables;

	if (db_begin(d, e) != 0)
		return -1;
	if (read_versions(d, &version, &app, &tables, e) != 0 ||
		refuse_foreign(version, app, tables, e) != 0)
		goto fail;
	if (version == schema_version()) {
		db_rollback(d);
		return 0;
	}
	if (migrate(d, version, e) != 0)
		goto fail;
	return db_commit(d, e);
fail:
	db_rollback(d);
	return -1;
}

int schema_check(struct db *d, struct err *e)
{
	int64_t version, app, tables;

	if (read_versions(d, &version, &app, &tables, e) != 0 ||
		refuse_foreign(version, app, tables, e) != 0)
		return -1;
	if (tables == 0)
		return err_set(e, ERR_MISSING, "the store is empty: no server has filled it yet");
	if (version < schema_version())
		return err_set(e, ERR_MISSING,
			"the store is of schema %" PRId64 ", this opsdeck reads %d: its server "
			"brings it up to date when it starts",
			version, schema_version());
	return 0;
}
