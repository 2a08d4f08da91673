/*
 * Fills a store with a made-up estate of 31 hosts at a fixed moment, for the golden screens and the
 * screen bench: every state, a drift that is the same on many hosts, hostile text, proposals in
 * several states. Usage: fill_store DIR
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/diff.h"
#include "codec/doc.h"
#include "codec/fleet.h"
#include "codec/json.h"
#include "codec/view.h"
#include "model/view.h"
#include "store/read.h"
#include "store/write.h"

#define MINUTE ((int64_t)60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

struct fill {
	struct store *store;
	int64_t now_ms; /* what the frozen clock reads; moved while filling */
	int64_t end_ms; /* the moment the screens are drawn at */
};

static void must(int rc, const struct err *e)
{
	if (rc == 0)
		return;
	fprintf(stderr, "fill_store: %s\n", e->msg);
	exit(1);
}

static const char *const hosts[] = {"pve1", "pve2", "nas", "media", "web1", "web2", "web3", "dns1",
	"dns2", "db1", "db2", "app1", "app2", "app3", "app4", "app5", "app6", "app7", "app8",
	"mail", "git", "ci1", "ci2", "mon", "vpn", "cam", "print", "lab1", "lab2", "lab3", "attic"};

#define HOST_COUNT (sizeof hosts / sizeof *hosts)

static const struct {
	const char *name, *title, *runbook;
	enum pane pane;
	const char *only; /* hosts that have it, blanks between; NULL: all */
} checks[] = {
	{"backups", "Backups", "backups", PANE_BACKUPS, "nas pve1 dns1 db1"},
	{"containers", "Containers", "containers", PANE_CONTAINERS, "media web1 app1"},
	{"disk", "Disk space and inodes", "disk", PANE_NONE, NULL},
	{"ports", "Listening ports", "ports", PANE_NONE, NULL},
	{"quorum", "Cluster quorum", "quorum", PANE_QUORUM, "pve1 pve2"},
	{"reachable", "Reachable over SSH", "reachable", PANE_NONE, NULL},
	{"services", "Services", "services", PANE_NONE, NULL},
	{"sshd", "SSH daemon settings", "sshd", PANE_NONE, NULL},
	{"sudoers", "Sudoers drop-ins", "sudoers-drift", PANE_NONE, NULL},
};

#define CHECK_COUNT (sizeof checks / sizeof *checks)

static bool has_check(const char *host, size_t check)
{
	struct strs only = {0};
	bool has;

	if (!checks[check].only)
		return true;
	strs_split(&only, checks[check].only, ' ');
	has = strs_has(&only, host);
	strs_finish(&only);
	return has;
}

static void fill_fleet(struct fill *f)
{
	struct buf yaml = {0};
	struct fleet *fleet = NULL;
	struct catalogue catalogue = {0};
	struct err e;

	buf_adds(&yaml, "estate: homelab\nhosts:\n");
	for (size_t i = 0; i < HOST_COUNT; i++) {
		buf_addf(&yaml, "  %s: {address: 192.0.2.%zu, tags: [linux", hosts[i], i + 10);
		for (size_t k = 0; k < CHECK_COUNT; k++) {
			if (checks[k].only && has_check(hosts[i], k))
				buf_addf(&yaml, ", %s", checks[k].name);
		}
		buf_adds(&yaml, "]}\n");
	}
	must(fleet_read(&fleet, buf_str(&yaml), yaml.len, "fleet.yml", &e), &e);
	for (size_t k = 0; k < CHECK_COUNT; k++) {
		struct check *c =
			ARR_ADD(catalogue.checks, catalogue.check_count, catalogue.check_cap);

		*c = (struct check){.name = xstrdup(checks[k].name),
			.title = xstrdup(checks[k].title),
			.runbook = xstrdup(checks[k].runbook),
			.pane = checks[k].pane,
			.everywhere = !checks[k].only,
			.every_ms = MINUTE,
			.fail_after = 1,
			.recover_after = 1,
			.body = xstrdup("{}"),
			.digest = xstrdup(""),
			.about = xstrdup("")};
		if (checks[k].only)
			strs_add(&c->tags, checks[k].name);
	}
	must(store_put_fleet(f->store, fleet, &catalogue, &e), &e);
	for (size_t k = 0; k < catalogue.check_count; k++)
		check_finish(&catalogue.checks[k]);
	free(catalogue.checks);
	fleet_free(fleet);
	buf_finish(&yaml);
}

