/*
 * A check as its check.yml describes it. The server reads what it needs to collect; how to read and
 * judge stays JSON here (`body`), for the worker alone.
 */
#ifndef OPSDECK_MODEL_CHECK_H
#define OPSDECK_MODEL_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strs.h"

struct host;

enum read_kind {
	READ_FIELDS,
	READ_TABLE,
	READ_LINES,
	READ_JSON,
	READ_JSON_LINES,
	READ_NAGIOS,
	READ_TAR,
	READ_EXIT,
	READ_DIG,
	READ_HTTP,
	READ_LOG,
	READ_SECTIONS,
	READ_INI,
	READ_XML,
	READ_YAML,
	READ_OPENMETRICS,
	READ_SUDOERS,
	READ_KIND_COUNT
};

/* The home pane a finding belongs to besides its host's row. */
enum pane { PANE_NONE, PANE_QUORUM, PANE_BACKUPS, PANE_CONTAINERS, PANE_COUNT };

enum baseline_kind { BASELINE_NONE, BASELINE_LINES, BASELINE_TREE };

struct check_command {
	char *name;
	struct strs argv; /* argv[0] absolute; "{param}" in a word is replaced from the host's
			     params */
	bool sudo;	  /* run as `sudo -n ARGV...` (not when the login is root) */
	char *present; /* absolute path; the command is left out where it does not exist; or NULL */
	char *script;  /* bytes of a bundled script run by /bin/sh (argv then are its arguments); or
			  NULL */
	char *each;    /* parameter that is a list: the command runs once for each item; or NULL */
	struct strs reads; /* patterns of recorded command lines that it reads too */
	bool optional;	   /* not reading it is no reason for unknown */
	int64_t timeout_ms;
	size_t cap; /* bytes of stdout kept */
	enum read_kind read;
};

struct check {
	char *name;
	char *title;
	char *about;
	char *system;		  /* name of what is watched: "Proxmox VE"; or NULL */
	int list;		  /* 1 to 5: which list of the catalogue it belongs to; 0 = none */
	char *facts_as;		  /* jq from the facts to the names of recorded facts; or NULL */
	bool needs_any;		  /* recorded output of one command is enough for a verdict */
	char *runbook;		  /* name below runbooks/, without .md; or NULL */
	struct strs tags, groups; /* applies to hosts that have one of them */
	bool everywhere;	  /* applies to every host */
	bool on_bastion;	  /* from: bastion */
	bool builtin;	  /* "reachable": judged by the server from the connection, no commands */
	int64_t every_ms; /* how often it is due */
	int fail_after,
		recover_after; /* N of M as N in a row; 1 and 1 unless the check says otherwise */
	enum pane pane;
	enum baseline_kind baseline;
	struct check_command *commands;
	size_t command_count, command_cap;
	char *body;   /* the whole check.yml as JSON, for the worker */
	char *source; /* where it was read from, for messages: "checks/sudoers/check.yml" */
	char *digest; /* sha256 hex over check.yml and scripts */
};

struct catalogue {
	struct check *checks; /* sorted by name */
	size_t check_count, check_cap;
};

void check_finish(struct check *c);
void catalogue_free(struct catalogue *c);
const struct check *catalogue_check(const struct catalogue *c, const char *name);
bool check_applies(const struct check *c, const struct host *h);

const char *read_kind_name(enum read_kind k);
bool read_kind_parse(const char *s, enum read_kind *out);
const char *pane_name(enum pane p);
bool pane_parse(const char *s, enum pane *out);

#endif
