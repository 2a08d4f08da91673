/*
 * The tables of the store and how an older store becomes a newer one. Knows no row's meaning.
 */
#ifndef OPSDECK_STORE_SCHEMA_H
#define OPSDECK_STORE_SCHEMA_H

#include "base/err.h"

struct db;

/* PRAGMA application_id: "opsd". A database with tables but without it is somebody else's. */
#define SCHEMA_APPLICATION_ID 0x6f707364

/* The version this program writes: the number of migrations. */
int schema_version(void);

/* Brings the store to this version in one transaction; a new file gets everything. ERR_CONFLICT for
 * a store of a newer version, ERR_INPUT for a database that is none of ours. */
int schema_migrate(struct db *d, struct err *e) WARN_UNUSED;

/* For readers: the same refusals; ERR_MISSING for an older version or an empty file. */
int schema_check(struct db *d, struct err *e) WARN_UNUSED;

#endif