static void add_item(
	struct finding *f, const char *name, enum finding_state state, const char *text)
{
	struct finding_item *it = ARR_ADD(f->items, f->item_count, f->item_cap);

	*it = (struct finding_item){.name = xstrdup(name), .state = state, .text = xstrdup(text)};
}

static char *diff_json(
	const char *old, const char *now, const char *title, int *added, int *removed)
{
	struct diff *d = diff_new();
	struct doc *doc;
	struct buf json = {0};

	diff_lines(d, old, strlen(old), now, strlen(now), title);
	*added = d->added;
	*removed = d->removed;
	doc = diff_to_doc(d);
	json_write(&json, doc);
	doc_free(doc);
	diff_free(d);
	return buf_take(&json);
}

static const char reference[] = "# /etc/sudoers.d/luna: what the agent's look login may read\n"
				"Defaults:opsdeck-look !requiretty\n"
				"opsdeck-look ALL=(root) NOPASSWD: /usr/bin/ss -tulpnH\n"
				"opsdeck-look ALL=(root) NOPASSWD: /usr/sbin/sshd -T\n"
				"opsdeck-look ALL=(root) NOPASSWD: /usr/bin/systemctl --failed\n"
				"opsdeck-look ALL=(root) NOPASSWD: /usr/bin/tar --numeric-owner "
				"-cf - -C /etc sudoers sudoers.d\n";

static const char live[] = "# /etc/sudoers.d/luna: what the agent's look login may read\n"
			   "Defaults:opsdeck-look !requiretty\n"
			   "opsdeck-look ALL=(root) NOPASSWD: /usr/bin/ss -tulpnH \n"
			   "opsdeck-look ALL=(root) NOPASSWD: /usr/sbin/sshd -T\n"
			   "luna ALL=(root) NOPASSWD: /bin/bash\n"
			   "opsdeck-look ALL=(root) NOPASSWD: /usr/bin/systemctl --failed\n"
			   "opsdeck-look ALL=(root) NOPASSWD: /usr/bin/tar --numeric-owner -cf - "
			   "-C /etc sudoers sudoers.d\n";

/* Puts a finding as it was first seen `age` ago; what has no row here is ok. */
static void put(
	struct fill *f, struct finding *x, int64_t age, const struct sample *samples, size_t n)
{
	struct err e;

	x->at_ms = f->end_ms - age;
	f->now_ms = x->at_ms;
	x->every_ms = MINUTE;
	if (!x->fingerprint)
		x->fingerprint = xasprintf("%s-%s", x->check, finding_state_name(x->state));
	must(store_put_finding(f->store, x, 1, 1, NULL, samples, n, NULL, &e), &e);
	finding_finish(x);
}

static void put_simple(struct fill *f, const char *host, const char *check,
	enum finding_state state, const char *summary, int64_t age)
{
	struct finding x = {.host = xstrdup(host),
		.check = xstrdup(check),
		.state = state,
		.summary = xstrdup(summary)};

	put(f, &x, age, NULL, 0);
}

static void put_sudoers(struct fill *f, const char *host, int64_t age)
{
	struct finding x = {.host = xstrdup(host),
		.check = xstrdup("sudoers"),
		.state = FINDING_DRIFT,
		.summary = xasprintf("sudoers differs from refs/%s/sudoers", host),
		.facts = xstrdup("{\"files\":2}")};
	struct sample s = {.check = xstrdup("sudoers"),
		.command = xstrdup("tree"),
		.status = SAMPLE_RAN,
		.out = xstrdup("etc/sudoers.d/luna\r\n\033[31mred\033[0m\ttab\n"),
		.duration_ms = 3,
		.at_ms = f->end_ms - 12000};

	s.out_len = strlen(s.out);
	x.diff = diff_json(
		reference, live, "/etc/sudoers.d/luna  0440 root:root", &x.added, &x.removed);
	x.fingerprint = xasprintf("%s", host);
	put(f, &x, age, &s, 1);
	sample_finish(&s);
}

static void put_same_drift(struct fill *f, const char *host)
{
	struct finding x = {.host = xstrdup(host),
		.check = xstrdup("sshd"),
		.state = FINDING_DRIFT,
		.summary = xstrdup("permitrootlogin is prohibit-password, not no"),
		.fingerprint = xstrdup("5ad1f0")};

	x.diff = diff_json("permitrootlogin no\n", "permitrootlogin prohibit-password\n", "sshd -T",
		&x.added, &x.removed);
	put(f, &x, 3 * HOUR, NULL, 0);
}

static void put_condition(struct fill *f, const char *host)
{
	struct finding x = {.host = xstrdup(host),
		.check = xstrdup("ports"),
		.state = FINDING_UNKNOWN,
		.condition = CONDITION_NO_REFERENCE,
		.summary = xstrdup("no reference yet")};

	put(f, &x, 2 * DAY, NULL, 0);
}

static void put_panes(struct fill *f)
{
	static const char *const nodes[] = {"pve1", "pve2"};
	struct finding x;

	for (size_t i = 0; i < 1; i++) {
		x = (struct finding){.host = xstrdup(nodes[i]),
			.check = xstrdup("quorum"),
			.state = FINDING_WARN,
			.summary = xstrdup("homelab 2 of 3 votes")};
		add_item(&x, "pve1", FINDING_OK, "");
		add_item(&x, "pve2", FINDING_UNREACHABLE, "votes are missing");
		add_item(&x, "qdevice", FINDING_OK, "");
		put(f, &x, 4 * MINUTE, NULL, 0);
	}
	x = (struct finding){.host = xstrdup("nas"),
		.check = xstrdup("backups"),
		.state = FINDING_CRIT,
		.summary = xstrdup("restic is 31h old, 24h allowed")};
	add_item(&x, "restic", FINDING_CRIT, "31h old, 24h allowed");
	put(f, &x, 7 * HOUR, NULL, 0);
	x = (struct finding){.host = xstrdup("pve1"),
		.check = xstrdup("backups"),
		.summary = xstrdup("PBS is 6h old")};
	add_item(&x, "PBS", FINDING_OK, "6h old");
	put(f, &x, DAY, NULL, 0);
	x = (struct finding){.host = xstrdup("media"),
		.check = xstrdup("containers"),
		.state = FINDING_CRIT,
		.summary = xstrdup("jellyfin restarts")};
	add_item(&x, "jellyfin", FINDING_CRIT, "7 restarts in 10m");
	add_item(&x, "sonarr", FINDING_OK, "up 3d");
	add_item(&x,
		"caf\xc3\xa9\xe2\x80\xae"
		"evil",
		FINDING_OK, "up 3d");
	put(f, &x, 9 * MINUTE, NULL, 0);
	x = (struct finding){.host = xstrdup("web1"),
		.check = xstrdup("containers"),
		.state = FINDING_WARN,
		.summary = xstrdup("anubis is unhealthy")};
	add_item(&x, "anubis", FINDING_WARN, "unhealthy");
	put(f, &x, 3 * MINUTE, NULL, 0);
}

static void put_disk(struct fill *f)
{
	struct finding x = {.host = xstrdup("media"),
		.check = xstrdup("disk"),
		.state = FINDING_WARN,
		.summary = xstrdup("/ is 91% full")};
	struct metric *m;

	add_item(&x, "/", FINDING_WARN, "91% of 62 GiB");
	add_item(&x, "/srv", FINDING_OK, "40% of 8 TiB");
	m = ARR_ADD(x.metrics, x.metric_count, x.metric_cap);
	*m = (struct metric){.name = xstrdup("root used"), .unit = xstrdup("ratio"), .value = 0.91};
	m = ARR_ADD(x.metrics, x.metric_count, x.metric_cap);
	*m = (struct metric){.name = xstrdup("memory free"),
		.unit = xstrdup("bytes"),
		.value = 5.25 * 1024 * 1024 * 1024};
	put(f, &x, DAY, NULL, 0);
}

static void fill_findings(struct fill *f)
{
	struct err e;

	for (size_t i = 0; i < HOST_COUNT; i++) {
		f->now_ms = f->end_ms - 5 * DAY;
		must(store_put_host(f->store, hosts[i], f->end_ms - 5 * DAY, NULL, NULL, &e), &e);
		for (size_t k = 0; k < CHECK_COUNT; k++) {
			if (has_check(hosts[i], k))
				put_simple(f, hosts[i], checks[k].name, FINDING_OK,
					"as it should be", 5 * DAY);
		}
	}
	put_panes(f);
	put_disk(f);
	put_simple(
		f, "nas", "disk", FINDING_CRIT, "tank is DEGRADED: 1 of 6 disks is gone", 2 * HOUR);
	put_sudoers(f, "web1", 4 * MINUTE);
	for (size_t i = 11; i < 19; i++)
		put_same_drift(f, hosts[i]);
	for (size_t i = 22; i < 25; i++)
		put_condition(f, hosts[i]);
	f->now_ms = f->end_ms - 4 * MINUTE;
	must(store_put_host(
		     f->store, "pve2", f->now_ms, "connection timed out after 10s", NULL, &e),
		&e);
	f->now_ms = f->end_ms - 12000;
	for (size_t i = 0; i < HOST_COUNT; i++) {
		if (strcmp(hosts[i], "pve2") == 0)
			continue;
		must(store_put_host(f->store, hosts[i], f->now_ms, NULL, NULL, &e), &e);
		must(store_touch_findings(f->store, hosts[i], NULL, 0, f->now_ms, &e), &e);
	}
}

static const char runbook[] =
	"# Sudoers drift\n\n"
	"A file under `/etc/sudoers.d` is not what git says. Either a person\nchanged it, or "
	"somebody "
	"else did.\n\n"
	"## Look first\n\n"
	"- [x] who logged in around that time: `last -F`\n"
	"- [ ] does any commit explain it?\n"
	"- [ ] what does the line let in?\n\n"
	"## Fix\n\n"
	"1. put the reference back, or\n2. adopt what is live, with the reason why\n\n"
	"| line | lets in |\n|---|---|\n| `/bin/bash` | everything |\n| `ss -tulpnH` | listening "
	"ports |\n\n"
	"```\nvisudo -c -f /etc/sudoers\n```\n\n"
	"> Stop and call somebody when the line names a shell and nobody can say who wrote it.\n\n"
	"See [sshd](sshd.md) too.\n";

static void add_line(struct view *v, enum view_kind kind, int old_no, int new_no, const char *text)
{
	view_add(v, kind, text);
	v->lines[v->line_count - 1].old_no = old_no;
	v->lines[v->line_count - 1].new_no = new_no;
}

static void make_view(struct view *v)
{
	add_line(v, VIEW_TITLE, 0, 0, "put web1 sudoers back to its reference");
	add_line(v, VIEW_KEY, 0, 0, "proposed\tby luna (uid 1002)");
	add_line(v, VIEW_TEXT, 0, 0,
		"A NOPASSWD line for /bin/bash appeared on web1 at 11:58, outside "
		"any change; dpkg log is silent, max logged in 11:57.");
	add_line(v, VIEW_KEY, 0, 0, "hosts\tweb1 (1 of 31)");
	add_line(v, VIEW_KEY, 0, 0, "identity\tapply");
	add_line(v, VIEW_KEY, 0, 0,
		"boundary\t3 exact lines, refs/web1/sudoers/etc/sudoers.d/zz-opsdeck");
	add_line(v, VIEW_KEY, 0, 0, "policy\ttyped, rule 1: sudoers");
	add_line(v, VIEW_KEY, 0, 0, "radius\tno service restarts");
	add_line(v, VIEW_HEAD, 0, 0,
		"1. web1:/etc/sudoers.d/luna  0440 root:root  6 lines, all shown");
	add_line(v, VIEW_SAME, 1, 1, "# /etc/sudoers.d/luna: what the agent's look login may read");
	add_line(v, VIEW_SAME, 2, 2, "Defaults:opsdeck-look !requiretty");
	add_line(v, VIEW_REMOVED, 3, 0, "opsdeck-look ALL=(root) NOPASSWD: /usr/bin/ss -tulpnH·");
	add_line(v, VIEW_ADDED, 0, 3, "opsdeck-look ALL=(root) NOPASSWD: /usr/bin/ss -tulpnH");
	add_line(v, VIEW_SAME, 4, 4, "opsdeck-look ALL=(root) NOPASSWD: /usr/sbin/sshd -T");
	add_line(v, VIEW_REMOVED, 5, 0, "luna ALL=(root) NOPASSWD: /bin/bash");
	add_line(v, VIEW_SAME, 6, 5,
		"opsdeck-look ALL=(root) NOPASSWD: /usr/bin/systemctl --failed");
	add_line(v, VIEW_SAME, 7, 6,
		"opsdeck-look ALL=(root) NOPASSWD: /usr/bin/tar --numeric-owner -cf - -C /etc "
		"sudoers "
		"sudoers.d");
	add_line(v, VIEW_KEY, 0, 0, "verify\tcheck sudoers on web1 is ok");
	add_line(v, VIEW_KEY, 0, 0, "undo\tweb1:/etc/sudoers.d/luna: the bytes that are there now");
	add_line(v, VIEW_END, 0, 0, "(end of change)");
}

static char *json_of(struct doc *d)
{
	struct buf json = {0};

	json_write(&json, d);
	doc_free(d);
	return buf_take(&json);
}

static char *put_proposal(struct fill *f, const char *title, const char *host, int64_t age,
	const char *proposer, bool reviewed)
{
	struct proposal_row row = {.proposer_uid = 1002,
		.rationale = xstrdup("A NOPASSWD line for /bin/bash appeared on web1 at 11:58."),
		.source = xstrdup("{}")};
	struct view v = {0};
	struct err e;
	char hash[SHA256_HEX], *id;

	f->now_ms = f->end_ms - age;
	row.p = (struct snap_proposal){.title = xstrdup(title),
		.proposer = xstrdup(proposer),
		.runbook = xstrdup("sudoers-drift"),
		.created_ms = f->now_ms,
		.moved_ms = f->now_ms,
		.expires_ms = f->now_ms + HOUR};
	sha256_hex(hash, title, strlen(title));
	row.p.plan = xstrdup(hash);
	strs_add(&row.p.hosts, host);
	if (reviewed) {
		make_view(&v);
		view_hash(hash, &v);
		row.shown = xstrdup(hash);
		row.view = json_of(view_to_doc(&v));
		row.verdict =
			xstrdup("{\"action\":\"typed\",\"rule\":\"rule 1: sudoers\",\"confirm\":"
				"\"web1\",\"boundary_ok\":true,\"boundary\":\"3 exact lines\"}");
		view_finish(&v);
	}
	must(store_put_proposal(f->store, &row, &e), &e);
	id = xstrdup(row.p.id);
	proposal_row_finish(&row);
	return id;
}

static void move(struct fill *f, const char *id, enum proposal_state from, enum proposal_state to,
	const char *note)
{
	struct err e;

	must(store_move_proposal(f->store, id, from, to, note, &e), &e);
}

static void put_run(struct fill *f, const char *id, int index, const char *phase, const char *title,
	const char *state, int exit_status, const char *output)
{
	struct step_run r = {.index = index,
		.phase = xstrdup(phase),
		.host = xstrdup("media"),
		.title = xstrdup(title),
		.state = xstrdup(state),
		.exit_status = exit_status,
		.started_ms = f->now_ms,
		.ended_ms = f->now_ms + 40,
		.output = xstrdup(output)};
	struct err e;

	must(store_put_step_run(f->store, id, &r, &e), &e);
	free(r.phase);
	free(r.host);
	free(r.title);
	free(r.state);
	free(r.output);
}

static void fill_proposals(struct fill *f)
{
	char *done = put_proposal(f, "restart jellyfin", "media", 3 * HOUR, "luna", false);
	char *held, *waiting;

	move(f, done, PROPOSAL_PROPOSED, PROPOSAL_APPROVED, NULL);
	move(f, done, PROPOSAL_APPROVED, PROPOSAL_APPLYING, NULL);
	put_run(f, done, 0, "apply", "restart jellyfin.service", "ok", 0, "");
	move(f, done, PROPOSAL_APPLYING, PROPOSAL_APPLIED, NULL);
	put_run(f, done, 0, "verify", "check containers on media is ok", "ok", 0, "");
	move(f, done, PROPOSAL_APPLIED, PROPOSAL_VERIFIED, NULL);
	move(f, done, PROPOSAL_VERIFIED, PROPOSAL_COMMITTED, NULL);
	held = put_proposal(f, "bring tank back", "nas", 2 * HOUR, "luna", false);
	move(f, held, PROPOSAL_PROPOSED, PROPOSAL_APPROVED, NULL);
	move(f, held, PROPOSAL_APPROVED, PROPOSAL_APPLYING, NULL);
	put_run(f, held, 0, "apply", "put /etc/zfs/zed.rc", "failed", 1,
		"mv: cannot move: Read-only\n");
	move(f, held, PROPOSAL_APPLYING, PROPOSAL_FAILED, NULL);
	move(f, held, PROPOSAL_FAILED, PROPOSAL_HELD, "the undo failed too: a person must look");
	waiting = put_proposal(
		f, "put sudoers back to its reference", "web1", 4 * MINUTE, "luna", true);
	free(done);
	free(held);
	free(waiting);
}

static struct commit_row commit(
	const char *id, const char *subject, const char *body, int64_t at_ms)
{
	return (struct commit_row){.id = xstrdup(id),
		.author = xstrdup("Max <max@example.org>"),
		.subject = xstrdup(subject),
		.body = xstrdup(body),
		.at_ms = at_ms};
}

static void put_doc(struct fill *f, const char *kind, const char *name, const char *text)
{
	struct err e;

	must(store_put_doc(f->store, kind, name, text, strlen(text), &e), &e);
}

static void fill_docs(struct fill *f)
{
	struct commit_row *rows = xcalloc(2, sizeof *rows);
	struct err e;

	rows[0] = commit("014e889a1b2c3d4e5f60718293a4b5c6d7e8f901", "media: restart jellyfin",
		"Back to the reference.\n\nProposal: P-1\nPlan: 9c41e07d\nProposed-by: luna\n"
		"Approved-by: max\nHost: media\n",
		f->end_ms - 3 * HOUR);
	rows[1] = commit("77aa10b2c3d4e5f60718293a4b5c6d7e8f901014", "refs: adopt what is live", "",
		f->end_ms - 5 * DAY);
	must(store_put_log(f->store, rows, 2, &e), &e);
	commit_rows_free(rows, 2);
	put_doc(f, "runbook", "sudoers-drift", runbook);
	put_doc(f, "memory", "web1", "# web1\n\nFront door.\n");
	put_doc(f, "policy", "policy.yml", "freeze: false\n");
}

static void set(struct fill *f, const char *key, const char *value)
{
	struct err e;

	must(store_set(f->store, key, value, &e), &e);
}

static void fill_facts(struct fill *f)
{
	struct err e;
	char next[32];

	set(f, "estate", "homelab");
	set(f, "repo", "/home/max/homelab-ops");
	set(f, "branch", "main");
	set(f, "accepted", "014e889a1b2c3d4e5f60718293a4b5c6d7e8f901");
	snprintf(next, sizeof next, "%lld", (long long)(f->end_ms + 48000));
	set(f, "sweep_next_ms", next);
	f->now_ms = f->end_ms - 13000;
	must(store_sweep_start(f->store, (int)HOST_COUNT, &e), &e);
	f->now_ms = f->end_ms - 12000;
	must(store_sweep_end(f->store, &e), &e);
}

int main(int argc, char **argv)
{
	struct fill f = {0};
	struct clock clock;
	struct err e;

	if (argc != 2 || !time_parse("2026-11-22T12:02:00Z", &f.end_ms))
		return 2;
	f.now_ms = f.end_ms - 6 * DAY;
	clock = clock_frozen(&f.now_ms);
	must(store_open(&f.store, argv[1], &clock, &e), &e);
	fill_fleet(&f);
	fill_findings(&f);
	fill_proposals(&f);
	fill_docs(&f);
	fill_facts(&f);
	store_close(f.store);
	return 0;
}
